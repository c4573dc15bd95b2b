"""Argument checks: one clear error that names the argument, its value and the allowed range.

Numbers come back as plain Python ones, so that NumPy's scalars are welcome and end up in no record.
"""

import math
from collections.abc import Iterable
from numbers import Integral, Real

LARGEST_SIZE = 2**31 - 1  # of a batch or a layer: beyond it, nothing fits into memory
LARGEST_SEED = 2**64 - 1  # of torch's generators


def shown(value: object) -> str:
    """`value` as a message shows it: on one line, and a short one."""
    try:
        text = " ".join(repr(value).split())
    except Exception:  # an integer of thousands of digits has no text
        text = f"<{type(value).__name__}>"
    return text if len(text) <= 80 else f"{text[:77]}…"


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
        raise TypeError(f"{name} must be a number, got {shown(value)}")
    try:
        number = float(value)
    except OverflowError:  # an integer beyond all floats
        number = math.inf
    above = number > low if open_low else number >= low
    if math.isfinite(number) and above and number <= high:
        return number
    got = shown(value) if isinstance(value, Integral) and math.isinf(number) else repr(number)
    left = "(" if open_low or math.isinf(low) else "["
    right = ")" if math.isinf(high) else "]"
    raise ValueError(f"{name} must be finite and in {left}{low:g}, {high:g}{right}, got {got}")


def require_integer(name: str, value: object, *, low: int, high: int | None = None) -> int:
    """`value` as an int, if it is one of at least `low`, and of at most `high`."""
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise TypeError(f"{name} must be an integer, got {shown(value)}")
    if int(value) < low:
        raise ValueError(f"{name} must be at least {low}, got {shown(value)}")
    if high is not None and int(value) > high:
        raise ValueError(f"{name} must be at most {high}, got {shown(value)}")
    return int(value)


def require_choice(name: str, value: object, choices: Iterable[str]) -> None:
    """Raise unless `value` is one of `choices`."""
    allowed = list(choices)
    if not isinstance(value, str) or value not in allowed:
        known = ", ".join(map(repr, allowed))
        raise ValueError(f"{name} must be one of {known}, got {shown(value)}")


def require_truth(name: str, value: object) -> None:
    """Raise unless `value` is true or false."""
    if not isinstance(value, bool):
        raise TypeError(f"{name} must be true or false, got {shown(value)}")


def require_ascending(name: str, sizes: object) -> None:
    """Raise unless `sizes` are numbers from 0, at least one, each larger than the last."""
    if not isinstance(sizes, list | tuple):
        raise TypeError(f"{name} must be a sequence of ascending numbers, got {shown(sizes)}")
    checked = [require_number(name, size, low=0) for size in sizes]
    if not checked or checked != sorted(set(checked)):
        raise ValueError(f"{name} must be ascending, at least one, got {tuple(sizes)}")
