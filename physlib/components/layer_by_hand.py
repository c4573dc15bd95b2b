r"""The layer as it runs on a CPU: the same function, with its gradients by hand.

Autograd gets the gradients of β and t through five passes over (B, I). Two observations spare
them; :math:`\delta` (B, O) is the gradient of the output y, and
:math:`p_b = \delta_b \cdot W_0 x_b = x_b \cdot \delta_b W_0`.

- Where the input needs no gradient, the first form of :math:`p_b` takes one product of matrices,
  and all else is of size (B, O).
- y is linear in :math:`\cosh 5\beta` and :math:`t \sinh 5\beta` together. By Euler's theorem for
  homogeneous functions, :math:`\langle\delta, y\rangle` is what the first contributes plus what
  the second does, so that the ramp is not met again:

.. math::
    \partial_t = \sinh 5\beta \sum_b \sigma_b\,p_b, \qquad
    \partial_\beta = \frac{5}{\cosh 5\beta}
        \Bigl(\sinh 5\beta\,\langle\delta, y\rangle + t \sum_b \sigma_b\,p_b\Bigr) .

Scalars are Python's numbers here: a tensor of one number costs microseconds for each operation.
"""

import math
from typing import Any

import torch
from torch import Tensor
from torch.autograd import forward_ad
from torch.nn import functional as F


def scaled_input(x: Tensor, beta: Tensor, t: Tensor, ramp: Tensor, limit: float) -> Tensor:
    r"""The input times the gain, :math:`x \odot (a\cosh 5\beta + t(x)\sinh 5\beta)`, (..., I).

    The dtype is that of the ramp, which those of β and t must not exceed; β is clamped to ±limit.
    """
    rapidity = 5 * beta.to(ramp.dtype).clamp(-limit, limit)
    t_of_x = t.to(ramp.dtype) * torch.sigmoid(
        x.mean(-1, keepdim=True, dtype=ramp.dtype)
    )  # (..., 1)
    return x * (ramp * torch.cosh(rapidity) + t_of_x * torch.sinh(rapidity))


def applies(x: Tensor, *others: Tensor) -> bool:
    """Whether `LayerByHand` may stand for the formula: all on the CPU and of one dtype, and no
    transform of the program, which would want to see the formula.
    """
    dtype = x.dtype
    return (
        dtype in (torch.float32, torch.float64)
        and x.is_cpu
        and all(other.is_cpu and other.dtype == dtype for other in others)
        and not torch.is_autocast_enabled("cpu")
        and not torch.compiler.is_compiling()
        # torch.func's transforms, and forward-mode differentiation: no public name asks for them
        and not torch._C._are_functorch_transforms_active()
        and forward_ad._current_level < 0
    )


class LayerByHand(torch.autograd.Function):
    """``F.linear(scaled_input(x, beta, t, ramp, limit), weight)``, where `applies` says so.

    Shapes: x (..., I), weight (O, I), β (), t (), and the constant ramp (I,); the result is
    (..., O). Kept for the backward pass beside the arguments: one (..., I), two where the input
    needs a gradient, and what is smaller.
    """

    @staticmethod
    def forward(
        ctx: Any, x: Tensor, weight: Tensor, beta: Tensor, t: Tensor, ramp: Tensor, limit: float
    ) -> Tensor:
        """The output."""
        clamped, strength = beta.clamp(-limit, limit).item(), t.item()
        cosh, sinh = math.cosh(5 * clamped), math.sinh(5 * clamped)
        sigma = x.mean(-1, keepdim=True).sigmoid_()  # (..., 1)
        along = strength * sinh
        if abs(along) > torch.finfo(x.dtype).max:  # which torch refuses as a factor, and not as ∞
            along = math.copysign(math.inf, along)
        gain = torch.add(ramp * cosh, sigma, alpha=along)  # (..., I)
        wants_x, _, wants_beta, wants_t, *_ = ctx.needs_input_grad
        scaled = gain * x if wants_x else gain.mul_(x)
        y = F.linear(scaled, weight)
        if wants_x:
            kept = gain
        else:
            kept = F.linear(x, weight).mul_(sigma) if wants_beta or wants_t else sigma
        # a copy of y: whoever gets y may change it in place
        ctx.save_for_backward(x, weight, beta, t, ramp, sigma, scaled, y.clone(), kept)
        ctx.numbers = cosh, sinh, strength, limit, beta.item() == clamped
        return y

    @staticmethod
    def backward(ctx: Any, delta: Tensor) -> tuple[Tensor | None, ...]:
        """The gradients of x, weight, β and t."""
        x, weight, beta, t, ramp, sigma, scaled, y, kept = ctx.saved_tensors
        cosh, sinh, strength, limit, inside = ctx.numbers
        wanted = ctx.needs_input_grad
        if torch.is_grad_enabled():  # somebody wants a second derivative: leave it to autograd
            return _by_autograd(wanted, delta, (x, weight, beta, t), ramp, limit)
        outputs, inputs = weight.shape
        along_weight = delta.reshape(-1, outputs).T @ scaled.view(-1, inputs)
        along_x = None
        if wanted[0]:
            back = delta @ weight  # (..., I)
            p = (back * x).sum(-1, keepdim=True).mul_(sigma)  # (..., 1)
            total = p.sum().item()
            p.mul_(sigma.neg().add_(1).mul_(strength * sinh / inputs))
            along_x = back.mul_(kept).add_(p)
        elif wanted[2] or wanted[3]:
            total = torch.dot(delta.reshape(-1), kept.view(-1)).item()
        else:
            return None, along_weight, None, None, None, None
        both = torch.dot(delta.reshape(-1), y.view(-1)).item()
        along_beta = 5 * (sinh * both + strength * total) / cosh if inside else 0.0
        along_t = sinh * total
        new = weight.new_tensor
        return along_x, along_weight, new(along_beta), new(along_t), None, None


def _by_autograd(
    wanted: tuple[bool, ...],
    delta: Tensor,
    arguments: tuple[Tensor, ...],
    ramp: Tensor,
    limit: float,
) -> tuple[Tensor | None, ...]:
    x, weight, beta, t = arguments
    y = F.linear(scaled_input(x, beta, t, ramp, limit), weight)
    sources = [tensor for tensor, want in zip(arguments, wanted[:4], strict=True) if want]
    found = iter(torch.autograd.grad(y, sources, delta, create_graph=True))
    return *(next(found) if want else None for want in wanted[:4]), None, None
