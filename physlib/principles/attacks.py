"""Attacks along the gradient of the loss with respect to the input."""

from collections.abc import Callable
from typing import Literal, get_args

import torch
from torch import Tensor

from physlib.checks import require_choice, require_integer, require_number
from physlib.tensors import require_batch, require_floats

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
    r"""The fast gradient sign method, :math:`x + \varepsilon\,\mathrm{sign}\,\partial_x\ell`.

    Among all steps of at most ε in every component it is the one that raises ℓ most, to first
    order: by ε times the sum of the moduli of the gradient.

    Args:
        model: from x to outputs; in evaluation mode, so that samples do not know of one another.
        loss: of outputs and labels; a sum or mean over the batch, or one number per sample.
        x: inputs, between `low` and `high`.
        y: labels.
        epsilon: size of the step in each component, from 0.
        low: least value of an input, if there is one.
        high: largest value.

    Returns:
        The attacked inputs, on the device of x and without a gradient; nothing is read by the host.

    Shape:
        x (B, …), y (B,); like x.

    Units:
        `epsilon`, `low` and `high` are in the unit of x.

    Raises:
        TypeError, ValueError: an empty batch, a negative `epsilon`, or `low` above `high`.

    Source:
        Goodfellow, Shlens and Szegedy, arXiv:1412.6572.

    Example:
        A linear loss rises by ε(2 + 1):

        >>> w = torch.tensor([2.0, -1.0])
        >>> x, y = torch.zeros(1, 2), torch.zeros(1)
        >>> fgsm(lambda x: x @ w, lambda out, y: out, x, y, 0.5)
        tensor([[ 0.5000, -0.5000]])
    """
    epsilon = require_number("epsilon", epsilon, low=0)
    _check(x, y, low, high)
    step = epsilon * input_gradient(model, loss, x, y).sign()
    return _clipped(x.detach() + step, low, high)


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
    r"""Projected gradient descent: steps up the loss, each projected back to the ball around x.

    .. math::
        x_{k+1} = \Pi_\varepsilon\bigl[x_k + \eta\,u(\partial_x\ell)\bigr],
        \qquad u(p) = \mathrm{sign}\,p \;\text{ or }\; p/\|p\|_2

    Args:
        model: as in `fgsm`.
        loss: as in `fgsm`.
        x: inputs, between `low` and `high`.
        y: labels.
        epsilon: radius of the ball, from 0.
        norm: of the ball, ``"inf"`` or ``"2"``.
        steps: how many, from 1.
        step_size: η; 2.5 `epsilon` / `steps` by default.
        random_start: whether to begin at a random point of the ball, uniformly.
        generator: of that point; None takes torch's global one.
        low: least value of an input, if there is one.
        high: largest value.

    Returns:
        As `fgsm`.

    Shape:
        x (B, …), y (B,); like x.

    Units:
        `epsilon`, `step_size`, `low` and `high` are in the unit of x.

    Raises:
        TypeError, ValueError: an empty batch, or an argument outside its range.

    Source:
        Madry et al., arXiv:1706.06083.

    Example:
        >>> w = torch.tensor([3.0, 4.0])
        >>> x, y = torch.zeros(1, 2), torch.zeros(1)
        >>> pgd(lambda x: x @ w, lambda out, y: out, x, y, 1.0, norm="2", random_start=False)
        tensor([[0.6000, 0.8000]])
    """
    epsilon = require_number("epsilon", epsilon, low=0)
    steps = require_integer("steps", steps, low=1)
    require_choice("norm", norm, get_args(Norm))
    if step_size is None:
        step_size = 2.5 * epsilon / steps
    size = require_number("step_size", step_size, low=0)
    _check(x, y, low, high)
    x, moved = x.detach(), torch.zeros_like(x)
    if random_start:
        moved = random_step(x, epsilon, norm=norm, generator=generator)
    moved = _clipped(x + moved, low, high) - x
    for _ in range(steps):
        gradient = input_gradient(model, loss, x + moved, y)
        uphill = gradient.sign() if norm == "inf" else gradient / _length(gradient)
        moved = project(_clipped(x + moved + size * uphill, low, high) - x, epsilon, norm=norm)
    return _clipped(x + moved, low, high)  # rounding may leave the range


