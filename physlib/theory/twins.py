"""Closed forms of the pendulum, of an epidemic, and of a policy's gradient."""

import math

import numpy as np
from numpy.typing import ArrayLike

from physlib.ranges import ranges
from physlib.theory.array import Array


@ranges(damping="[0, inf)")
def damped_swing(time: ArrayLike, angle: float, stiffness: float, damping: float) -> Array:
    r"""Small angles of a pendulum let go at rest, with :math:`\omega^2 = k - c^2/4 > 0`.

    :math:`\theta = \theta_0\,e^{-ct/2}\bigl(\cos\omega t + \frac{c}{2\omega}\sin\omega t\bigr)`;
    k is g/l.

    Raises:
        ValueError: friction so strong that it does not swing.
    """
    if not stiffness > damping**2 / 4:
        raise ValueError(f"stiffness must be above damping²/4, got {stiffness!r} and {damping!r}")
    t, omega = np.asarray(time, dtype=float), math.sqrt(stiffness - damping**2 / 4)
    swing = np.cos(omega * t) + damping / (2 * omega) * np.sin(omega * t)
    return np.asarray(angle * np.exp(-damping * t / 2) * swing)


@ranges(reproduction="[0, inf)")
def final_size(reproduction: float) -> float:
    r"""The share that an epidemic reaches in the end, from few infected: :math:`z = 1-e^{-R_0 z}`.

    Solved by Lambert's W; 0 where the reproduction number R₀ = b/g is at most 1.
    Source: Kermack and McKendrick, Proceedings of the Royal Society A 115, 700 (1927).
    """
    if reproduction <= 1:
        return 0.0
    from scipy.special import lambertw

    return float(1 + lambertw(-reproduction * math.exp(-reproduction)).real / reproduction)


@ranges(infected="[0, 1]")
def epidemic_peak(reproduction: float, infected: float = 0.0) -> float:
    r"""The largest share infected at a time, :math:`1 - (1 + \ln R_0 S_0)/R_0`.

    From :math:`S_0 = 1 - I_0` susceptible, where :math:`R_0 S_0 > 1`; there S = 1/R₀.
    """
    if not reproduction * (1 - infected) > 1:
        raise ValueError(f"reproduction must be above 1/(1 - infected), got {reproduction!r}")
    return 1 - (1 + math.log(reproduction * (1 - infected))) / reproduction


@ranges(deviation="(0, inf)")
def reinforce_variance(offset: ArrayLike, deviation: ArrayLike, baseline: ArrayLike) -> Array:
    r"""Of one sample of REINFORCE's gradient, where the reward is :math:`-(a-a^*)^2`.

    For :math:`a\sim\mathcal N(\mu,\sigma^2)` and :math:`\delta=\mu-a^*`, the gradient is −2δ
    whatever the baseline B, and with :math:`q=\delta^2+B` the variance of its estimate is

    .. math:: (q^2 + 6q\sigma^2 + 12\delta^2\sigma^2 + 15\sigma^4)/\sigma^2 - 4\delta^2 ,

    least at :math:`B=-\delta^2-3\sigma^2`. The mean reward, :math:`B=-\delta^2-\sigma^2`, is not
    the best baseline, but close to it where σ is small.
    """
    delta, sigma, b = (np.asarray(x, dtype=float) for x in (offset, deviation, baseline))
    q, variance = delta**2 + b, sigma**2
    moment = q**2 + 6 * q * variance + 12 * delta**2 * variance + 15 * variance**2
    return np.asarray(moment / variance - 4 * delta**2)


@ranges(dimension="[1, inf)")
def spatial_median_efficiency(dimension: int) -> float:
    r"""Variance of the mean over that of the spatial median, of n-dimensional Gaussian errors.

    Minimising a mean of distances, as MSTE does, wastes this part of the data where errors are
    Gaussian: :math:`\frac{(n-1)^2}{n^2}\,\langle r^2\rangle\,\langle 1/r\rangle^2` with r the
    length of n standard normals; 2/π for n = 1, π/4 for n = 2. Source: Brown, Journal of the Royal
    Statistical Society B 45, 25 (1983).
    """
    if dimension == 1:
        return 2 / math.pi
    inverse = math.gamma((dimension - 1) / 2) / (math.sqrt(2) * math.gamma(dimension / 2))
    return (dimension - 1) ** 2 / dimension * inverse**2
