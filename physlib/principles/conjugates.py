"""The input's conjugate."""

from typing import NamedTuple

import torch
from torch import Tensor

from physlib.principles.attacks import Loss, Model, input_gradient


class Conjugate(NamedTuple):
    """A normalised loss, its derivative, and what it was divided by."""

    psi: Tensor
    p: Tensor
    norm: Tensor


def conjugate(model: Model, loss: Loss, x: Tensor, y: Tensor) -> Conjugate:
    r"""The derivative of the normalised loss with respect to the input.

    .. math::
        \psi(x) = \frac{\ell(x)}{\sqrt{\int\ell^2\rho}}, \qquad
        p = \partial_x\psi = \frac{\partial_x\ell}{\sqrt{\langle\ell^2\rangle}}

    The integral is a number: it takes away the unit of ℓ, and p has the direction of the plain
    gradient. The samples stand for their density ρ.

    Args:
        model: from x to outputs, in evaluation mode.
        loss: of outputs and labels, one number per sample.
        x: inputs, a sample of ρ.
        y: labels.

    Shape:
        x (B, …), y (B,); ``psi`` (B,), ``p`` like x, ``norm`` ().

    Units:
        ``psi`` has none, ``p`` is in 1/[x], ``norm`` in the unit of the loss.

    Raises:
        TypeError, ValueError: an empty batch, a loss that is one number for all samples, or one
            that vanishes on all of them or is not finite.

    Source:
        ψ after arXiv:2402.10983; the measure ρ is ours, since its text was not at hand.

    Example:
        The unit of the loss drops out:

        >>> x, y = torch.tensor([[1.0], [2.0]]), torch.zeros(2)
        >>> for unit in (1.0, 1000.0):
        ...     found = conjugate(lambda x: x, lambda out, y: unit * out[:, 0] ** 2, x, y)
        ...     print(found.p.flatten())
        tensor([0.6860, 1.3720])
        tensor([0.6860, 1.3720])
    """
    gradient = input_gradient(model, loss, x, y)
    with torch.no_grad():
        value = loss(model(x), y)
    if value.shape != y.shape:
        raise ValueError(
            f"loss must give one number per sample, {tuple(y.shape)}, got {tuple(value.shape)}"
        )
    norm = value.square().mean().sqrt()
    if not (norm > 0 and norm.isfinite()):
        raise ValueError(f"loss must be finite and not vanish on all samples: its norm is {norm:g}")
    return Conjugate(value / norm, gradient / norm, norm)
