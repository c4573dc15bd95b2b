"""Ginzburg-Landau theory: a field ψ with the energy f = a/2 ψ² + b/4 ψ⁴ + c/2 |∇ψ|², b, c > 0."""

import math

import numpy as np
from numpy.typing import ArrayLike

from physlib.ranges import ranges
from physlib.theory.array import Array


@ranges(b="(0, inf)", c="(0, inf)")
def free_energy_density(
    psi: ArrayLike, a: ArrayLike, b: float = 1.0, c: float = 1.0, gradient: ArrayLike = 0.0
) -> Array:
    r"""Ginzburg and Landau's :math:`\frac a2\psi^2 + \frac b4\psi^4 + \frac c2|\nabla\psi|^2`."""
    psi, a = np.asarray(psi, dtype=float), np.asarray(a, dtype=float)
    gradient = np.asarray(gradient, dtype=float)
    density: Array = a / 2 * psi**2 + b / 4 * psi**4 + c / 2 * gradient**2
    return density


@ranges(b="(0, inf)")
def order_parameter(a: ArrayLike, b: float = 1.0) -> Array:
    r"""The uniform field of least energy, :math:`\psi_0 = \sqrt{-a/b}`, and 0 where a ≥ 0."""
    squared = -np.asarray(a, dtype=float) / b
    psi_0: Array = np.sqrt(squared.clip(min=0))
    return psi_0


@ranges()
def susceptibility(a: ArrayLike) -> Array:
    r"""How far a weak field H moves it, :math:`\partial\psi_0/\partial H` for the energy f − Hψ.

    1/a above the transition (a > 0), 1/(−2a) below it, infinite at it.
    """
    a = np.asarray(a, dtype=float)
    with np.errstate(divide="ignore"):
        return 1 / np.where(a < 0, -2 * a, abs(a))


@ranges(a="(-inf, 0)", c="(0, inf)")
def coherence_length(a: ArrayLike, c: float = 1.0) -> Array:
    r"""How far a disturbance reaches in the ordered phase (a < 0), :math:`\xi = \sqrt{c/(-a)}`."""
    return np.sqrt(c / -np.asarray(a, dtype=float))


@ranges(a="(-inf, 0)", b="(0, inf)", c="(0, inf)")
def kink(x: ArrayLike, a: float, b: float = 1.0, c: float = 1.0) -> Array:
    r"""The wall between −ψ₀ and ψ₀ (a < 0), :math:`\psi_0\tanh\bigl(x/(\sqrt2\,\xi)\bigr)`."""
    x = np.asarray(x, dtype=float)
    return order_parameter(a, b) * np.tanh(x / (math.sqrt(2) * coherence_length(a, c)))


@ranges(a="(-inf, 0)", b="(0, inf)", c="(0, inf)")
def kink_energy(a: ArrayLike, b: float = 1.0, c: float = 1.0) -> Array:
    r"""Energy of a wall per area (a < 0), :math:`\frac{2\sqrt2}3\sqrt c\,(-a)^{3/2}/b`."""
    return 2 * math.sqrt(2) / 3 * math.sqrt(c) * (-np.asarray(a, dtype=float)) ** 1.5 / b


@ranges(time="[0, inf)", area="[0, inf)", c="(0, inf)")
def disc_area(time: ArrayLike, area: float, c: float = 1.0) -> Array:
    r"""Area of a disc that shrinks under the tension of its wall, :math:`A_0 - 2\pi c t`.

    The thin-wall limit of :math:`\partial_t\psi = -\delta F/\delta\psi`: a wall of curvature K
    moves at speed cK, so R² = R₀² − 2ct; 0 once the disc is gone. Source: Cahn & Allen,
    J. Phys. Colloques 38, C7-51 (1977).
    """
    return np.maximum(area - 2 * math.pi * c * np.asarray(time, dtype=float), 0)


@ranges(time="[0, inf)", c="(0, inf)")
def coarsening_length(time: ArrayLike, c: float = 1.0) -> Array:
    r"""Area per length of wall in a quenched plane, :math:`\sqrt{8ct}`, after a long time.

    The exponent is exact, the factor is an approximation: walls as the zero lines of a Gaussian
    field that spreads with diffusivity c/2. Source: Ohta, Jasnow & Kawasaki, Phys. Rev. Lett. 49,
    1223 (1982).
    """
    return np.sqrt(8 * c * np.asarray(time, dtype=float))
