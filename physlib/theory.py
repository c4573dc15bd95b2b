r"""Closed forms, each once: the text quotes them, the tests hold to them, the plots draw them.

Symbols follow ``book/notation.md``: the field theory's a, b, c and ψ; the loss's α, γ, κ;
learning rate α (``lr``), damping γ (``damping``), temperature T, curvature k of a quadratic well
U = kθ²/2.
"""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


# --- Ginzburg-Landau theory: a field ψ with energy f = a/2 ψ² + b/4 ψ⁴ + c/2 |∇ψ|², b, c > 0 ---


def free_energy_density(
    psi: ArrayLike, a: ArrayLike, b: float = 1.0, c: float = 1.0, gradient: ArrayLike = 0.0
) -> Array:
    r"""Ginzburg and Landau's :math:`\frac a2\psi^2 + \frac b4\psi^4 + \frac c2|\nabla\psi|^2`."""
    psi, a = np.asarray(psi, dtype=float), np.asarray(a, dtype=float)
    gradient = np.asarray(gradient, dtype=float)
    density: Array = a / 2 * psi**2 + b / 4 * psi**4 + c / 2 * gradient**2
    return density


def order_parameter(a: ArrayLike, b: float = 1.0) -> Array:
    r"""The uniform field of least energy, :math:`\psi_0 = \sqrt{-a/b}`, and 0 where a ≥ 0."""
    squared = -np.asarray(a, dtype=float) / b
    psi_0: Array = np.sqrt(squared.clip(min=0))
    return psi_0


def susceptibility(a: ArrayLike) -> Array:
    r"""How far a weak field H moves it, :math:`\partial\psi_0/\partial H` for the energy f − Hψ.

    1/a above the transition (a > 0), 1/(−2a) below it, infinite at it.
    """
    a = np.asarray(a, dtype=float)
    with np.errstate(divide="ignore"):
        return 1 / np.where(a < 0, -2 * a, abs(a))


def coherence_length(a: ArrayLike, c: float = 1.0) -> Array:
    r"""How far a disturbance reaches in the ordered phase (a < 0), :math:`\xi = \sqrt{c/(-a)}`."""
    return np.sqrt(c / -_negative(a))


def kink(x: ArrayLike, a: float, b: float = 1.0, c: float = 1.0) -> Array:
    r"""The wall between −ψ₀ and ψ₀ (a < 0), :math:`\psi_0\tanh\bigl(x/(\sqrt2\,\xi)\bigr)`."""
    x = np.asarray(x, dtype=float)
    return order_parameter(a, b) * np.tanh(x / (math.sqrt(2) * coherence_length(a, c)))


def kink_energy(a: ArrayLike, b: float = 1.0, c: float = 1.0) -> Array:
    r"""Energy of a wall per area (a < 0), :math:`\frac{2\sqrt2}3\sqrt c\,(-a)^{3/2}/b`."""
    return 2 * math.sqrt(2) / 3 * math.sqrt(c) * (-_negative(a)) ** 1.5 / b


def disc_area(time: ArrayLike, area: float, c: float = 1.0) -> Array:
    r"""Area of a disc that shrinks under the tension of its wall, :math:`A_0 - 2\pi c t`.

    The thin-wall limit of :math:`\partial_t\psi = -\delta F/\delta\psi`: a wall of curvature K
    moves at speed cK, so R² = R₀² − 2ct; 0 once the disc is gone. Source: Cahn & Allen,
    J. Phys. Colloques 38, C7-51 (1977).
    """
    return np.maximum(area - 2 * math.pi * c * np.asarray(time, dtype=float), 0)


def coarsening_length(time: ArrayLike, c: float = 1.0) -> Array:
    r"""Area per length of wall in a quenched plane, :math:`\sqrt{8ct}`, after a long time.

    The exponent is exact, the factor is an approximation: walls as the zero lines of a Gaussian
    field that spreads with diffusivity c/2. Source: Ohta, Jasnow & Kawasaki, Phys. Rev. Lett. 49,
    1223 (1982).
    """
    return np.sqrt(8 * c * np.asarray(time, dtype=float))


def _negative(a: ArrayLike) -> Array:
    a = np.asarray(a, dtype=float)
    if not (a < 0).all():
        raise ValueError(f"a must be negative (the ordered phase), got {a.max():g}")
    return a


# --- The post's loss: the mean of αd² − γd⁴ + κs² over classes and samples, in absolute value ---


