"""The mean state error of a twin, by which the paper judges it."""

from collections.abc import Sequence
from numbers import Real
from typing import Literal, get_args

import torch
from torch import Tensor

from physlib.checks import require_choice, shown
from physlib.tensors import require_floats

Reduction = Literal["sum", "mean"]


def state_errors(twin: Tensor, physical: Tensor, scales: Sequence[float]) -> Tensor:
    r"""How far two states are apart at each time, :math:`e_i=\lVert(x_i-y_i)/s\rVert_2`.

    Args:
        twin: states x, (…, T, n).
        physical: states y, of a shape that broadcasts with it.
        scales: s, n positive numbers: what each component is measured in.

    Shape:
        Returns (…, T).

    Units:
        None: that is what the scales are for.

    Raises:
        TypeError, ValueError: no states, shapes that do not fit, or scales that are not n
            positive numbers.

    Source:
        The norm and the scales are ours; arXiv 2406.13145 speaks of a state error.
    """
    require_floats("twin", twin, "(…, n)")
    require_floats("physical", physical, "(…, n)")
    try:
        torch.broadcast_shapes(twin.shape, physical.shape)
    except RuntimeError as error:
        shapes = f"{tuple(twin.shape)}, got {tuple(physical.shape)}"
        raise ValueError(f"physical must have a shape that fits that of twin, {shapes}") from error
    n = twin.shape[-1]
    if not isinstance(scales, Sequence) or len(scales) != n or not all(map(_positive, scales)):
        raise ValueError(f"scales must be {n} positive numbers, got {shown(scales)}")
    distance: Tensor = ((twin - physical) / twin.new_tensor(scales)).norm(dim=-1)
    return distance


def _positive(scale: object) -> bool:
    return isinstance(scale, Real) and float(scale) > 0


def mean_state_error(
    twin: Tensor, physical: Tensor, scales: Sequence[float], reduction: Reduction = "mean"
) -> Tensor:
    r"""MSTE, :math:`\sum_i e_i` or :math:`\frac1T\sum_i e_i`, of `state_errors`.

    Args:
        twin: states, (…, T, n).
        physical: states, of a shape that broadcasts with it.
        scales: n positive numbers: what each component is measured in.
        reduction: ``"sum"`` over the times, the paper's; or their ``"mean"``, ours, which does
            not grow with the number of readings.

    Shape:
        Returns (…).

    Units:
        None: states are divided by their scales.

    Raises:
        ValueError: no states, wrong scales, or an unknown reduction.

    Source:
        arXiv 2406.13145, whose abstract names it; the mean is ours.
    """
    require_choice("reduction", reduction, get_args(Reduction))
    apart = state_errors(twin, physical, scales)
    return apart.sum(-1) if reduction == "sum" else apart.mean(-1)
