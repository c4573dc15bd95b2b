"""What runs are measured by."""

import math

from torch import Tensor, int64

from physlib.checks import require_integer, shown
from physlib.tensors import require_floats


def accuracy(phi: Tensor, target: Tensor) -> Tensor:
    """Fraction of rows of phi (..., B, C) whose largest entry is at target (..., B); shape (...).

    NaN where phi holds one: the largest of such a row would be called class 0, silently.

    Raises:
        TypeError: phi is not floating point, or target holds no integers.
        ValueError: shapes other than these, which would broadcast to a wrong number.
    """
    require_floats("phi", phi, "(…, B, C)")
    if not isinstance(target, Tensor) or target.dtype != int64:
        kind = target.dtype if isinstance(target, Tensor) else shown(target)
        raise TypeError(f"target must hold class indices as torch.int64, got {kind}")
    if target.shape != phi.shape[:-1]:
        raise ValueError(
            f"target must have shape {tuple(phi.shape[:-1])} beside phi {tuple(phi.shape)}, "
            f"got {tuple(target.shape)}"
        )
    hits = (phi.argmax(dim=-1) == target).float()
    return hits.mean(-1).masked_fill(phi.isnan().flatten(-2).any(-1), math.nan)


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
    from scipy.stats import binomtest

    interval = binomtest(correct, total).proportion_ci(0.95, method="wilson")
    return float(interval.low), float(interval.high)
