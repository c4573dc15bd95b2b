"""Attacks along the gradient of the loss with respect to the input."""

from collections.abc import Callable
from typing import Literal, get_args

import torch
from torch import Tensor

from physlib.checks import require_choice, require_integer, require_number

Norm = Literal["inf", "2"]
Model = Callable[[Tensor], Tensor]  # from inputs (B, …) to outputs (B, C)
Loss = Callable[[Tensor, Tensor], Tensor]  # from outputs and labels to (), or (B,) per sample


def fgsm(
    model: Model,
    loss: Loss,
    x: Tensor,
    y: Tensor,
    epsilon: float,
    *,
    low: float | None = None,
    high: float | None = None,
) -> Tensor:
    """One step of `epsilon` along the sign of the loss's gradient.

    Shape:
        x (B, …), y (B,); like x.

    Units:
        `epsilon` is in the unit of x.

    Raises:
        TypeError, ValueError: an empty batch, or a negative `epsilon`.

    Source:
        Goodfellow, Shlens and Szegedy, arXiv:1412.6572.
    """
    epsilon = require_number("epsilon", epsilon, low=0)
    return _clipped(x + epsilon * _gradient(model, loss, x, y).sign(), low, high)


def pgd(
    model: Model,
    loss: Loss,
    x: Tensor,
    y: Tensor,
    epsilon: float,
    *,
    norm: Norm = "inf",
    steps: int = 10,
    step_size: float | None = None,
    random_start: bool = True,
    generator: torch.Generator | None = None,
    low: float | None = None,
    high: float | None = None,
) -> Tensor:
    """Steps uphill on the loss, each followed by a projection onto the ball around x.

    Args:
        model: from x to outputs.
        loss: of outputs and labels.
        x: inputs.
        y: labels.
        epsilon: radius of the ball, from 0.
        norm: of the ball, ``"inf"`` or ``"2"``.
        steps: how many, from 1.
        step_size: of each; 2.5 `epsilon` / `steps` by default.
        random_start: whether to begin at a random point of the ball.
        generator: of that point.
        low: least value of an input, if there is one.
        high: largest value.

    Shape:
        x (B, …), y (B,); like x.

    Units:
        `epsilon` and `step_size` are in the unit of x.

    Raises:
        TypeError, ValueError: an empty batch, or an argument outside its range.

    Source:
        Madry et al., arXiv:1706.06083.
    """
    epsilon = require_number("epsilon", epsilon, low=0)
    steps = require_integer("steps", steps, low=1)
    require_choice("norm", norm, get_args(Norm))
    size = 2.5 * epsilon / steps if step_size is None else require_number("step_size", step_size)
    moved = torch.zeros_like(x)
    if random_start:
        noise = torch.empty_like(x)
        if norm == "inf":
            moved = noise.uniform_(-epsilon, epsilon, generator=generator)
        else:
            moved = _to_ball(noise.normal_(generator=generator), epsilon, norm)
    for _ in range(steps):
        gradient = _gradient(model, loss, _clipped(x + moved, low, high), y)
        uphill = gradient.sign() if norm == "inf" else gradient / _length(gradient)
        moved = _to_ball(_clipped(x + moved + size * uphill, low, high) - x, epsilon, norm)
    return _clipped(x + moved, low, high)


def _gradient(model: Model, loss: Loss, x: Tensor, y: Tensor) -> Tensor:
    if not len(x) or len(x) != len(y):
        raise ValueError(f"x and y must be one batch, not empty, got {len(x)} and {len(y)} rows")
    x = x.detach().requires_grad_()
    with torch.enable_grad():
        (gradient,) = torch.autograd.grad(loss(model(x), y).sum(), x)
    return gradient


def _length(x: Tensor) -> Tensor:
    rows: Tensor = x.flatten(1).norm(dim=1).clamp(min=torch.finfo(x.dtype).tiny)
    return rows.view(-1, *[1] * (x.dim() - 1))


def _to_ball(moved: Tensor, epsilon: float, norm: Norm) -> Tensor:
    if norm == "inf":
        return moved.clamp(-epsilon, epsilon)
    return moved * (epsilon / _length(moved)).clamp(max=1)


def _clipped(x: Tensor, low: float | None, high: float | None) -> Tensor:
    return x if low is None and high is None else x.clamp(low, high)
