r"""Spatial coherence: one minus a gradient energy, the book's reading of the post's score.

The post gives a "spatial coherence score" without defining it. Its loss defines a gradient,
:math:`\partial f_i = (f_{i+1} - f_{i-1})/2`, wrapped around; so we take

.. math::
    C = 1 - \frac{\sum_i (\partial f_i)^2}{\sum_i f_i^2}.

A Fourier mode :math:`e^{iki}` has the gradient :math:`i\sin k\,e^{iki}`, hence by Parseval

.. math::
    C = 1 - \frac{\sum_k \sin^2 k\,|f_k|^2}{\sum_k |f_k|^2},

a mean of :math:`\cos^2 k` with the weights :math:`|f_k|^2`: it lies in [0, 1], a constant field
has 1, white noise and a single one-hot spike have ½. A central difference is blind to the
alternating mode k = π, which it calls coherent. The forward difference is not: its symbol is
:math:`4\sin^2(k/2)`, and with the gradient energy over four the score is a mean of
:math:`\cos^2(k/2)`, again in [0, 1], ½ for noise and for a spike, and 0 for the alternating mode.

Since :math:`\cos^2 k = \frac12(1 + \cos 2k)`, the score is also :math:`\frac12(1 + \rho_2)`, with
:math:`\rho_2 = \sum_i f_if_{i+2} / \sum_i f_i^2` the correlation of each place with the next but
one. The forward score has the next one.
"""

from typing import Literal, get_args

import torch
from torch import Tensor

from physlib.checks import require_choice, require_integer, require_number, shown
from physlib.tensors import require_floats

Difference = Literal["central", "forward"]


def spatial_coherence(
    field: Tensor, dims: tuple[int, ...] = (-1,), *, difference: Difference = "central"
) -> float:
    """Coherence of `field` along `dims`, a number in [0, 1]; see the module for the formula.

    Energies are summed over the whole tensor before the division, so that samples count by
    their size; along several dimensions it is the mean of the single coherences. A field that
    vanishes has no coherence: NaN.

    Args:
        field: any shape, e.g. φ̂ (B, C), or first-layer weights as images (O, 28, 28).
        dims: what the difference runs over, wrapped around at the ends.
        difference: ``"central"``, the loss's own, or ``"forward"``, which sees alternation.

    Raises:
        TypeError, ValueError: an unknown difference, or no such field or dimension.
    """
    require_choice("difference", difference, get_args(Difference))
    require_floats("field", field, "(…, C)")
    if not dims or any(dim not in range(-field.dim(), field.dim()) for dim in dims):
        raise ValueError(f"dims must be some of the {field.dim()} dimensions of field, got {dims}")
    field = field.double()
    energy = field.square().sum()
    gradients = []
    for dim in dims:
        behind = field.roll(1, dim) if difference == "central" else field
        gradients.append(((field.roll(-1, dim) - behind) / 2).square().sum())
    return float(1 - torch.stack(gradients).mean() / energy)


def normalised(phi: Tensor, eps: float = 1e-8) -> Tensor:
    """φ̂ (B, C), what the post's loss sees of an output: over each sample's largest modulus."""
    require_floats("phi", phi, "(B, C)")
    require_number("eps", eps, low=0)
    return phi / (phi.abs().amax(dim=1, keepdim=True) + eps)


def random_fields(power: Tensor, samples: int, generator: torch.Generator) -> Tensor:
    """Gaussian fields (samples, C) on a ring, float64, of mean power `power` (C,), up to a factor.

    White noise whose modes are each multiplied by the root of their power, which must be that of
    a real field: even in k. The modes are in the order of an FFT.
    """
    require_floats("power", power, "(C,)")
    if not (power.min() >= 0 and power.isfinite().all()):
        raise ValueError(f"power must be finite and in [0, inf), got {shown(power)}")
    require_integer("samples", samples, low=1)
    white = torch.empty(samples, len(power), dtype=torch.float64).normal_(generator=generator)
    fields: Tensor = torch.fft.ifft(torch.fft.fft(white) * power.sqrt()).real
    return fields


def shuffled_coherence(field: Tensor) -> float:
    r"""The expected coherence of `field` (N, C) if its C places were shuffled at random.

    The same for either difference, wrapped, for C ≥ 3. In a random order every pair of places is
    as likely to be compared, so ρ is the mean product of two different places over the mean
    square,

    .. math::
        C = \frac12\left(1 + \frac{\sum (\sum_i f_i)^2 / \sum\sum_i f_i^2 - 1}{C - 1}\right),

    with outer sums over samples and, on the right, C the number of places. What a score has
    beyond this belongs to the order.
    """
    require_floats("field", field, "(N, C)")
    require_integer("the number of places of field", field.shape[-1], low=3)
    field = field.double()
    ratio = field.sum(dim=-1).square().sum() / field.square().sum()
    return float((1 + (ratio - 1) / (field.shape[-1] - 1)) / 2)