def loss_density(
    d: ArrayLike,
    alpha: float = 0.0035,
    gamma: float = 5.0,
    slope: ArrayLike = 0.0,
    stiffness: float = 0.5,
) -> Array:
    r"""The bracket of the post's loss, :math:`\alpha d^2 - \gamma d^4 + \kappa s^2`."""
    d, slope = np.asarray(d, dtype=float), np.asarray(slope, dtype=float)
    return alpha * d**2 - gamma * d**4 + stiffness * slope**2


def sign_change(alpha: float = 0.0035, gamma: float = 5.0) -> float:
    r"""The error :math:`|d| = \sqrt{\alpha/\gamma}` beyond which the density is negative."""
    return math.sqrt(alpha / gamma)


def density_peak(alpha: float = 0.0035, gamma: float = 5.0) -> tuple[float, float]:
    r"""The peak of αd² − γd⁴: at :math:`\sqrt{\alpha/2\gamma}`, :math:`\alpha^2/4\gamma` high.

    Turned upside down the density is Landau's, with a = −2α and b = 4γ, and these are its
    ψ₀ = √(−a/b) and the depth a²/4b of its wells.
    """
    return math.sqrt(alpha / (2 * gamma)), alpha**2 / (4 * gamma)


def loss_at_target(
    classes: int, stiffness: float = 0.5, *, axis: str = "class", wrap: bool = True
) -> float:
    r"""The loss of a perfect output: what the differences of a one-hot cost.

    Along the classes, wrapped, a one-hot vector has two differences of ±½ (C ≥ 3): κ/2C. Not
    wrapped, the outermost two classes at either end have a one-sided difference of ±1 as well, and
    the mean over equally frequent classes is κ(½ + 3/C)/C. Along the batch, wrapped, it is the
    expectation for independent, equally frequent classes: κ(1 − 1/C)/2C.
    """
    if classes < 3:
        raise ValueError(f"classes must be at least 3, got {classes}")
    if axis == "batch":
        if not wrap:
            raise ValueError("wrap must be true along the batch: the edge's share depends on B")
        return stiffness * (1 - 1 / classes) / (2 * classes)
    return stiffness * (0.5 if wrap else 0.5 + 3 / classes) / classes


def error_rate_at_zero_loss(
    alpha: float = 0.0035, gamma: float = 5.0, stiffness: float = 0.5
) -> float:
    r"""The part of one-hot outputs that is *wrong* at zero loss, :math:`\kappa/4(\gamma-\alpha)`.

    A right one adds κ/2C to the mean, a wrong one κ/2C − 2(γ − α)/C (γ > α, C ≥ 3, wrapped).
    """
    if not gamma > alpha:
        raise ValueError(f"gamma must exceed alpha, got {gamma:g} and {alpha:g}")
    return stiffness / (4 * (gamma - alpha))


def rival_energy(
    neighbours: ArrayLike,
    others: ArrayLike,
    alpha: ArrayLike = 0.0035,
    gamma: ArrayLike = 5.0,
    stiffness: ArrayLike = 0.5,
    classes: int = 10,
) -> Array:
    r"""The bracket for an output of 1 at the target, n at its two neighbours and g elsewhere.

    .. math::
        \frac1C\Bigl[2(\alpha n^2 - \gamma n^4) + (C-3)(\alpha g^2 - \gamma g^4)
            + \tfrac\kappa2(1-g)^2 + \tfrac\kappa2(g-n)^2\Bigr]

    For at least 5 classes, wrapped, and |n|, |g| ≤ 1, so that the output is normalised. A negative
    ``gamma`` gives the stable sign.
    """
    if classes < 5:
        raise ValueError(f"classes must be at least 5, got {classes}")
    n, g = np.asarray(neighbours, dtype=float), np.asarray(others, dtype=float)
    alpha, gamma, stiffness = np.asarray(alpha), np.asarray(gamma), np.asarray(stiffness)
    errors = 2 * (alpha * n**2 - gamma * n**4) + (classes - 3) * (alpha * g**2 - gamma * g**4)
    energy: Array = (errors + stiffness / 2 * ((1 - g) ** 2 + (g - n) ** 2)) / classes
    return energy


# --- The layer ---


def layer_gain(ramp: ArrayLike, beta: float, t_of_x: float) -> Array:
    r"""What the layer multiplies each input by, :math:`a\cosh 5\beta + t(x)\sinh 5\beta`."""
    return np.asarray(ramp, dtype=float) * math.cosh(5 * beta) + t_of_x * math.sinh(5 * beta)


# --- The optimizer ---


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
