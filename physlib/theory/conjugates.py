"""What pushes of limited size can do to a linear response, in phase and out of it."""

import math
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from physlib.checks import require_choice
from physlib.ranges import ranges
from physlib.theory.array import Array


@ranges()
def dual_norm(force: ArrayLike, norm: Literal["inf", "2"]) -> float:
    r"""The most that a step within the unit ball of a norm can do against a force p.

    .. math::
        \max_{\|\delta\|_\infty\le1} p\cdot\delta = \|p\|_1, \qquad
        \max_{\|\delta\|_2\le1} p\cdot\delta = \|p\|_2

    The first by :math:`\delta = \mathrm{sign}\,p`, the second by :math:`p/\|p\|_2` (Hölder).
    """
    require_choice("norm", norm, ("inf", "2"))
    p = np.asarray(force, dtype=float)
    return float(np.abs(p).sum() if norm == "inf" else np.sqrt((p**2).sum()))


@ranges(count="[0, inf)")
def coherence_gain(count: ArrayLike) -> Array:
    r"""How much more pushes in phase do than pushes of random sign: :math:`\sqrt{2n/\pi}`.

    In phase, n normal forces give :math:`\sum|p_i| = n\sqrt{2/\pi}\,\sigma`; out of phase the sum
    has the root mean square :math:`\sqrt n\,\sigma`.
    """
    return np.asarray(np.sqrt(2 * np.asarray(count, dtype=float) / math.pi))


@ranges(sigma="(0, inf)", epsilon="[0, inf)")
def linear_accuracy(
    weights: ArrayLike, mean: ArrayLike, sigma: float, epsilon: ArrayLike, attack: str
) -> Array:
    r"""Accuracy of :math:`\mathrm{sign}(w\cdot x)` on two normal classes at ±mean, under attack.

    The margin has the mean :math:`w\cdot\mu` and the standard deviation :math:`\sigma\|w\|_2`, and

    .. math::
        \Phi\Bigl(\frac{w\cdot\mu - \varepsilon\|w\|_*}{\sigma\|w\|_2}\Bigr), \qquad
        \Phi\Bigl(\frac{w\cdot\mu}{\|w\|_2\sqrt{\sigma^2 + \varepsilon^2}}\Bigr)

    under the best attack of size ε, with the dual norm, and under normal noise of standard
    deviation ε on every component.

    Args:
        weights: w (n,).
        mean: μ (n,).
        sigma: standard deviation of every component in a class.
        epsilon: ε, any shape.
        attack: ``"inf"``, ``"2"`` or ``"noise"``.

    Raises:
        TypeError, ValueError: weights that are zero or not as many as the mean, or another
            argument outside its range.
    """
    from scipy.stats import norm

    require_choice("attack", attack, ("inf", "2", "noise"))
    w, mu, size = (np.asarray(x, dtype=float) for x in (weights, mean, epsilon))
    if w.ndim != 1 or w.shape != mu.shape or not w.any():
        raise ValueError(
            "weights and mean must have one shape (n,), and weights not be zero, "
            f"got {w.shape} and {mu.shape}"
        )
    margin, length = float(w @ mu), dual_norm(w, "2")
    if attack == "noise":
        return np.asarray(norm.cdf(margin / (length * np.hypot(sigma, size))))
    reach = dual_norm(w, "inf" if attack == "inf" else "2")
    return np.asarray(norm.cdf((margin - size * reach) / (sigma * length)))


@ranges(code="[0, inf)", pixels="(0, inf)")
def random_tangent_share(code: ArrayLike, pixels: ArrayLike) -> Array:
    r"""Root mean square part of a random direction that lies in a surface: :math:`\sqrt{k/n}`.

    Of a unit vector in n dimensions, k squared coordinates have the mean k/n.

    Raises:
        TypeError, ValueError: a surface of more dimensions than there are pixels.
    """
    share = np.asarray(np.asarray(code, dtype=float) / np.asarray(pixels, dtype=float))
    if (share > 1).any():
        raise ValueError(f"code must be at most pixels, got {code!r} of {pixels!r}")
    return np.asarray(np.sqrt(share))
