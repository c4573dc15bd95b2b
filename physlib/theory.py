r"""Closed forms, each once: the text quotes them, the tests hold to them, the plots draw them.

Symbols follow ``book/notation.md``: learning rate α (``lr``), damping γ (``damping``),
temperature T, curvature k of a quadratic well U = kθ²/2.
"""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def loss_density(
    d: ArrayLike, alpha: float = 0.0035, gamma: float = 5.0, slope: ArrayLike = 0.0
) -> Array:
    r"""The bracket of the post's loss, :math:`\alpha d^2 - \gamma d^4 + \tfrac12 s^2`."""
    d, slope = np.asarray(d, dtype=float), np.asarray(slope, dtype=float)
    return alpha * d**2 - gamma * d**4 + 0.5 * slope**2


def sign_change(alpha: float = 0.0035, gamma: float = 5.0) -> float:
    r"""The error :math:`|d| = \sqrt{\alpha/\gamma}` beyond which the density is negative."""
    return math.sqrt(alpha / gamma)


def loss_at_target(classes: int, stiffness: float = 0.5) -> float:
    r"""The loss of a perfect output, :math:`\kappa/(2C)`: what the difference of a one-hot costs.

    A one-hot vector has two differences of ±½ (C ≥ 3, wrapped), so the mean square is 1/(2C).
    """
    if classes < 3:
        raise ValueError(f"classes must be at least 3, got {classes}")
    return stiffness / (2 * classes)


def layer_gain(ramp: ArrayLike, beta: float, t_of_x: float) -> Array:
    r"""What the layer multiplies each input by, :math:`a\cosh 5\beta + t(x)\sinh 5\beta`."""
    return np.asarray(ramp, dtype=float) * math.cosh(5 * beta) + t_of_x * math.sinh(5 * beta)


def position_temperature(temperature: float, lr_k: ArrayLike, damping: ArrayLike) -> Array:
    r"""Stationary :math:`k\langle\theta^2\rangle = T / (1 - \alpha k / (2(2-\gamma)))`.

    For the printed update (symplectic Euler) in a quadratic well with αk = ``lr_k``, inside
    the stable range αk < `stability_limit`.
    """
    return temperature / (1 - np.asarray(lr_k) / stability_limit(damping))


def velocity_temperature(temperature: float, lr_k: ArrayLike, damping: ArrayLike) -> Array:
    r"""Stationary :math:`\langle v^2\rangle/\alpha = T / (1 - \gamma/2 - \alpha k/4)`."""
    return temperature / (1 - np.asarray(damping) / 2 - np.asarray(lr_k) / 4)


def stability_limit(damping: ArrayLike) -> Array:
    r"""The αk at which the printed update loses stability, :math:`2(2-\gamma)`."""
    return 2 * (2 - np.asarray(damping, dtype=float))


def boltzmann_density(theta: ArrayLike, temperature: float, curvature: float = 1.0) -> Array:
    r"""The density :math:`e^{-k\theta^2/2T}/\sqrt{2\pi T/k}` of a quadratic well."""
    variance = temperature / curvature
    gaussian = np.exp(-(np.asarray(theta, dtype=float) ** 2) / (2 * variance))
    return gaussian / math.sqrt(2 * math.pi * variance)
