r"""Coherence of fields on a ring whose answer is known: noise, spikes, smooth random fields.

The score is `physlib.coherence.spatial_coherence`: a mean of :math:`\cos^2 k` over the modes of
a field with the weights :math:`|f_k|^2`, of :math:`\cos^2(k/2)` for the forward difference.
"""

import math
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from physlib.checks import require_choice
from physlib.ranges import ranges, require_numbers
from physlib.theory.array import Array


@ranges(length="[1, inf)")
def wavenumbers(length: int) -> Array:
    """The modes of a ring of `length` places, in radians, −π < k ≤ π, in the order of an FFT."""
    m = np.arange(length)
    return 2 * math.pi * np.where(2 * m > length, m - length, m) / length


@ranges(length="[1, inf)")
def mode_coherence(length: int, difference: Literal["central", "forward"] = "central") -> Array:
    """The score of each single mode, cos²k or cos²(k/2), shape (length,)."""
    require_choice("difference", difference, ("central", "forward"))
    k = wavenumbers(length)
    return np.cos(k if difference == "central" else k / 2) ** 2


@ranges(power="[0, inf)")
def coherence_of_spectrum(
    power: ArrayLike, difference: Literal["central", "forward"] = "central"
) -> float:
    r"""The score of a field with the power :math:`|f_k|^2`, shape (C,), in the order of an FFT."""
    power = _spectrum(power)
    return float(np.average(mode_coherence(len(power), difference), weights=power))


@ranges(power="[0, inf)", samples="[1, inf)")
def coherence_error(
    power: ArrayLike, samples: int, difference: Literal["central", "forward"] = "central"
) -> float:
    r"""Standard error of the score of `samples` Gaussian fields with the mean power `power` (C,).

    In a real Fourier basis the fields are independent normal numbers of variances
    :math:`S_k`; the square of one scatters by :math:`2S_k^2`. To leading order in 1/samples,

    .. math::
        \mathrm{se}^2 = \frac{2\sum_k S_k^2(c_k - C)^2}{N\,(\sum_k S_k)^2},

    which for white noise is 1/4n for n = samples × C numbers (4 does not divide C). There it is
    exact with n + 2 in place of n, as the direction of a normal vector is uniform on its sphere.
    """
    power = _spectrum(power)
    apart = mode_coherence(len(power), difference) - coherence_of_spectrum(power, difference)
    return math.sqrt(2 * float(((power * apart) ** 2).sum()) / samples) / float(power.sum())


@ranges(length="[1, inf)", xi="[0, inf)")
def smooth_spectrum(length: int, xi: float) -> Array:
    r"""Power :math:`e^{-\xi^2k^2/2}` of a field whose correlation is :math:`e^{-r^2/2\xi^2}`.

    The correlation is that on an endless line, for ξ above about one place; on the ring the
    spectrum is exact and defines the field. ξ = 0 is white noise.
    """
    return np.exp(-((xi * wavenumbers(length)) ** 2) / 2)


@ranges(xi="[0, inf)")
def smooth_coherence(xi: ArrayLike) -> Array:
    r"""The score of that field on an endless line, :math:`\frac12(1 + e^{-2/\xi^2})`."""
    with np.errstate(divide="ignore"):  # white noise has ξ = 0
        correlation = np.exp(-2 / np.asarray(xi, dtype=float) ** 2)
    return np.asarray((1 + correlation) / 2)


@ranges(classes="[3, inf)")
def spike_coherence(background: ArrayLike, classes: int = 10) -> Array:
    r"""The score of one class at 1 and all others at u, for at least three classes:

    .. math::
        C = 1 - \frac{(1-u)^2}{2\,(1 + (C-1)u^2)},

    with the number of classes on the right. The two neighbours of the spike have a difference
    of (1 − u)/2, all other places have none.
    """
    u = np.asarray(background, dtype=float)
    return np.asarray(1 - (1 - u) ** 2 / (2 * (1 + (classes - 1) * u**2)))


@ranges(coherence="[0, 1]", classes="[3, inf)")
def background_for(coherence: float, classes: int = 10) -> float:
    """The u in [−1, 1] nearest to 0 at which `spike_coherence` has this value.

    Raises:
        ValueError: no background gives it.
    """
    r = 2 * (1 - coherence)
    # (1 − r(C − 1)) u² − 2u + 1 − r = 0; written such that the root stays finite at r(C − 1) = 1
    under = 1 - (1 - r) * (1 - r * (classes - 1))
    u = (1 - r) / (1 + math.sqrt(under)) if under >= 0 else math.nan
    if not -1 <= u <= 1:
        raise ValueError(f"no background in [-1, 1] gives a coherence of {coherence:g}")
    return u


def _spectrum(power: ArrayLike) -> Array:
    array = require_numbers("power", power, "[0, inf)", axes=1)
    if not array.any():
        raise ValueError("power must be positive for one mode at least, got none but 0")
    return array
