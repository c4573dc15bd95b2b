"""Closed forms around replicas: magnets, finite samples, and what constants do to a bias."""

import math

import numpy as np
from numpy.typing import ArrayLike

from physlib.ranges import ranges
from physlib.theory.array import Array

# ∫√(F(1 − F)) dx of laws of standard deviation one.
UNIFORM_SAMPLE_CONSTANT = math.pi * math.sqrt(12) / 8


def normal_sample_constant() -> float:
    r""":math:`\int \sqrt{\Phi(1-\Phi)}\,dx` of the standard normal law, by quadrature."""
    from scipy import integrate, stats

    value, _ = integrate.quad(lambda x: math.sqrt(stats.norm.cdf(x) * stats.norm.sf(x)), 0, 30)
    return 2 * float(value)


@ranges(size="[1, inf)", constant="[0, inf)")
def finite_sample_distance(size: ArrayLike, constant: float) -> Array:
    r"""Expected Wasserstein distance of two samples of one law, :math:`2J/\sqrt{\pi n}`.

    The difference of two empirical distribution functions is, at each place, normal with the
    variance :math:`2F(1-F)/n` for large n, and its mean absolute value is
    :math:`\sqrt{2/\pi}` standard deviations. Integrated, with
    :math:`J = \int\sqrt{F(1-F)}\,dx`.

    Args:
        size: n, of each sample.
        constant: J, in the unit of the samples.
    """
    return 2 * constant / np.sqrt(math.pi * np.asarray(size, dtype=float))


@ranges(count="[0, inf)")
def bias_rate_factor(count: int, constant: float) -> float:
    """How much faster a bias learns that has m weights on a constant c beside it: 1 + mc²."""
    return 1 + count * constant**2


@ranges(bias="[0, inf)", weight="[0, inf)", count="[0, inf)")
def bias_variance(bias: float, weight: float, count: int, constant: float) -> float:
    """Initial variance of that bias, of the variances of a bias and of a weight: σ_b² + mc²σ_w²."""
    return bias + count * constant**2 * weight


@ranges(temperature="(0, inf)", field="[0, inf)")
def magnetisation(temperature: float, field: float = 0.0) -> float:
    r"""The stable solution m ≥ 0 of :math:`m = \tanh((m + h)/T)`, for h ≥ 0: a mean-field magnet.

    Zero above T = 1 without a field.
    """
    from scipy import optimize

    if field == 0 and temperature >= 1:
        return 0.0

    def excess(m: float) -> float:
        return math.tanh((m + field) / temperature) - m

    return float(optimize.brentq(excess, 1e-9 if field == 0 else 0.0, 1.0))


def ramp_distance() -> float:
    r"""Of the weights onto the two halves of the inputs, times an index ramp: √(3/2π).

    The ramp is on average ¼ and ¾ of its end on the halves, and a normal weight is
    :math:`\sqrt{2/\pi}` on average, by size; the laws are symmetric and one is wider
    everywhere, so that their Wasserstein distance is the difference of mean sizes. In units of
    the standard deviation of all weights, which is :math:`1/\sqrt3` of the end.
    """
    return math.sqrt(3 / (2 * math.pi))
