"""What noise does to images and labels, where that can be worked out."""

import math

import numpy as np
from numpy.typing import ArrayLike

from physlib.ranges import ranges
from physlib.theory.array import Array


@ranges(distance="[0, inf)", sigma="(0, inf)")
def matched_filter_accuracy(distance: ArrayLike, sigma: ArrayLike) -> Array:
    r"""How often the nearer of two known images is the right one, :math:`\Phi(d/2\sigma)`.

    For images at the Euclidean `distance` d, equally frequent, in independent normal noise of
    standard deviation σ on every pixel. Along the line between them the noise is normal with σ,
    and an error is a shift by more than half the way. No classifier does better.
    """
    from scipy.stats import norm

    return np.asarray(norm.cdf(np.asarray(distance, dtype=float) / (2 * np.asarray(sigma))))


@ranges(sigma="(0, inf)")
def clipped_normal(mean: ArrayLike, sigma: ArrayLike) -> tuple[Array, Array]:
    r"""Mean and standard deviation of a normal number that is clipped to [0, 1].

    With a and b the distances of 0 and 1 from the mean in units of σ, φ and Φ the normal
    density and distribution,

    .. math::
        \begin{aligned}
        \langle y\rangle &= \mu(\Phi_b - \Phi_a) + \sigma(\varphi_a - \varphi_b) + 1 - \Phi_b, \\
        \langle y^2\rangle &= (\mu^2 + \sigma^2)(\Phi_b - \Phi_a)
            + \sigma\mu\,\varphi_a - \sigma(1 + \mu)\varphi_b + 1 - \Phi_b .
        \end{aligned}
    """
    from scipy.stats import norm

    mu, sigma = np.asarray(mean, dtype=float), np.asarray(sigma, dtype=float)
    a, b = (0 - mu) / sigma, (1 - mu) / sigma
    inside, white = norm.cdf(b) - norm.cdf(a), norm.sf(b)
    first = mu * inside + sigma * (norm.pdf(a) - norm.pdf(b)) + white
    second = (mu**2 + sigma**2) * inside + white
    second += sigma * (mu * norm.pdf(a) - (1 + mu) * norm.pdf(b))
    return first, np.sqrt(second - first**2)


@ranges(sigma="[0, inf)")
def blur_factor(k: ArrayLike, sigma: ArrayLike) -> Array:
    r"""What is left of a mode k after a Gaussian blur, :math:`e^{-\sigma^2k^2/2}`.

    The heat equation :math:`\partial_t f = \nabla^2 f` after the time σ²/2.
    """
    return np.asarray(np.exp(-((np.asarray(sigma) * np.asarray(k, dtype=float)) ** 2) / 2))


@ranges(wrong="[0, 1)", classes="[2, inf)")
def quartic_background(wrong: float, classes: int = 10) -> float:
    r"""The output of a wrong class that has the least mean quartic error under wrong labels.

    A label is wrong with probability p = `wrong` < 1, so a given wrong class is the label with
    q = p/(C − 1). The least :math:`q(1-u)^4 + (1-q)u^4` has :math:`q(1-u)^3 = (1-q)u^3`:

    .. math::
        u = \frac{1}{1 + \sqrt[3]{(1-q)/q}} .

    A squared error would have u = q.
    """
    q = wrong / (classes - 1)
    rare, frequent = math.cbrt(q), math.cbrt(1 - q)
    return rare / (rare + frequent)
