"""What runs are measured by."""

from scipy.stats import binomtest
from torch import Tensor

from physlib.checks import require_integer, require_number


def accuracy(phi: Tensor, target: Tensor) -> Tensor:
    """Fraction of rows of phi (B, C) whose largest entry is at target (B,); a scalar tensor."""
    return (phi.argmax(dim=1) == target).float().mean()


def accuracy_interval(correct: int, total: int, confidence: float = 0.95) -> tuple[float, float]:
    """Wilson's interval of an accuracy measured as `correct` right answers out of `total`.

    It covers the choice of the test images alone: not the seed, and not the recipe.

    Source: Wilson, J. Am. Stat. Assoc. 22, 209 (1927).

    Raises:
        TypeError, ValueError: counts that are no counts, or a confidence outside (0, 1).

    """
    require_integer("total", total, low=1)
    require_integer("correct", correct, low=0)
    if correct > total:
        raise ValueError(f"correct must be at most total = {total}, got {correct}")
    require_number("confidence", confidence, low=0, high=1, open_low=True)
    interval = binomtest(correct, total).proportion_ci(confidence, method="wilson")
    return float(interval.low), float(interval.high)
