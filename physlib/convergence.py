"""When a run has converged, and areas under curves: numbers from curves."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike
from scipy.integrate import trapezoid

from physlib.checks import require_number
from physlib.ranges import require_numbers


def convergence_epoch(accuracy: Sequence[float], margin: float = 0.005) -> int:
    """The first epoch (from 1) whose accuracy is within `margin` of the run's plateau.

    The plateau is the mean over the last tenth of the epochs, at least one. Some epoch of that
    tenth reaches its mean, so there always is one.

    Raises:
        TypeError, ValueError: no epochs, accuracies that are no numbers, or a negative margin.
    """
    require_number("margin", margin, low=0)
    curve = require_numbers("accuracy", accuracy, None, axes=1)
    if not len(curve):
        raise ValueError("accuracy must have at least one epoch, got none")
    require_numbers("accuracy", curve)
    plateau = curve[-max(1, len(curve) // 10) :].mean()
    # The mean of equal numbers may exceed them by a rounding error.
    return int(np.argmax(curve >= plateau - margin - 1e-12)) + 1


def epochs_to_reach(accuracy: Sequence[float], level: float = 0.85) -> float:
    """The first epoch (from 1) with at least this accuracy; NaN if there is none."""
    require_number("level", level)
    reached = np.flatnonzero(require_numbers("accuracy", accuracy, None, axes=1) >= level)
    return float(reached[0]) + 1 if len(reached) else math.nan


def mean_height(x: ArrayLike, y: ArrayLike) -> float:
    """Area under y against x by trapezoids, over the range of x: in [0, 1] if y is."""
    x, y = require_numbers("x", x, axes=1), require_numbers("y", y, axes=1)
    if len(x) != len(y) or len(x) < 2 or not (np.diff(x) > 0).all():
        raise ValueError(
            f"x must be at least two numbers that rise, one for each y, got {len(x)} and {len(y)}"
        )
    return float(trapezoid(y, x) / (x[-1] - x[0]))
