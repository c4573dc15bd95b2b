"""Damage to images, by an amount: what stability on noisy data is measured with.

Every function takes images (N, H, W) as floats from 0 (black) to 1 (white) and returns new ones
of the same shape in the same range; an amount of 0 changes nothing. Noise comes from a generator
that is passed in, so that every network meets the same damage.
"""

import math
from collections.abc import Callable

import torch
from torch import Tensor

from physlib.checks import require_number, shown
from physlib.tensors import require_floats


def gaussian_noise(images: Tensor, sigma: float, generator: torch.Generator) -> Tensor:
    """Independent normal noise of standard deviation `sigma` (in units of white) on every pixel.

    What leaves [0, 1] is clipped, as a camera would.
    """
    require_number("sigma", sigma, low=0)
    _check(images, generator)
    noise = torch.empty_like(images).normal_(generator=generator)
    return (images + sigma * noise).clamp_(0, 1)


def salt_and_pepper(images: Tensor, fraction: float, generator: torch.Generator) -> Tensor:
    """Each pixel becomes black or white, evenly, with probability `fraction` in [0, 1]."""
    require_number("fraction", fraction, low=0, high=1)
    _check(images, generator)
    u = torch.empty_like(images).uniform_(generator=generator)
    white, black = u < fraction / 2, (u >= fraction / 2) & (u < fraction)
    return images.masked_fill(white, 1.0).masked_fill(black, 0.0)


def blur(images: Tensor, sigma: float, generator: torch.Generator | None = None) -> Tensor:
    r"""Gaussian blur of standard deviation `sigma` pixels: the heat equation run for σ²/2.

    A Fourier mode k of the image, wrapped around at its edges, is multiplied by
    :math:`e^{-\sigma^2|k|^2/2}`, so the mean (k = 0) is conserved exactly. The digits of MNIST
    stand in a margin of four pixels, over which nothing comes around. The generator is not
    used: a blur draws nothing. Ringing of a narrow blur is clipped to [0, 1].
    """
    require_number("sigma", sigma, low=0)
    require_floats("images", images, "(…, H, W)")
    rows, columns = (_heat_kernel(n, sigma).to(images) for n in images.shape[-2:])
    return (rows @ images @ columns.T).clamp_(0, 1)


def _check(images: Tensor, generator: torch.Generator) -> None:
    require_floats("images", images, "(…, H, W)")
    if not isinstance(generator, torch.Generator):  # None would be the global one
        raise TypeError(f"generator must be a torch.Generator, got {shown(generator)}")


def _heat_kernel(size: int, sigma: float) -> Tensor:
    """The circulant matrix (size, size) whose eigenvalues are exp(−σ²k²/2)."""
    n = torch.arange(size, dtype=torch.float64)
    k = 2 * math.pi * torch.where(n > size / 2, n - size, n) / size
    damping = torch.exp(-((sigma * k) ** 2) / 2)
    distance = n[:, None] - n
    return (torch.cos(k[:, None, None] * distance) * damping[:, None, None]).mean(0)


Corruption = Callable[[Tensor, float, torch.Generator], Tensor]
# Five evenly spaced amounts each, from none to where a reader has trouble too.
CORRUPTIONS: dict[str, tuple[Corruption, tuple[float, ...]]] = {
    "gaussian": (gaussian_noise, (0.0, 0.2, 0.4, 0.6, 0.8)),
    "salt-pepper": (salt_and_pepper, (0.0, 0.1, 0.2, 0.3, 0.4)),
    "blur": (blur, (0.0, 0.75, 1.5, 2.25, 3.0)),
}
