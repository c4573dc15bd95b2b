"""What a loss that forgets scale implies for the length of the weights."""

import numpy as np
from numpy.typing import ArrayLike

from physlib.ranges import ranges
from physlib.theory.array import Array


@ranges(velocity_square="[0, inf)", damping="(0, 1]")
def norm_growth(velocity_square: ArrayLike, damping: ArrayLike) -> Array:
    r"""Late growth per step of the squared length of weights that the loss does not see.

    Where :math:`L(c\,W) = L(W)`, forces are perpendicular to W, and the virial theorem has no
    potential term: whatever the landscape along the sphere, :math:`\|W\|^2` grows by

    .. math:: \Bigl(\frac2\gamma - 1\Bigr)\langle v^2\rangle

    per step of the printed update, with :math:`\langle v^2\rangle` the mean square velocity
    summed over all components. With :math:`\langle v^2\rangle = N\alpha T/(1 - \gamma/2)` of N
    free particles it is :math:`2N(\alpha/\gamma)T`, their diffusion. Derived in chapter 10.

    Args:
        velocity_square: mean of :math:`\|v\|^2`, in units of the weights squared.
        damping: γ in (0, 1].
    """
    growth = (2 / np.asarray(damping, dtype=float) - 1) * np.asarray(velocity_square, dtype=float)
    return np.asarray(growth)
