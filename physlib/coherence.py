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
"""

from typing import Literal, get_args

import torch
from torch import Tensor

from physlib.checks import require_choice

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
        ValueError: an unknown difference.
    """
    require_choice("difference", difference, get_args(Difference))
    field = field.double()
    energy = field.square().sum()
    gradients = []
    for dim in dims:
        behind = field.roll(1, dim) if difference == "central" else field
        gradients.append(((field.roll(-1, dim) - behind) / 2).square().sum())
    return float(1 - torch.stack(gradients).mean() / energy)


def normalised(phi: Tensor, eps: float = 1e-8) -> Tensor:
    """φ̂ (B, C), what the post's loss sees of an output: over each sample's largest modulus."""
    return phi / (phi.abs().amax(dim=1, keepdim=True) + eps)
