"""Where energies are least, found by looking and not by algebra."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import minimize_scalar

from physlib.ranges import ranges
from physlib.theory import Array, free_energy_density, rival_energy


@ranges(b="(0, inf)", field="[0, inf)")
def least_energy(a: float, b: float = 1.0, field: float = 0.0) -> float:
    """The ψ ≥ 0 at which Landau's energy of a uniform field, f(ψ) − Hψ, is least.

    Args:
        a: quadratic coefficient, of either sign.
        b: quartic coefficient, positive.
        field: H ≥ 0, the field that pulls on ψ.
    """
    # beyond this point every term grows
    bound = 1 + np.sqrt(abs(a) / b) + np.cbrt(field / b)
    found = minimize_scalar(
        lambda psi: free_energy_density(psi, a, b) - field * psi,
        bounds=(0, bound),
        method="bounded",
        options={"xatol": 1e-12, "maxiter": 1000},
    )
    return float(found.x)


@ranges(alpha="(0, inf)", stiffness="(0, inf)", classes="[5, inf)")
def nearest_minimum(
    alpha: ArrayLike, gamma: ArrayLike, stiffness: ArrayLike = 0.5, classes: int = 10
) -> Array:
    """The height h in [0, 1] of all wrong classes at which the post's loss is least.

    The output is 1 at the target and h elsewhere (`physlib.theory.rival_energy` with n = g = h).
    A negative height always costs more energy than the positive one of its size, so of all
    minima in [-1, 1] the one nearest the target h = 0 is among these. Where the energy changes
    sign the least loss is zero, and this is the first such height.

    Args:
        alpha: quadratic weight, positive; the weights may have any shapes that broadcast.
        gamma: quartic weight; a negative one gives the stable sign.
        stiffness: gradient weight, positive.
        classes: at least 5.

    Returns:
        Heights, to about 1e-3, of the weights' shape.
    """
    h = np.linspace(0, 1, 1001)
    alpha, gamma, stiffness = (np.asarray(w)[..., None] for w in (alpha, gamma, stiffness))
    energy = rival_energy(h, h, alpha, gamma, stiffness, classes)
    crossed = energy <= 0
    nearest: Array = h[np.where(crossed.any(-1), crossed.argmax(-1), energy.argmin(-1))]
    return nearest
