"""The layer: a boost with rapidity 5β, its gradients, its cost, its range."""

import math
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from physlib.checks import require_choice, require_number
from physlib.ranges import ranges
from physlib.theory.array import Array


@ranges()
def layer_gain(ramp: ArrayLike, beta: float, t_of_x: ArrayLike) -> Array:
    r"""What the layer multiplies each input by, :math:`a\cosh 5\beta + t(x)\sinh 5\beta`."""
    along = np.asarray(t_of_x, dtype=float) * math.sinh(5 * beta)
    return np.asarray(np.asarray(ramp, dtype=float) * math.cosh(5 * beta) + along)


@ranges()
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
    if not (0 < largest < math.inf and 0 < factor < math.inf):  # cheap: layers ask at every call
        require_number("largest", largest, low=0, open_low=True)
        require_number("factor", factor, low=0, open_low=True)
    return math.log(largest) - math.log(factor)  # the quotient may overflow


@ranges()
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
    if x.ndim != 2 or weight.shape != (*delta.shape[1:], *x.shape[1:]) or len(delta) != len(x):
        raise ValueError(
            "x must have shape (B, I), weight (O, I) and upstream (B, O), "
            f"got {x.shape}, {weight.shape} and {delta.shape}"
        )
    sigma = 1 / (1 + np.exp(-x.mean(axis=1, keepdims=True)))  # (B, 1)
    (c, s), (s, c) = boost(5 * beta)
    gain, other = np.asarray(ramp) * c + t * sigma * s, np.asarray(ramp) * s + t * sigma * c
    back = delta @ weight  # (B, I)
    per_gain = x * back  # G
    total = per_gain.sum(axis=1, keepdims=True)  # (B, 1)
    along_x = gain * back + t * s * sigma * (1 - sigma) * total / x.shape[1]
    along_beta, along_t = 5 * (per_gain * other).sum(), s * (sigma * total).sum()
    return along_x, delta.T @ (x * gain), float(along_beta), float(along_t)


@ranges(batch="[1, inf)", inputs="[1, inf)", outputs="[1, inf)")
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
    require_choice("form", form, ("literal", "factored", "linear"))
    # Forward, and the weight's gradient; then the input's, from which the factored form gets those
    # of β and t.
    products = 3 if input_gradient or form == "factored" else 2
    kept = {"literal": inputs, "factored": inputs, "linear": 0}[form]
    if input_gradient:
        kept += {"literal": outputs * inputs, "factored": inputs, "linear": 0}[form]
    return products * 2 * batch * inputs * outputs, batch * kept
