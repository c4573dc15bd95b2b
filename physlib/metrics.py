"""What runs are measured by."""

import math

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import binomtest, t
from torch import Tensor

from physlib.checks import require_integer


def accuracy(phi: Tensor, target: Tensor) -> Tensor:
    """Fraction of rows of phi (B, C) whose largest entry is at target (B,); a scalar tensor.

    NaN if phi holds one: the largest of such a row would be called class 0, silently.

    Raises:
        ValueError: shapes other than these, which would broadcast to a wrong number.
    """
    if target.shape != phi.shape[:-1]:
        raise ValueError(
            f"target must have shape {tuple(phi.shape[:-1])} beside phi {tuple(phi.shape)}, "
            f"got {tuple(target.shape)}"
        )
    hits = (phi.argmax(dim=-1) == target).float()
    return hits.mean().masked_fill(phi.isnan().any(), math.nan)


def accuracy_interval(correct: int, total: int) -> tuple[float, float]:
    """Wilson's 95 % interval of an accuracy measured as `correct` right answers out of `total`.

    It covers the choice of the test images alone: not the seed, and not the recipe.

    Source: Wilson, J. Am. Stat. Assoc. 22, 209 (1927).

    Raises:
        TypeError, ValueError: counts that are no counts.
    """
    total = require_integer("total", total, low=1)
    correct = require_integer("correct", correct, low=0)
    if correct > total:
        raise ValueError(f"correct must be at most total = {total}, got {correct}")
    interval = binomtest(correct, total).proportion_ci(0.95, method="wilson")
    return float(interval.low), float(interval.high)


def paired_interval(differences: ArrayLike) -> tuple[float, float, float]:
    """Mean of differences paired by seed, and its 95 % interval: (mean, low, high).

    Student's t, for independent numbers that are about normal. Source: Student, Biometrika 6,
    1 (1908).

    Raises:
        ValueError: fewer than two differences, or one that is not finite.
    """
    d = np.asarray(differences, dtype=float)
    if d.ndim != 1 or len(d) < 2 or not np.isfinite(d).all():
        raise ValueError(f"differences must be at least two finite numbers, got {differences!r}")
    half = t.ppf(0.975, len(d) - 1) * d.std(ddof=1) / math.sqrt(len(d))
    return float(d.mean()), float(d.mean() - half), float(d.mean() + half)
