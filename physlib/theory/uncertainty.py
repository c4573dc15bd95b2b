r"""The uncertainty relation on a box: its bound, and states whose spreads are known.

States are real, :math:`\psi = \ell/\sqrt{\int\ell^2}`, on an interval [a, b].
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from physlib.checks import require_number
from physlib.ranges import ranges
from physlib.theory.array import Array


@ranges()
def uncertainty_bound(boundary: ArrayLike, score: ArrayLike = 0.0) -> Array:
    r"""What :math:`\Delta x\,\Delta p` cannot fall below, :math:`|\frac12 - B + S|`.

    With :math:`B = \frac12[(x - \langle x\rangle)\psi^2\rho]_a^b` of the boundary and
    :math:`S = \frac12\langle(x - \langle x\rangle)\,\partial\log\rho\rangle` of the density ρ
    that the inputs have. Without a boundary and with a uniform density it is the ½ of quantum
    mechanics (ħ = 1).
    """
    commutator = 0.5 - np.asarray(boundary, dtype=float) + np.asarray(score, dtype=float)
    return np.asarray(np.abs(commutator))


class Spreads(NamedTuple):
    """Of a state on an interval: mean and spread of x, spread of p, boundary term."""

    x: float
    dx: float
    dp: float
    boundary: float


def gaussian_spreads(stiffness: float, centre: float, low: float, high: float) -> Spreads:
    r"""Of :math:`\psi^2 \propto e^{-\kappa(x - c)^2/2}` on [low, high], for κ of any sign.

    Since :math:`\partial\psi = -\frac\kappa2(x - c)\psi` is a multiple of
    :math:`(x - \langle x\rangle)\psi` but for a multiple of ψ, the Cauchy–Schwarz inequality is an
    equality: :math:`\Delta x\,\Delta p = |\frac12 - B|` on every interval. Moments follow from
    :math:`\partial e^{-\kappa u^2/2} = -\kappa u\,e^{-\kappa u^2/2}`; κ = 0 is the uniform state.

    Args:
        stiffness: κ, the inverse variance of ψ² on an infinite interval; per unit of x squared.
        centre: c, in the unit of x.
        low: lower end of the interval.
        high: upper end, above `low`.

    Raises:
        TypeError, ValueError: an argument that is no finite number, or an empty interval.
    """
    from scipy.special import erf, erfi

    kappa, centre = require_number("stiffness", stiffness), require_number("centre", centre)
    low = require_number("low", low)
    high = require_number("high", high, low=low, open_low=True)
    if kappa == 0:
        width = high - low
        return Spreads((low + high) / 2, width / math.sqrt(12), 0.0, 0.5)
    u = np.array([low, high]) - centre
    root = math.sqrt(abs(kappa) / 2)
    integral = math.sqrt(math.pi) / (2 * root) * np.diff((erf if kappa > 0 else erfi)(root * u))[0]
    edge = np.exp(-kappa * u**2 / 2) / integral  # ψ² at both ends
    mean = -np.diff(edge)[0] / kappa
    variance = (1 - np.diff(u * edge)[0]) / kappa - mean**2
    boundary = np.diff((u - mean) * edge)[0] / 2
    dx = math.sqrt(variance)
    return Spreads(centre + float(mean), dx, abs(kappa) / 2 * dx, float(boundary))


def exponential_spreads(slope: float, half_width: float) -> Spreads:
    r"""Of :math:`\psi \propto e^{gx}` on [−h, h]: no spread of p at all.

    Every state looks so in a box that is small enough. It is an eigenstate of the derivative, so
    Δp = 0 while :math:`\Delta x^2 = \frac1{4g^2} - h^2/\sinh^2(2gh)`, at most h²/3: the plain ½
    fails as badly as it can, and B = ½.

    Args:
        slope: g, of log ψ; per unit of x.
        half_width: h > 0, in the unit of x.

    Raises:
        TypeError, ValueError: an argument that is no finite number, or h of 0 or less.
    """
    g = require_number("slope", slope)
    h = require_number("half_width", half_width, low=0, open_low=True)
    z = 2 * g * h
    if abs(z) < 1e-3:  # both terms of the closed form diverge, and cancel
        return Spreads(h * z / 3, h * math.sqrt(1 / 3 - z**2 / 15), 0.0, 0.5)
    variance = h**2 * (1 / z**2 - 1 / math.sinh(z) ** 2)
    return Spreads(h * (1 / math.tanh(z) - 1 / z), math.sqrt(variance), 0.0, 0.5)
