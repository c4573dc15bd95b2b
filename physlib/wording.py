"""Results as words: sentences of chapters are made from records, never typed."""

import math

from physlib.intervals import Interval


def shown(interval: Interval, scale: float = 1, digits: int = 3, unit: str = "") -> str:
    """A mean with its 95 % interval, times `scale`, such as "0.012 [0.010, 0.014] points".

    "undefined" where a run diverged.
    """
    if math.isnan(interval.mean):
        return "undefined"
    mean, low, high = (f"{scale * x:.{digits}f}".replace("-", "−") for x in interval)
    return f"{mean} [{low}, {high}]{unit}"


def compared(
    interval: Interval,
    more: str = "higher",
    less: str = "lower",
    scale: float = 1,
    digits: int = 3,
    unit: str = "",
) -> str:
    """What an interval of a difference says: `more` or `less`, or that it does not tell."""
    if math.isnan(interval.mean):
        return "not comparable, because a run diverged"
    if interval.low > 0:
        return f"{more} by {shown(interval, scale, digits, unit)}"
    if interval.high < 0:
        turned = Interval(-interval.mean, -interval.high, -interval.low)
        return f"{less} by {shown(turned, scale, digits, unit)}"
    return f"indistinguishable: the difference is {shown(interval, scale, digits, unit)}"
