"""Checks of arrays, and of all numbers that a function takes: what `physlib.checks` is for one."""

import inspect
import math
import re
from collections.abc import Callable
from functools import wraps
from numbers import Real
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from physlib.checks import require_integer, shown

F = TypeVar("F", bound=Callable[..., Any])


def require_numbers(
    name: str,
    value: object,
    interval: str | None = "(-inf, inf)",
    *,
    axes: int | None = None,
    gaps: bool = False,
) -> NDArray[np.float64]:
    """`value` as an array of floats, if all are finite and in the interval, ``"(0, 1]"`` say.

    Without an interval, NaN and infinities are welcome, and so is an empty array. With `axes` it
    must have so many; with `gaps` its entries may be NaN, where a curve has no point.
    """
    try:
        array = np.asarray(value)
    except (ValueError, TypeError, RuntimeError):  # ragged; a tensor with a gradient
        array = np.array(None)
    if array.dtype.kind not in "iuf" and not (array.dtype == object and _all_numbers(array)):
        raise TypeError(f"{name} must be numbers, got {shown(value)}")
    if (axes is not None and array.ndim != axes) or (interval and not array.size):
        wanted = "numbers" if axes is None else f"numbers along {axes} axes"
        wanted = "a single number" if axes == 0 else f"{wanted}, at least one"
        raise ValueError(f"{name} must be {wanted}, got {shown(value)} of shape {array.shape}")
    try:
        array = array.astype(float)
    except OverflowError:
        array = np.array(math.inf)
    if interval is None:
        return array
    low, high = _ends(interval)
    inside = (array > low) if interval[0] == "(" else (array >= low)
    inside &= (array < high) if interval[-1] == ")" else (array <= high)
    inside &= np.isfinite(array)
    if gaps and array.ndim:
        inside |= np.isnan(array)
    if not inside.all():
        worst = float(array[~inside].flat[0])
        raise ValueError(f"{name} must be finite and in {interval}, got {worst!r}")
    return array


def _all_numbers(array: NDArray[Any]) -> bool:
    """Whether these objects are numbers of Python's, too large for an array of integers."""
    return bool(array.size) and all(
        isinstance(entry, Real) and not isinstance(entry, bool) for entry in array.flat
    )


def ranges(**intervals: str) -> Callable[[F], F]:
    """Let a function of numbers check its arguments: ``@ranges(damping="(0, 1]")``.

    An argument that is annotated as a float or as an array may be any finite number unless its
    interval is given, and an array may have NaN where a curve has no point. One annotated as an
    integer must be one, and may be any from the lower end.
    """
    assert all(re.fullmatch(r"[\[(]\S+, \S+[\])]", interval) for interval in intervals.values())

    def decorate(function: F) -> F:
        signature = inspect.signature(function)
        kinds = {name: p.annotation for name, p in signature.parameters.items()}
        assert intervals.keys() <= kinds.keys()
        checked = [name for name, kind in kinds.items() if kind in (int, float, ArrayLike)]

        @wraps(function)
        def guarded(*args: Any, **options: Any) -> Any:
            bound = signature.bind(*args, **options).arguments
            for name in (name for name in checked if name in bound):
                value, interval = bound[name], intervals.get(name, "(-inf, inf)")
                if kinds[name] is int:
                    require_integer(name, value, low=int(_ends(interval)[0]))
                else:
                    alone = kinds[name] is float
                    require_numbers(
                        name, value, interval, axes=0 if alone else None, gaps=not alone
                    )
            return function(*args, **options)

        return guarded  # type: ignore[return-value]

    return decorate


def _ends(interval: str) -> tuple[float, float]:
    low, high = interval[1:-1].split(", ")
    return float(low), float(high)
