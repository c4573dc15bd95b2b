"""The mean state error of a twin, by which the paper judges it."""

from collections.abc import Sequence
from typing import Literal, get_args

from torch import Tensor

from physlib.checks import require_choice

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
        ValueError: no states, or scales that are not n positive numbers.

    Source:
        The norm and the scales are ours; arXiv 2406.13145 speaks of a state error.
    """
    if not twin.numel() or not physical.numel():
        raise ValueError(f"states must not be empty, got {tuple(twin.shape)}")
    if len(scales) != twin.shape[-1] or min(scales) <= 0:
        raise ValueError(f"scales must be {twin.shape[-1]} positive numbers, got {tuple(scales)}")
    distance: Tensor = ((twin - physical) / twin.new_tensor(scales)).norm(dim=-1)
    return distance


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
