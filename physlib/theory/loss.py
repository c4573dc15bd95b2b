"""The post's loss: the mean of αd² − γd⁴ + κs² over classes and samples, in absolute value."""

import math

import numpy as np
from numpy.typing import ArrayLike

from physlib.checks import require_choice, require_truth
from physlib.ranges import ranges
from physlib.theory.array import Array


@ranges()
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


@ranges(alpha="[0, inf)", gamma="(0, inf)")
def sign_change(alpha: float = 0.0035, gamma: float = 5.0) -> float:
    r"""The error :math:`|d| = \sqrt{\alpha/\gamma}` beyond which the density is negative."""
    return math.sqrt(alpha / gamma)


@ranges(alpha="[0, inf)", gamma="(0, inf)")
def density_peak(alpha: float = 0.0035, gamma: float = 5.0) -> tuple[float, float]:
    r"""The peak of αd² − γd⁴: at :math:`\sqrt{\alpha/2\gamma}`, :math:`\alpha^2/4\gamma` high.

    Turned upside down the density is Landau's, with a = −2α and b = 4γ, and these are its
    ψ₀ = √(−a/b) and the depth a²/4b of its wells.
    """
    return math.sqrt(alpha / (2 * gamma)), alpha**2 / (4 * gamma)


@ranges(classes="[3, inf)")
def loss_at_target(
    classes: int, stiffness: float = 0.5, *, axis: str = "class", wrap: bool = True
) -> float:
    r"""The loss of a perfect output: what the differences of a one-hot cost.

    Along the classes, wrapped, a one-hot vector has two differences of ±½ (C ≥ 3): κ/2C. Not
    wrapped, the outermost two classes at either end have a one-sided difference of ±1 as well, and
    the mean over equally frequent classes is κ(½ + 3/C)/C. Along the batch, wrapped, it is the
    expectation for independent, equally frequent classes: κ(1 − 1/C)/2C.
    """
    require_choice("axis", axis, ("class", "batch"))
    require_truth("wrap", wrap)
    if axis == "batch":
        if not wrap:
            raise ValueError(
                "wrap must be true along the batch, where the edge's share depends on B, got False"
            )
        return stiffness * (1 - 1 / classes) / (2 * classes)
    return stiffness * (0.5 if wrap else 0.5 + 3 / classes) / classes


@ranges()
def error_rate_at_zero_loss(
    alpha: float = 0.0035, gamma: float = 5.0, stiffness: float = 0.5
) -> float:
    r"""The part of one-hot outputs that is *wrong* at zero loss, :math:`\kappa/4(\gamma-\alpha)`.

    A right one adds κ/2C to the mean, a wrong one κ/2C − 2(γ − α)/C (γ > α, C ≥ 3, wrapped).
    """
    if not gamma > alpha:
        raise ValueError(f"gamma must exceed alpha, got {gamma:g} and {alpha:g}")
    return stiffness / (4 * (gamma - alpha))


@ranges(neighbours="[-1, 1]", others="[-1, 1]", classes="[5, inf)")
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

    For at least 5 classes, wrapped, and n and g in [−1, 1], so that the output is normalised. A
    negative ``gamma`` gives the stable sign.
    """
    n, g = np.asarray(neighbours, dtype=float), np.asarray(others, dtype=float)
    alpha, gamma, stiffness = np.asarray(alpha), np.asarray(gamma), np.asarray(stiffness)
    errors = 2 * (alpha * n**2 - gamma * n**4) + (classes - 3) * (alpha * g**2 - gamma * g**4)
    energy: Array = (errors + stiffness / 2 * ((1 - g) ** 2 + (g - n) ** 2)) / classes
    return energy
