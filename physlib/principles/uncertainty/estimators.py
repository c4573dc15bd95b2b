"""The relation on a box by Monte Carlo, with errors, and by quadrature, without."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from physlib.checks import require_integer
from physlib.principles.uncertainty.inequality import (
    Moments,
    Relation,
    effective_samples,
    jackknife,
    relation,
    scaled_state,
    value_and_gradient,
)
from physlib.ranges import require_numbers
from physlib.tensors import require_finite_floats

Field = Callable[[Tensor], Tensor]  # from points (N, d) to numbers (N,)
Ends = Sequence[float] | Tensor


class Estimate(NamedTuple):
    """Values with their standard errors, and what the samples are worth."""

    value: Relation
    error: Relation
    effective: float


def estimate_uncertainty(
    loss: Field,
    low: Ends,
    high: Ends,
    *,
    samples: int = 4096,
    generator: torch.Generator | None = None,
    log_density: Field | None = None,
) -> Estimate:
    r"""Spreads of x and of its conjugate under :math:`\psi = \ell/\sqrt{\int\ell^2\rho}` on a box.

    Points are drawn uniformly and weighted by ρℓ². The boundary term moves every point to the faces
    of the box: 2d more evaluations of ℓ per point, so this is for a few dimensions.

    Args:
        loss: ℓ, differentiable by torch, from points (N, d) to (N,), in float64.
        low: lower ends of the box, d numbers.
        high: upper ends, each above its lower one.
        samples: N, at least 2.
        generator: of the points; None takes torch's global one.
        log_density: log ρ up to a constant, likewise; None is uniform.

    Returns:
        An `Estimate`; every field of its value and its error is a tensor (d,).

    Shape:
        ``value`` and ``error`` (d,), ``effective`` a number in [1, N].

    Units:
        Those of x and of 1/x; product, bound and slack are pure numbers.

    Raises:
        TypeError, ValueError: a box that is empty or unbounded, too few samples, a loss that is
            not finite or zero everywhere, or not one number per row.

    Source:
        Ours, after the definitions that arXiv:2402.10983 is quoted with; errors by
        `jackknife`.

    Example:
        >>> import torch
        >>> flat = lambda x: torch.ones(len(x), dtype=x.dtype) + 0 * x[:, 0]
        >>> found = estimate_uncertainty(flat, [0.0], [1.0], generator=torch.Generator())
        >>> print(f"{found.value.product.item():.2f} {found.value.bound.item():.2f}")
        0.00 0.00
    """
    low, half = _box(low, high)
    samples = require_integer("samples", samples, low=2)
    draws = torch.rand(
        samples, len(low), dtype=torch.float64, device=low.device, generator=generator
    )
    moments = _moments(loss, log_density, (2 * draws - 1) * half, low + half, half)
    value, error = jackknife(lambda *means: relation(Moments(*means), half), moments)
    bound = (0.5 - value.boundary + value.score).abs()  # a modulus, unlike a corrected one
    value = value._replace(x=value.x + low + half, bound=bound, slack=value.product - bound)
    return Estimate(value, error, effective_samples(moments.norm.squeeze(1)))


def exact_uncertainty(
    loss: Field, low: Ends, high: Ends, *, points: int, log_density: Field | None = None
) -> Relation:
    """What `estimate_uncertainty` estimates, by Gauss–Legendre quadrature.

    Args:
        loss: as there, and smooth: kinks make quadrature converge slowly.
        low: lower ends of the box.
        high: upper ends.
        points: nodes along each dimension, at least 2; the grid has ``points**d``.
        log_density: as there.

    Shape:
        Every field (d,).

    Units:
        As there.

    Raises:
        TypeError, ValueError: as there.

    Source:
        Gauss–Legendre rules on a tensor grid.
    """
    low, half = _box(low, high)
    points = require_integer("points", points, low=2)
    nodes, weights = (torch.from_numpy(a).to(low) for a in np.polynomial.legendre.leggauss(points))
    d = len(low)
    u = torch.cartesian_prod(*[nodes] * d).reshape(-1, d) * half
    mass = torch.cartesian_prod(*[weights / 2] * d).reshape(-1, d).prod(1, keepdim=True)
    moments = _moments(loss, log_density, u, low + half, half)
    found = relation(Moments(*((mass * m).sum(0) for m in moments)), half)
    return found._replace(x=found.x + low + half)


def _moments(
    loss: Field, log_density: Field | None, u: Tensor, middle: Tensor, half: Tensor
) -> Moments:
    """Every point's part in every mean, (N, d); u (N, d) are points counted from the middle."""
    value, gradient, scale = scaled_state(loss, u + middle)
    rho, slope, offset = torch.ones_like(value), torch.zeros_like(gradient), scale.new_zeros(())
    if log_density is not None:
        log_rho, slope = value_and_gradient("log_density", log_density, u + middle)
        offset = log_rho.max()
        rho = (log_rho - offset).exp().unsqueeze(1)

    @torch.no_grad()
    def face(sign: int) -> Tensor:
        """f (N, d) with one coordinate moved to its face, for each coordinate."""
        columns = []
        for i in range(u.shape[1]):
            moved = u.clone()
            moved[:, i] = sign * half[i]
            f = (loss(moved + middle) / scale).square()
            if log_density is not None:
                f = f * (log_density(moved + middle) - offset).exp()
            columns.append(f)
        faces = torch.stack(columns, 1)
        require_finite_floats("loss on the faces of the box", faces, "(N, d)")
        return faces

    f, flow = value.square() * rho, rho * value * gradient
    return Moments(
        norm=f,
        x=f * u,
        xx=f * u.square(),
        p=flow,
        pp=rho * gradient.square(),
        xp=u * flow,
        lower=face(-1),
        upper=face(1),
        s=f * slope,
        xs=u * f * slope,
    )


def _numbers(name: str, ends: object) -> Tensor:
    """In float64, whatever their type."""
    ends = ends.detach() if isinstance(ends, Tensor) else ends
    return torch.from_numpy(require_numbers(name, ends, None).copy())


def _box(low: Ends, high: Ends) -> tuple[Tensor, Tensor]:
    """Lower ends and half widths, (d,) in float64."""
    ends = [_numbers("low", low), _numbers("high", high)]
    if ends[0].dim() != 1 or ends[0].shape != ends[1].shape or not len(ends[0]):
        raise ValueError(
            "low and high must have one shape (d,), d at least 1, "
            f"got {tuple(ends[0].shape)} and {tuple(ends[1].shape)}"
        )
    if not (torch.stack(ends).isfinite().all() and (ends[0] < ends[1]).all()):
        raise ValueError(
            f"low and high must bound a box, finite and low < high, got low={ends[0].tolist()} "
            f"and high={ends[1].tolist()}"
        )
    return ends[0], (ends[1] - ends[0]) / 2
