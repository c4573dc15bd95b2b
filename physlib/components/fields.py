"""Ginzburg and Landau's field on a periodic lattice: its energy, and how it runs downhill."""

import math
from collections.abc import Iterator
from functools import reduce

import numpy as np
import torch
from numpy.typing import ArrayLike
from scipy.optimize import curve_fit
from torch import Tensor

from physlib.checks import require_integer, require_number
from physlib.ranges import require_numbers
from physlib.tensors import require_floats
from physlib.theory import Array, free_energy_density, kink_energy, order_parameter


def free_energy(psi: Tensor, dx: float, *, a: float, b: float = 1.0, c: float = 1.0) -> Tensor:
    r"""The energy of each field,

    .. math::
        F = \int \tfrac a2\psi^2 + \tfrac b4\psi^4 + \tfrac c2|\nabla\psi|^2

    The gradient is that of the trigonometric polynomial through the lattice points.

    Args:
        psi: fields, shape (N, X), (N, X, Y), …: one realisation per entry of the first axis,
            periodic in all the others.
        dx: lattice spacing, in the unit of length.
        a: quadratic coefficient, of either sign; see `physlib.theory.free_energy_density`.
        b: quartic coefficient, positive.
        c: stiffness, positive.

    Returns:
        Energies (N,): an energy density times length, area or volume.
    """
    _check(psi, dx, a, b, c)
    space = tuple(range(1, psi.dim()))
    # ∫|∇ψ|² = −∫ψ∇²ψ on a periodic lattice
    laplacian = _filtered(psi, -_k_squared(psi, dx))
    density = a / 2 * psi**2 + b / 4 * psi**4 - c / 2 * psi * laplacian
    return density.sum(dim=space) * dx ** len(space)


@torch.no_grad()
def relax(
    psi: Tensor, time: float, steps: int, dx: float, *, a: float, b: float = 1.0, c: float = 1.0
) -> Tensor:
    r"""Let fields run down the slope of their energy (Allen-Cahn, or model A without noise).

    .. math::
        \partial_t\psi = -\frac{\delta F}{\delta\psi} = -a\psi - b\psi^3 + c\nabla^2\psi

    Strang splitting: half a step of diffusion, a step of the local equation, half a step of
    diffusion. Each part is solved exactly, the first in Fourier space and the second by

    .. math::
        \psi(t) = \frac{\psi e^{-at}}{\sqrt{1 + b\psi^2\,(1 - e^{-2at})/a}}

    so that no step is too long to be stable, and the error is of the order of the step squared.

    Args:
        psi: fields as in `free_energy`, left unchanged; N of them move at once.
        time: how long, in units in which the mobility is one.
        steps: in how many steps, at least 1; time/steps well below :math:`1/|a|` is accurate.
        dx: lattice spacing; at most about the coherence length :math:`\sqrt{c/|a|}`.
        a: quadratic coefficient, of either sign.
        b: quartic coefficient, positive.
        c: stiffness, positive.

    Returns:
        The fields at the end, in the shape and dtype of ``psi``.
    """
    _check(psi, dx, a, b, c)
    require_number("time", time, low=0)
    dt = time / require_integer("steps", steps, low=1)
    spread = torch.exp(-c * dt * _k_squared(psi, dx))
    half = spread.sqrt()
    growth = math.exp(-a * dt)
    saturation = b * (-math.expm1(-2 * a * dt) / a if a else 2 * dt)
    psi = _filtered(psi, half)
    for step in range(steps):
        psi = growth * psi / (1 + saturation * psi.square()).sqrt_()
        # two half steps of diffusion that meet are one
        psi = _filtered(psi, spread if step < steps - 1 else half)
    return psi


