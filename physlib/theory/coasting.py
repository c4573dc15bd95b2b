r"""What a velocity that is kept does: it adds up pushes, and it adds up kicks.

Learning rate α (``lr``), damping γ (``damping``), temperature T; the printed update, from rest.
A velocity that is forgotten after each step is γ = 1.
"""

import math

import numpy as np
from numpy.typing import ArrayLike

from physlib.ranges import ranges
from physlib.theory.array import Array
from physlib.theory.langevin import mean_squared_displacement


@ranges(steps="[0, inf)", lr="[0, inf)", damping="(0, 1]")
def coasting(steps: ArrayLike, lr: float, damping: float) -> Array:
    r"""How far n updates move a parameter downhill, per unit of a gradient that stays the same.

    .. math:: \frac\alpha\gamma\Bigl(n - c\,\frac{1-c^n}{1-c}\Bigr), \qquad c = 1 - \gamma

    At first like αn²/2, and after 1/γ steps at the terminal speed α/γ per step. For γ = 1 it is
    gradient descent, αn.
    """
    n, c = np.asarray(steps, dtype=float), 1 - damping
    return lr / damping * (n - c * (1 - c**n) / damping)


@ranges(
    count="[1, inf)",
    variance="[0, inf)",
    steps="[0, inf)",
    temperature="[0, inf)",
    lr="[0, inf)",
    damping="(0, 1]",
)
def walked_norm(
    count: int, variance: float, steps: ArrayLike, temperature: float, lr: float, damping: float
) -> Array:
    r"""Length of a vector of `count` parameters that only noise moves, after n updates.

    :math:`\sqrt{N(\sigma^2 + \langle\theta_n^2\rangle)}`, with σ² the ``variance`` that they
    start with, and the mean square of `mean_squared_displacement`. For Gaussian parameters the
    length scatters around it by the part :math:`1/\sqrt{2N}`.
    """
    walk = mean_squared_displacement(steps, temperature, lr, damping)
    return np.asarray(np.sqrt(count * (variance + walk)), dtype=float)


@ranges(count="[1, inf)")
def expected_minimum(count: int) -> float:
    r"""Mean of the smallest of `count` independent standard normal numbers.

    .. math:: K \int x\,\phi(x)\,\bigl(1 - \Phi(x)\bigr)^{K-1}\,\mathrm dx

    It is what the best of K equally good candidates gains by luck, in units of the scatter by
    which they are judged.
    """
    from scipy.integrate import quad
    from scipy.stats import norm

    mean, _ = quad(
        lambda x: x * count * math.exp(norm.logpdf(x) + (count - 1) * norm.logsf(x)), -12, 12
    )
    return float(mean)
