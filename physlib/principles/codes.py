"""Attacks within the images that a decoder can draw."""

from collections.abc import Callable

import torch
from torch import Tensor

from physlib.checks import require_integer, require_number
from physlib.principles.attacks import Loss, Model, input_gradient
from physlib.tensors import require_floats

Decoder = Callable[[Tensor], Tensor]  # from codes (B, k) to images (B, n)


def at_distance(decode: Decoder, z: Tensor, direction: Tensor, radius: float) -> Tensor:
    r"""How far to go along `direction` until the *image* has moved by `radius`, in ℓ₂.

    By bisection, between 0 and a step that first order takes for 64 times as far. An image that
    cannot move so far, since a decoder saturates, goes as far as that.

    Args:
        decode: from codes to images.
        z: codes.
        direction: from them, not 0.
        radius: length of the step between images, from 0.

    Shape:
        z and `direction` (B, k); the steps (B, k).

    Units:
        `radius` is in pixels, black 0 and white 1.

    Raises:
        TypeError, ValueError: a negative radius, no codes, or a direction of another shape.

    Source:
        Ours.
    """
    radius = require_number("radius", radius, low=0)
    require_floats("z", z, "(B, k)")
    require_floats("direction", direction, "(B, k)")
    if direction.shape != z.shape:
        shape = tuple(direction.shape)
        raise ValueError(f"direction must have the shape of z, {tuple(z.shape)}, got {shape}")
    here = decode(z)

    def moved(step: Tensor) -> Tensor:
        length: Tensor = (decode(z + step) - here).norm(dim=1, keepdim=True)
        return length

    tiny = torch.finfo(z.dtype).tiny
    probe = 1e-3 * direction / direction.norm(dim=1, keepdim=True).clamp(min=tiny)
    reach = 64 * radius * probe / moved(probe).clamp(min=tiny)
    low, high = torch.zeros_like(reach[:, :1]), torch.ones_like(reach[:, :1])
    for _ in range(20):  # to 64/2²⁰ of the step
        middle = (low + high) / 2
        inside = moved(middle * reach) <= radius
        low, high = torch.where(inside, middle, low), torch.where(inside, high, middle)
    step: Tensor = low * reach
    return step


def code_attack(
    model: Model, decode: Decoder, loss: Loss, z: Tensor, y: Tensor, radius: float, *, steps: int
) -> Tensor:
    r"""Codes whose images raise the loss, at the distance `radius` from the image of z, in ℓ₂.

    With :math:`J = \partial_z D` a step of the code moves the image by
    :math:`\sqrt{\delta^T J^TJ\,\delta}`. So the best step of a given length *between images* is not
    along :math:`\partial_z\ell = J^T\partial_x\ell`, but along

    .. math:: (J^TJ)^{-1} J^T \partial_x\ell ,

    the gradient in the metric that the decoder draws with. Each step is followed by a return, along
    the ray from z, to the distance `radius`.

    Args:
        model: from images to outputs, in evaluation mode.
        decode: from codes to images, twice differentiable by torch.
        loss: of outputs and labels.
        z: codes.
        y: labels.
        radius: between images.
        steps: how many, from 1.

    Shape:
        z (B, k), y (B,); codes (B, k).

    Units:
        `radius` is in pixels, black 0 and white 1.

    Raises:
        TypeError, ValueError: an empty batch, a negative radius, steps below 1.

    Source:
        Ours: `pgd` on the surface of the decoder's images.
    """
    radius = require_number("radius", radius, low=0)
    require_floats("z", z, "(B, k)")
    moved = torch.zeros_like(z)
    for _ in range(require_integer("steps", steps, low=1)):
        with torch.no_grad():
            jacobian = decoder_jacobian(decode, z + moved)
            force = input_gradient(model, loss, decode(z + moved), y)
            uphill, length = tangent_gradient(force, jacobian)
            moved = moved + 2.5 * radius / steps * uphill / length
            moved = at_distance(decode, z, moved, radius)
    return z + moved


def decoder_jacobian(decode: Decoder, z: Tensor) -> Tensor:
    r"""How the pixels follow the code, :math:`J = \partial_z D`: (B, k) to (B, n, k).

    :math:`J^Tu` is linear in u, so that its derivative in u gives the columns of J, one backward
    pass for each of the k of them.

    Shape:
        z (B, k); (B, n, k).

    Units:
        Pixels per unit of the code.

    Raises:
        TypeError, ValueError: no codes.

    Source:
        Reverse mode twice.
    """
    require_floats("z", z, "(B, k)")
    z = z.detach().requires_grad_()
    with torch.enable_grad():
        image = decode(z)
        u = torch.zeros_like(image, requires_grad=True)
        (pulled,) = torch.autograd.grad(image, z, u, create_graph=True)
        units = torch.eye(z.shape[1]).to(z)
        columns = [
            torch.autograd.grad(pulled, u, unit.expand_as(z), retain_graph=True)[0]
            for unit in units
        ]
    return torch.stack(columns, 2)


def tangent_gradient(force: Tensor, jacobian: Tensor) -> tuple[Tensor, Tensor]:
    r"""The gradient in the decoder's metric, and the length of the force along the surface.

    Args:
        force: :math:`p = \partial_x\ell` at the image.
        jacobian: J there.

    Returns:
        :math:`(J^TJ)^{-1}J^Tp`, and :math:`\|Pp\|_2` with P the projection onto the range of J:
        what a step along the surface gains per length, where a free one gains :math:`\|p\|_2`.

    Shape:
        `force` (B, n), `jacobian` (B, n, k); (B, k) and (B, 1).

    Units:
        [ℓ] per squared unit of length, in units of the code; [ℓ] per pixel.

    Source:
        Least squares; to JᵀJ, which may be singular, a millionth of its mean diagonal is added.
    """
    tiny = torch.finfo(force.dtype).tiny
    largest = force.abs().amax(1, keepdim=True).clamp(min=tiny)  # squares of a small force round
    metric = jacobian.mT @ jacobian
    pull = jacobian.mT @ (force / largest).unsqueeze(2)
    size = metric.diagonal(dim1=1, dim2=2).mean(1).clamp(min=tiny)
    shift = 1e-6 * size.view(-1, 1, 1) * torch.eye(metric.shape[1]).to(metric)
    uphill = torch.cholesky_solve(pull, torch.linalg.cholesky(metric + shift))
    length = (uphill.mT @ metric @ uphill).squeeze(2).clamp(min=0).sqrt()
    return largest * uphill.squeeze(2), (largest * length).clamp(min=tiny)