def relax_through(
    psi: Tensor, times: ArrayLike, dx: float, *, a: float, b: float = 1.0, c: float = 1.0
) -> Iterator[Tensor]:
    """The fields at each of these times, on their way down the slope of their energy.

    Args:
        psi: the fields at time 0, as in `relax`.
        times: not negative and never falling; the steps between them are at most
            :math:`1/(2|a|)`.
        dx: as in `relax`, like a, b and c.
        a: quadratic coefficient.
        b: quartic coefficient.
        c: stiffness.

    Yields:
        The fields, in the shape and dtype of ``psi``.

    Raises:
        ValueError: times that are negative or fall.
    """
    now = 0.0
    for time in np.asarray(times, dtype=float):
        if time > now:
            psi = relax(psi, time - now, math.ceil(2 * abs(a) * (time - now)), dx, a=a, b=b, c=c)
        elif time < now:
            raise ValueError(f"times must not be negative or fall, got {time:g} after {now:g}")
        now = time
        yield psi


def excess_energy(psi: Tensor, dx: float, *, a: float, b: float = 1.0, c: float = 1.0) -> Tensor:
    """What the walls of each field cost: its energy above that of the uniform field ψ₀, (N,).

    The arguments are those of `free_energy`.
    """
    volume = psi[0].numel() * dx ** (psi.dim() - 1)
    uniform = float(free_energy_density(order_parameter(a, b), a, b))
    return free_energy(psi, dx, a=a, b=b, c=c) - volume * uniform


def wall_spacing(psi: Tensor, dx: float, *, a: float, b: float = 1.0, c: float = 1.0) -> Tensor:
    """How far apart walls are: area over length of wall, of each field (N, X, Y), shape (N,).

    The length is the `excess_energy` over `physlib.theory.kink_energy`, for a < 0. In one
    dimension, (N, X), it is the length per wall. The arguments are those of `free_energy`.
    """
    volume = psi[0].numel() * dx ** (psi.dim() - 1)
    return float(kink_energy(a, b, c)) * volume / excess_energy(psi, dx, a=a, b=b, c=c)


def growth_exponents(times: ArrayLike, lengths: ArrayLike) -> Array:
    r"""The n of :math:`\ell = (k(t + t_0))^n`, fitted to each realisation's length.

    The origin :math:`t_0` is free, since a field has grown domains before any law of growth holds.

    Args:
        times: shape (T,), at least four, positive.
        lengths: shape (T, N), positive.

    Returns:
        Exponents, shape (N,).
    """
    times = require_numbers("times", times, "(0, inf)", axes=1)
    lengths = require_numbers("lengths", lengths, "(0, inf)", axes=2)
    if len(times) < 4 or len(lengths) != len(times):
        raise ValueError(
            "times must be at least four, with a row of lengths for each of them, "
            f"got {len(times)} and {len(lengths)}"
        )

    def law(t: Array, n: float, log_k: float, t_0: float) -> Array:
        return n * (log_k + np.log(t + t_0))

    # the origin must leave every time after it
    low, high = (0, -np.inf, -0.9 * times.min()), (2, np.inf, 10 * times.max())
    fits = [
        curve_fit(law, times, np.log(length), p0=(0.5, 1, 0), bounds=(low, high))[0]
        for length in lengths.T
    ]
    return np.array([n for n, _, _ in fits])


def _k_squared(psi: Tensor, dx: float) -> Tensor:
    """Squared wave numbers in the layout of `torch.fft.rfftn` over all axes but the first."""
    *whole, last = psi.shape[1:]
    waves = [torch.fft.fftfreq(n, dx, dtype=torch.float64) for n in whole]
    waves.append(torch.fft.rfftfreq(last, dx, dtype=torch.float64))
    squares = [(2 * math.pi * k.to(psi)).square() for k in waves]
    total: Tensor = reduce(lambda sum_, square: sum_[..., None] + square, squares)
    return total


def _filtered(psi: Tensor, response: Tensor) -> Tensor:
    space = tuple(range(1, psi.dim()))
    spectrum: Tensor = torch.fft.rfftn(psi, dim=space) * response
    smooth: Tensor = torch.fft.irfftn(spectrum, s=psi.shape[1:], dim=space)
    return smooth


def _check(psi: Tensor, dx: float, a: float, b: float, c: float) -> None:
    require_floats("psi", psi, "(N, X, …)")
    require_number("a", a)
    require_number("dx", dx, low=0, open_low=True)
    require_number("b", b, low=0, open_low=True)
    require_number("c", c, low=0, open_low=True)