def random_step(
    x: Tensor, epsilon: float, *, norm: Norm = "inf", generator: torch.Generator | None = None
) -> Tensor:
    r"""A step from each row of x to a uniformly random point of the ball of radius `epsilon`.

    Args:
        x: inputs.
        epsilon: radius, from 0.
        norm: of the ball, ``"inf"`` or ``"2"``.
        generator: of the points; None takes torch's global one.

    Shape:
        x (B, …); like x.

    Units:
        `epsilon` is in the unit of x.

    Raises:
        TypeError, ValueError: a negative `epsilon`, an unknown norm.

    Source:
        In ℓ₂, a normal direction, and a length :math:`\varepsilon u^{1/d}` with u uniform.
    """
    epsilon = require_number("epsilon", epsilon, low=0)
    require_choice("norm", norm, get_args(Norm))
    require_floats("x", x, "(B, …)")
    if norm == "inf":
        return torch.empty_like(x).uniform_(-epsilon, epsilon, generator=generator)
    direction = torch.empty_like(x).normal_(generator=generator)
    radius = torch.empty_like(_length(x)).uniform_(generator=generator).pow(1 / x[0].numel())
    return epsilon * radius * direction / _length(direction)


def project(moved: Tensor, epsilon: float, *, norm: Norm = "inf") -> Tensor:
    """The nearest point of the ball of radius `epsilon` around 0, row by row.

    Shape:
        (B, …); the same.

    Units:
        `epsilon` is in the unit of `moved`.

    Raises:
        TypeError, ValueError: a negative `epsilon`, an unknown norm.

    Source:
        In ℓ∞ each component is clipped; in ℓ₂ a longer row is shortened.
    """
    epsilon = require_number("epsilon", epsilon, low=0)
    require_choice("norm", norm, get_args(Norm))
    require_floats("moved", moved, "(B, …)")
    if norm == "inf":
        return moved.clamp(-epsilon, epsilon)
    return moved * (epsilon / _length(moved)).clamp(max=1)


def input_gradient(model: Model, loss: Loss, x: Tensor, y: Tensor) -> Tensor:
    """The gradient of the loss with respect to x, row by row; a mean over B is 1/B of it.

    Shape:
        x (B, …), y (B,); like x.

    Units:
        [loss]/[x].

    Raises:
        TypeError, ValueError: an empty batch, or x that is not of floating point.

    Source:
        Reverse-mode differentiation; samples that do not know of one another share one pass.
    """
    _check(x, y, None, None)
    x = x.detach().requires_grad_()
    with torch.enable_grad():
        (gradient,) = torch.autograd.grad(loss(model(x), y).sum(), x)
    return gradient


def _check(x: Tensor, y: Tensor, low: float | None, high: float | None) -> None:
    require_batch(x, y)
    ends = [require_number(n, e) for n, e in (("low", low), ("high", high)) if e is not None]
    if ends != sorted(ends):
        raise ValueError(f"low must be at most high, got low={low} and high={high}")


def _length(x: Tensor) -> Tensor:
    """Euclidean length of every row, as broadcast against x, and never 0.

    In units of the row's largest modulus: squares of a small force would round to zero.
    """
    tiny = torch.finfo(x.dtype).tiny
    rows = x.flatten(1)
    largest = rows.abs().amax(1).clamp(min=tiny)
    lengths: Tensor = largest * (rows / largest[:, None]).norm(dim=1).clamp(min=1)
    return lengths.view(-1, *[1] * (x.dim() - 1))


def _clipped(x: Tensor, low: float | None, high: float | None) -> Tensor:
    return x if low is None and high is None else x.clamp(low, high)
