"""The relation in many dimensions: around one image, on the box of all images, and over data."""

from typing import NamedTuple

import torch
from torch import Tensor

from physlib.checks import require_integer, require_number
from physlib.principles.uncertainty.estimators import Field
from physlib.principles.uncertainty.inequality import (
    effective_samples,
    jackknife,
    scaled_state,
    value_and_gradient,
)
from physlib.tensors import require_finite_floats


class LocalSpread(NamedTuple):
    """Both sides of the relation, each coordinate's part averaged, (): see `around`."""

    dx: Tensor
    dp: Tensor
    rms_p: Tensor
    boundary: Tensor
    product: Tensor


class DataSpread(NamedTuple):
    """The same over data, whose density nobody knows: see `over_data`."""

    dx: float
    dp: float
    rms_p: float
    bound: float
    effective: float


def around(
    loss: Field,
    image: Tensor,
    radius: float,
    *,
    samples: int = 256,
    generator: torch.Generator | None = None,
) -> tuple[LocalSpread, LocalSpread, float]:
    r"""The relation on a box around `image`: values, their errors, the effective sample size.

    The box is the part of the ℓ∞ ball that is an image, :math:`[x_i - r, x_i + r] \cap [0, 1]`,
    and the measure on it uniform, so its boundary term can be had. Spreads are root mean squares
    over the d coordinates, and the boundary term is their mean; by the Cauchy–Schwarz inequality
    once more,

    .. math::
        \Delta x\,\Delta p \ge \frac1d\sum_i\Delta x_i\,\Delta p_i
        \ge \Bigl|\frac12 - \frac1d\sum_i B_i\Bigr| .

    The middle of [0, 1]^d with the radius ½ is the box of all images.

    Each sample moves one coordinate, drawn at random, to both faces of the box: that estimates
    the mean of the B_i with two evaluations per sample instead of 2d.

    Args:
        loss: ℓ, from images (N, d) to (N,), in float64.
        image: (d,), of values in [0, 1].
        radius: r, in (0, 1], in the unit of the pixels.
        samples: N, at least 2.
        generator: of the points and the coordinates.

    Shape:
        Every field (); the effective sample size is a number.

    Units:
        dx in that of the pixels, dp and rms_p its inverse; the others are pure numbers.

    Raises:
        TypeError, ValueError: a radius or a count outside its range, no image, or a loss that is
            zero or not finite.

    Source:
        Ours; chapter 22.
    """
    radius = require_number("radius", radius, low=0, high=1, open_low=True)
    samples = require_integer("samples", samples, low=2)
    require_finite_floats("image", image, "(d,)")
    if image.min() < 0 or image.max() > 1:
        raise ValueError(
            f"image must be (d,) of values in [0, 1], got {image.min():g} to {image.max():g}"
        )
    image, d = image.double(), len(image)
    low, high = (image - radius).clamp(min=0), (image + radius).clamp(max=1)
    half, middle = (high - low) / 2, (high + low) / 2
    draws = torch.rand(samples, d, dtype=torch.float64, device=image.device, generator=generator)
    u = (2 * draws - 1) * half
    value, gradient, scale = scaled_state(loss, u + middle)
    f = value.square()

    moved = torch.randint(d, (samples, 1), device=image.device, generator=generator)
    reach = half[moved]
    with torch.no_grad():
        lower, upper = (
            (loss(u.scatter(1, moved, sign * reach) + middle) / scale).square().unsqueeze(1)
            for sign in (-1, 1)
        )
    require_finite_floats("loss on the faces of the box", lower + upper, "(N, 1)")
    difference = torch.zeros_like(u).scatter(1, moved, (upper - lower) / (4 * reach))

    def spread(
        norm: Tensor, x: Tensor, xx: Tensor, p: Tensor, pp: Tensor, faces: Tensor, lean: Tensor
    ) -> LocalSpread:
        x, xx, p, pp, faces, lean = (mean / norm for mean in (x, xx, p, pp, faces, lean))
        dx = (xx - x.square().sum(-1, keepdim=True)).clamp(min=0).div(d).sqrt()
        dp = (pp - p.square().sum(-1, keepdim=True)).clamp(min=0).div(d).sqrt()
        boundary = faces - (x * lean).sum(-1, keepdim=True)
        found = dx, dp, pp.div(d).sqrt(), boundary, dx * dp
        return LocalSpread(*(tensor.squeeze(-1) for tensor in found))

    values, errors = jackknife(
        spread,
        (
            f,
            f * u,
            f * u.square().sum(1, keepdim=True),
            value * gradient,
            gradient.square().sum(1, keepdim=True),
            (lower + upper) / 4,
            difference,
        ),
    )
    return values, errors, effective_samples(f.squeeze(1))


def over_data(loss: Field, x: Tensor) -> DataSpread:
    r"""Spreads of x and p over the images x (N, d) themselves, weighted by ℓ².

    The measure is the data's. Nobody knows its density, so neither the boundary term nor the
    score can be had alone; but together they are the covariance that partial integration turned
    them into, :math:`\frac12 - B + S = -\int(x - \langle x\rangle)\psi\,\partial\psi\,\rho`, which
    needs values and gradients only. ``bound`` is the modulus of its mean over the coordinates.
    It holds for any numbers whatever: it is the Cauchy–Schwarz inequality and no prediction.

    Args:
        loss: ℓ with each row's own label, from (N, d) to (N,).
        x: the images, N at least 1.

    Shape:
        Five numbers; spreads are root mean squares over coordinates.

    Units:
        As for `around`.

    Raises:
        TypeError, ValueError: no image, or a loss that is zero on all of them or not finite.

    Source:
        Ours; chapter 22.
    """
    require_finite_floats("x", x, "(N, d)")
    value, gradient = value_and_gradient("loss", loss, x)
    length = value.norm()  # of ℓ
    if not length:
        raise ValueError("loss must not be zero on all rows of x: ψ has no norm")
    effective = effective_samples(value.square())
    d = x.shape[1]
    psi, slope = value / length, gradient / length
    centred = x - psi.square() @ x
    p = psi @ slope
    dx = ((psi.square() @ centred.square()).sum() / d).sqrt()
    pp = slope.square().sum()
    dp = ((pp - p.square().sum()).clamp(min=0) / d).sqrt()  # rounding
    covariance = (psi @ (centred * slope)).sum() / d
    return DataSpread(
        dx=dx.item(),
        dp=dp.item(),
        rms_p=(pp / d).sqrt().item(),
        bound=covariance.abs().item(),
        effective=effective,
    )
