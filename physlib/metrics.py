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
    """Mean of paired differences (one a seed) and Student's 95 % interval: (mean, low, high).

    It covers the seed, with independent and roughly normal differences, and nothing else.

    Source: Student, Biometrika 6, 1 (1908).

    Raises:
        ValueError: fewer than two differences, or not a plain list of finite ones.
    """
    values = np.asarray(differences, dtype=float)
    if values.ndim != 1 or len(values) < 2 or not np.isfinite(values).all():
        raise ValueError(f"differences must be at least two finite numbers, got {differences!r}")
    mean = float(values.mean())
    half = float(t.ppf(0.975, len(values) - 1) * values.std(ddof=1)) / math.sqrt(len(values))
    return mean, mean - half, mean + half
