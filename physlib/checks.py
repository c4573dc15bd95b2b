"""Argument checks: one clear error that names the argument, its value and the allowed range.

Numbers come back as plain Python ones, so that NumPy's scalars are welcome and end up in no record.
"""

import math
from collections.abc import Iterable
from numbers import Integral, Real


def require_number(
    name: str,
    value: object,
    *,
    low: float = -math.inf,
    high: float = math.inf,
    open_low: bool = False,
) -> float:
    """`value` as a float, if it is finite and in [low, high], or in (low, high] if `open_low`."""
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"{name} must be a number, got {value!r}")
    number = float(value)
    above = number > low if open_low else number >= low
    if math.isfinite(number) and above and number <= high:
        return number
    left = "(" if open_low or math.isinf(low) else "["
    right = ")" if math.isinf(high) else "]"
    raise ValueError(f"{name} must be finite and in {left}{low:g}, {high:g}{right}, got {number!r}")


def require_integer(name: str, value: object, *, low: int) -> int:
    """`value` as an int, if it is one of at least `low`."""
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise TypeError(f"{name} must be an integer, got {value!r}")
    if value < low:
        raise ValueError(f"{name} must be at least {low}, got {value}")
    return int(value)


def require_choice(name: str, value: object, choices: Iterable[str]) -> None:
    """Raise unless `value` is one of `choices`."""
    allowed = list(choices)
    if value not in allowed:
        raise ValueError(f"{name} must be one of {', '.join(map(repr, allowed))}, got {value!r}")
