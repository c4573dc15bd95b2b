r"""Langevin dynamics in steps: temperatures, stability, diffusion, escape.

Learning rate α (``lr``), damping γ (``damping``), temperature T, curvature k of a quadratic well
U = kθ²/2.
"""

import math
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from physlib.checks import require_choice
from physlib.ranges import ranges
from physlib.theory.array import Array

Scheme = Literal["symplectic-euler", "baoab", "overdamped", "explicit-euler"]


@ranges(temperature="[0, inf)", lr_k="[0, inf)", damping="(0, 1]")
def position_temperature(
    temperature: ArrayLike,
    lr_k: ArrayLike,
    damping: ArrayLike,
    scheme: Scheme = "symplectic-euler",
) -> Array:
    r"""Stationary :math:`k\langle\theta^2\rangle` in a quadratic well, for αk = ``lr_k``.

    ==================  ==================================================================
    symplectic Euler    :math:`T / (1 - \alpha k / (2(2-\gamma)))`
    BAOAB               :math:`T`
    overdamped          :math:`T / (1 - \alpha k / (2\gamma))`
    explicit Euler      :math:`T (1 - \gamma/2 + \alpha k/2) /
                        ((1 - \alpha k/\gamma)(1 - \gamma/2 + \alpha k/4))`
    ==================  ==================================================================

    Inside the stable range, αk < `stability_limit` (ValueError beyond).
    """
    require_choice("scheme", scheme, get_args(Scheme))
    t, x, g = _stationary(temperature, lr_k, damping, scheme)
    if scheme == "baoab":
        return t + 0 * (x + g)
    if scheme == "explicit-euler":
        return t * (1 - g / 2 + x / 2) / ((1 - x / g) * (1 - g / 2 + x / 4))
    return t / (1 - x / stability_limit(g, scheme))


@ranges(temperature="[0, inf)", lr_k="[0, inf)", damping="(0, 1]")
def velocity_temperature(
    temperature: ArrayLike,
    lr_k: ArrayLike,
    damping: ArrayLike,
    scheme: Scheme = "symplectic-euler",
) -> Array:
    r"""Stationary :math:`\langle v^2\rangle/\alpha` in a quadratic well, for αk = ``lr_k``.

    :math:`T/(1 - \gamma/2 - \alpha k/4)` for symplectic Euler, :math:`T` for BAOAB,
    :math:`T/((1 - \alpha k/\gamma)(1 - \gamma/2 + \alpha k/4))` for explicit Euler. The
    overdamped scheme has no velocity (ValueError).
    """
    require_choice("scheme", scheme, get_args(Scheme))
    if scheme == "overdamped":
        raise ValueError("scheme must be one with a velocity, got 'overdamped'")
    t, x, g = _stationary(temperature, lr_k, damping, scheme)
    if scheme == "baoab":
        return t + 0 * (x + g)
    if scheme == "explicit-euler":
        return t / ((1 - x / g) * (1 - g / 2 + x / 4))
    return t / (1 - g / 2 - x / 4)


@ranges(damping="(0, 1]")
def stability_limit(damping: ArrayLike, scheme: Scheme = "symplectic-euler") -> Array:
    r"""The αk at which a scheme loses stability in a quadratic well.

    :math:`2(2-\gamma)` for symplectic Euler, 4 for BAOAB, :math:`2\gamma` for the overdamped
    scheme, :math:`\gamma` for explicit Euler.
    """
    require_choice("scheme", scheme, get_args(Scheme))
    g = np.asarray(damping, dtype=float)
    return {
        "symplectic-euler": 2 * (2 - g),
        "baoab": 4 + 0 * g,
        "overdamped": 2 * g,
        "explicit-euler": g,
    }[scheme]


@ranges(lr="[0, inf)", damping="(0, 1]", variance="[0, inf)", lr_k="[0, 4)")
def heating(
    lr: ArrayLike,
    damping: ArrayLike,
    variance: ArrayLike,
    lr_k: ArrayLike = 0.0,
    scheme: Scheme = "symplectic-euler",
) -> Array:
    r"""What white gradient noise of variance S adds to the temperature of positions.

    :math:`\alpha S/(2\gamma)`, since the kick α√S adds to √(2γαT); in BAOAB, which damps the
    kick before it moves half of the way, times :math:`(1-\gamma/2)/(1-\alpha k/4)`.
    """
    require_choice("scheme", scheme, get_args(Scheme))
    alpha, g, s = _arrays(lr, damping, variance)
    heat = alpha * s / (2 * g)
    if scheme == "baoab":
        heat = heat * (1 - g / 2) / (1 - np.asarray(lr_k) / 4)
    return heat


@ranges(damping="(0, 1]")
def exact_noise_factor(damping: ArrayLike) -> Array:
    r"""By how much exact Ornstein-Uhlenbeck noise cools the printed update, :math:`1-\gamma/2`.

    :math:`\sqrt{(1-(1-\gamma)^2)\alpha T}` in place of :math:`\sqrt{2\gamma\alpha T}` is the
    printed noise at the temperature (1 − γ/2)T. It is exact for the velocity of a free particle,
    and right in BAOAB; here, positions take the loss.
    """
    return 1 - np.asarray(damping, dtype=float) / 2


