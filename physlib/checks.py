"""Argument checks: one clear error that names the argument, its value and the allowed range."""

import math
from collections.abc import Iterable
from numbers import Real


def require_number(
    name: str,
    value: object,
    *,
    low: float = -math.inf,
    high: float = math.inf,
    open_low: bool = False,
) -> None:
    """Raise unless `value` is a finite real number in [low, high], or (low, high] if `open_low`."""
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"{name} must be a number, got {value!r}")
    number = float(value)
    above = number > low if open_low else number >= low
    if math.isfinite(number) and above and number <= high:
        return
    left = "(" if open_low or math.isinf(low) else "["
    right = ")" if math.isinf(high) else "]"
    raise ValueError(f"{name} must be finite and in {left}{low:g}, {high:g}{right}, got {value!r}")


def require_integer(name: str, value: object, *, low: int) -> None:
    """Raise unless `value` is an int of at least `low`."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name} must be an integer, got {value!r}")
    if value < low:
        raise ValueError(f"{name} must be at least {low}, got {value}")


def require_choice(name: str, value: object, choices: Iterable[str]) -> None:
    """Raise unless `value` is one of `choices`."""
    allowed = list(choices)
    if value not in allowed:
        raise ValueError(f"{name} must be one of {', '.join(map(repr, allowed))}, got {value!r}")
