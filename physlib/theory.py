r"""Closed forms, each once: the text quotes them, the tests hold to them, the plots draw them.

Symbols follow ``book/notation.md``: learning rate α (``lr``), damping γ (``damping``),
temperature T, curvature k of a quadratic well U = kθ²/2.
"""

import math
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.integrate import trapezoid

from physlib.checks import require_choice

Scheme = Literal["symplectic-euler", "baoab", "overdamped", "explicit-euler"]
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


def boost(rapidity: float) -> Array:
    r"""The Lorentz boost (2, 2) of a pair (a, t); rapidities add, and :math:`a^2 - t^2` stays.

    .. math:: \begin{pmatrix} \cosh\rho & \sinh\rho \\ \sinh\rho & \cosh\rho \end{pmatrix}
    """
    c, s = math.cosh(rapidity), math.sinh(rapidity)
    return np.array([[c, s], [s, c]])


def rapidity_limit(largest: float, factor: float) -> float:
    r"""The rapidity :math:`\ln(M/f)` at which :math:`f e^\rho` reaches M, the largest number.

    The hyperbolic cosine overflows there for f = ½, and the gain of the index ramp with I inputs
    for f = (I - 1)/2; the library clamps at f = I, where that gain is M/2.
    """
    return math.log(largest) - math.log(factor)  # the quotient may overflow


def layer_gradients(
    x: ArrayLike, weight: ArrayLike, beta: float, t: float, ramp: ArrayLike, upstream: ArrayLike
) -> tuple[Array, Array, float, float]:
    r"""The layer's gradients by hand, with respect to x (B, I), weight (O, I), β and t.

    With :math:`\delta` (B, O) the gradient of the output, ``upstream``, g the gain,
    :math:`\tilde g = a\sinh 5\beta + t(x)\cosh 5\beta` the other row of the boost, and
    :math:`G = x \odot \delta W_0`,

    .. math::
        \nabla_{W_0} = \delta^\top (x \odot g), \quad
        \partial_\beta = 5 \sum_{bi} G_{bi}\,\tilde g_{bi}, \quad
        \partial_t = \sinh 5\beta \sum_{bi} \sigma_b\,G_{bi}, \\
        \nabla_{x_b} = g_b \odot (\delta W_0)_b
        + \frac{t \sinh 5\beta}{I}\,\sigma_b (1 - \sigma_b) \sum_i G_{bi} .
    """
    x, weight, delta = (np.asarray(array, dtype=float) for array in (x, weight, upstream))
    sigma = 1 / (1 + np.exp(-x.mean(axis=1, keepdims=True)))  # (B, 1)
    (c, s), (s, c) = boost(5 * beta)
    gain, other = np.asarray(ramp) * c + t * sigma * s, np.asarray(ramp) * s + t * sigma * c
    back = delta @ weight  # (B, I)
    per_gain = x * back  # G
    total = per_gain.sum(axis=1, keepdims=True)  # (B, 1)
    along_x = gain * back + t * s * sigma * (1 - sigma) * total / x.shape[1]
    along_beta, along_t = 5 * (per_gain * other).sum(), s * (sigma * total).sum()
    return along_x, delta.T @ (x * gain), float(along_beta), float(along_t)


def layer_cost(
    form: Literal["literal", "factored", "linear"],
    batch: int,
    inputs: int,
    outputs: int,
    *,
    input_gradient: bool = False,
) -> tuple[int, int]:
    """What one forward and backward pass costs: flops of its matrix products, numbers kept.

    A product of B×I with I×O is 2·B·I·O flops. Numbers are kept for the backward pass beside input
    and parameters: the scaled input (B, I) if factored, the gain (B, I) if literal; and, where the
    input needs a gradient, the gain if factored and W(x) (B, O, I) if literal. What is smaller
    than (B, I) is left out.
    """
    # Forward, and the weight's gradient; then the input's, from which the factored form gets those
    # of β and t.
    products = 3 if input_gradient or form == "factored" else 2
    kept = {"literal": inputs, "factored": inputs, "linear": 0}[form]
    if input_gradient:
        kept += {"literal": outputs * inputs, "factored": inputs, "linear": 0}[form]
    return products * 2 * batch * inputs * outputs, batch * kept


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

    Inside the stable range, αk < `stability_limit`.
    """
    require_choice("scheme", scheme, get_args(Scheme))
    t, x, g = _arrays(temperature, lr_k, damping)
    if scheme == "baoab":
        return t + 0 * (x + g)
    if scheme == "explicit-euler":
        return t * (1 - g / 2 + x / 2) / ((1 - x / g) * (1 - g / 2 + x / 4))
    return t / (1 - x / stability_limit(g, scheme))


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
    t, x, g = _arrays(temperature, lr_k, damping)
    if scheme == "overdamped":
        raise ValueError("scheme must be one with a velocity, got 'overdamped'")
    if scheme == "baoab":
        return t + 0 * (x + g)
    if scheme == "explicit-euler":
        return t / ((1 - x / g) * (1 - g / 2 + x / 4))
    return t / (1 - g / 2 - x / 4)


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


def exact_noise_factor(damping: ArrayLike) -> Array:
    r"""By how much exact Ornstein-Uhlenbeck noise cools the printed update, :math:`1-\gamma/2`.

    :math:`\sqrt{(1-(1-\gamma)^2)\alpha T}` in place of :math:`\sqrt{2\gamma\alpha T}` is the
    printed noise at the temperature (1 − γ/2)T. It is exact for the velocity of a free particle,
    and right in BAOAB; here, positions take the loss.
    """
    return 1 - np.asarray(damping, dtype=float) / 2


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


def double_well(theta: ArrayLike) -> Array:
    r"""The potential :math:`(\theta^2-1)^2`: curvature 8 in the wells at ±1, barrier 1."""
    return (np.asarray(theta, dtype=float) ** 2 - 1) ** 2


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


def boltzmann_density(theta: ArrayLike, temperature: float, curvature: float = 1.0) -> Array:
    r"""The density :math:`e^{-k\theta^2/2T}/\sqrt{2\pi T/k}` of a quadratic well."""
    variance = temperature / curvature
    gaussian = np.exp(-(np.asarray(theta, dtype=float) ** 2) / (2 * variance))
    return gaussian / math.sqrt(2 * math.pi * variance)


def boltzmann_on_grid(theta: ArrayLike, energy: ArrayLike, temperature: float) -> Array:
    r"""The density :math:`e^{-U/T}/Z` of any potential, Z by the trapezoidal rule on the grid."""
    theta, energy = np.asarray(theta, dtype=float), np.asarray(energy, dtype=float)
    weight = np.exp(-(energy - energy.min()) / temperature)
    density: Array = weight / trapezoid(weight, theta)
    return density


def _arrays(*values: ArrayLike) -> tuple[Array, ...]:
    return tuple(np.asarray(value, dtype=float) for value in values)