@ranges(lr_k="(0, 2)")
def two_point_excess_kurtosis(lr_k: ArrayLike) -> Array:
    r"""Of positions in a quadratic well, where noise is ±1 and γ = 1: :math:`-2(1-r^2)/(1+r^2)`.

    With :math:`r = 1 - \alpha k` each step's coin is forgotten by that factor, and the sum
    :math:`\sum_n r^n \eta_n` has the fourth cumulant :math:`-2/(1-r^4)` beside the variance
    :math:`1/(1-r^2)`. It vanishes with the step: many small coins make a Gaussian.
    """
    squared = np.square(1 - np.asarray(lr_k, dtype=float))
    return np.asarray(-2 * (1 - squared) / (1 + squared))


@ranges(temperature="[0, inf)", lr="[0, inf)", damping="(0, 1]")
def diffusion(
    temperature: ArrayLike,
    lr: ArrayLike,
    damping: ArrayLike,
    scheme: Scheme = "symplectic-euler",
) -> Array:
    r"""Late growth per step of a free particle's mean square, :math:`2(\alpha/\gamma)T`.

    Einstein's relation with the mobility α/γ; BAOAB's is lower by the factor 1 − γ/2.
    """
    require_choice("scheme", scheme, get_args(Scheme))
    t, alpha, g = _arrays(temperature, lr, damping)
    return 2 * alpha / g * t * (exact_noise_factor(g) if scheme == "baoab" else 1.0)


@ranges(steps="[0, inf)", temperature="[0, inf)", lr="[0, inf)", damping="(0, 1]")
def mean_squared_displacement(
    steps: ArrayLike, temperature: float, lr: float, damping: float
) -> Array:
    r"""Of a free particle that starts at rest, after n printed updates, with c = 1 − γ.

    .. math::
        \frac{2\alpha T}{\gamma}\Bigl(n - \frac{2c(1-c^n)}{1-c}
            + \frac{c^2(1-c^{2n})}{1-c^2}\Bigr)

    First like n³, then like `diffusion` times n: noise builds the velocity up, friction
    forgets it.
    """
    n, c = np.asarray(steps, dtype=float), 1 - damping
    lag = 2 * c * (1 - c**n) / (1 - c) - c**2 * (1 - c ** (2 * n)) / (1 - c**2)
    return diffusion(temperature, lr, damping) * (n - lag)


@ranges()
def double_well(theta: ArrayLike) -> Array:
    r"""The potential :math:`(\theta^2-1)^2`: curvature 8 in the wells at ±1, barrier 1."""
    return (np.asarray(theta, dtype=float) ** 2 - 1) ** 2


@ranges(
    temperature="(0, inf)",
    lr="(0, inf)",
    damping="(0, 1]",
    barrier="[0, inf)",
    well_curvature="(0, inf)",
    barrier_curvature="(0, inf)",
)
def kramers_rate(
    temperature: ArrayLike,
    lr: float,
    damping: float,
    *,
    barrier: float = 1.0,
    well_curvature: float = 8.0,
    barrier_curvature: float = 4.0,
) -> Array:
    r"""Escapes over a barrier per step and particle; the defaults are `double_well`'s.

    .. math::
        r = \frac{\sqrt{\gamma^2/4 + \omega_b^2} - \gamma/2}{\omega_b}\,
            \frac{\omega_a}{2\pi}\, e^{-\Delta U/T}, \qquad \omega^2 = \alpha |U''|

    Asymptotic for T ≪ ΔU and small steps. Source: Kramers, Physica 7, 284 (1940).
    """
    well, top = math.sqrt(lr * well_curvature), math.sqrt(lr * barrier_curvature)
    turned_back = (math.sqrt(damping**2 / 4 + top**2) - damping / 2) / top
    return turned_back * well / (2 * math.pi) * np.exp(-barrier / np.asarray(temperature))


@ranges(temperature="(0, inf)", curvature="(0, inf)")
def boltzmann_density(theta: ArrayLike, temperature: float, curvature: float = 1.0) -> Array:
    r"""The density :math:`e^{-k\theta^2/2T}/\sqrt{2\pi T/k}` of a quadratic well."""
    variance = temperature / curvature
    gaussian = np.exp(-(np.asarray(theta, dtype=float) ** 2) / (2 * variance))
    return gaussian / math.sqrt(2 * math.pi * variance)


@ranges(temperature="(0, inf)")
def boltzmann_on_grid(theta: ArrayLike, energy: ArrayLike, temperature: float) -> Array:
    r"""The density :math:`e^{-U/T}/Z` of any potential, Z by the trapezoidal rule on the grid."""
    from scipy.integrate import trapezoid

    theta, energy = np.asarray(theta, dtype=float), np.asarray(energy, dtype=float)
    if theta.ndim != 1 or theta.shape != energy.shape or not (np.diff(theta) > 0).all():
        raise ValueError("theta must be a rising grid, with one energy for each of its points")
    weight = np.exp(-(energy - energy.min()) / temperature)
    density: Array = weight / trapezoid(weight, theta)
    return density


def _stationary(
    temperature: ArrayLike, lr_k: ArrayLike, damping: ArrayLike, scheme: Scheme
) -> tuple[Array, ...]:
    """The three as arrays, if there is a stationary state to have a temperature."""
    t, x, g = _arrays(temperature, lr_k, damping)
    beyond = x >= stability_limit(g, scheme)
    if beyond.any():
        bad = float(np.broadcast_to(x, beyond.shape)[beyond].flat[0])
        raise ValueError(f"lr_k must be in [0, stability_limit(damping, scheme)), got {bad!r}")
    return t, x, g


def _arrays(*values: ArrayLike) -> tuple[Array, ...]:
    return tuple(np.asarray(value, dtype=float) for value in values)
