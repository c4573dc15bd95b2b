"""From means over samples to spreads, the bound, and what the samples leave open of them."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor

from physlib.tensors import require_finite_floats


class Moments(NamedTuple):
    r"""Means under a uniform measure on the box, or the samples of such means, (…, d).

    With the density ρ of the measure, up to a factor, and :math:`f = \ell^2\rho`: ``norm`` is of f
    (…, 1); ``x``, ``xx`` of fx and fx²; ``p``, ``pp``, ``xp`` of ρℓ∂ℓ, ρ(∂ℓ)² and xρℓ∂ℓ;
    ``lower``, ``upper`` of f with one coordinate moved to the lower and the upper face; ``s``,
    ``xs`` of f∂log ρ and xf∂log ρ. Where x has a unit, it counts from the middle of the box.
    """

    norm: Tensor
    x: Tensor
    xx: Tensor
    p: Tensor
    pp: Tensor
    xp: Tensor
    lower: Tensor
    upper: Tensor
    s: Tensor
    xs: Tensor


class Relation(NamedTuple):
    r"""Both sides of the uncertainty relation, coordinate by coordinate, (…, d).

    ``x`` and ``p`` are :math:`\langle x\rangle` and :math:`\langle\psi|\partial\psi\rangle`;
    ``dx`` and ``dp`` their spreads, and ``rms_p`` is :math:`\|\partial\psi\|`, the size of the
    derivative with its mean. ``identity`` is zero up to sampling: the covariance
    :math:`\int(x-\langle x\rangle)\psi\,\partial\psi` minus what partial integration makes of it,
    ``boundary`` − ½ − ``score``. ``product`` is Δx Δp, ``bound`` what it cannot fall below,
    ``slack`` their difference.
    """

    x: Tensor
    p: Tensor
    dx: Tensor
    dp: Tensor
    rms_p: Tensor
    boundary: Tensor
    score: Tensor
    identity: Tensor
    product: Tensor
    bound: Tensor
    slack: Tensor


def relation(moments: Moments, half: Tensor) -> Relation:
    r"""Both sides of the relation on a box of half widths `half` (d,), x counted from its middle.

    .. math::
        \Delta x^2 = \langle x^2\rangle - \langle x\rangle^2, \qquad
        \Delta p^2 = \int(\partial\psi)^2 - \Bigl(\int\psi\,\partial\psi\Bigr)^2, \\
        B = \tfrac12\bigl[(x - \langle x\rangle)\psi^2\rho\bigr], \qquad
        S = \tfrac12\bigl\langle(x - \langle x\rangle)\,\partial\log\rho\bigr\rangle

    Source:
        Partial integration and the Cauchy–Schwarz inequality; chapter 22.
    """
    means = [mean / moments.norm for mean in moments[1:]]
    x, xx, p, pp, xp, lower, upper, s, xs = means
    dx = (xx - x.square()).clamp(min=0).sqrt()
    dp = (pp - p.square()).clamp(min=0).sqrt()
    boundary = ((half - x) * upper + (half + x) * lower) / (4 * half)
    score = (xs - x * s) / 2
    commutator = 0.5 - boundary + score
    identity = xp - x * p + commutator
    product, bound = dx * dp, commutator.abs()
    return Relation(
        x, p, dx, dp, pp.sqrt(), boundary, score, identity, product, bound, product - bound
    )


def jackknife(
    function: Callable[..., tuple[Tensor, ...]], samples: Sequence[Tensor]
) -> tuple[Any, Any]:
    """`function` of the means of `samples`, without its bias of first order, and standard errors.

    Args:
        function: from means (…) to a named tuple of tensors; it takes a leading dimension as well.
        samples: tensors (N, …), N independent draws of what is averaged.

    Shape:
        Values and errors as `function` gives them without the leading dimension.

    Raises:
        ValueError: fewer than two samples.

    Source:
        Leaves out one sample at a time: Quenouille 1956, Tukey 1958.
    """
    n = len(samples[0])
    if n < 2:
        raise ValueError(f"samples must be at least 2, got {n}")
    means = [sample.mean(0) for sample in samples]
    whole = function(*means)
    left_out = function(*((n * m - s) / (n - 1) for m, s in zip(means, samples, strict=True)))
    values, errors = [], []
    for value, one in zip(whole, left_out, strict=True):
        middle = one.mean(0)
        values.append(n * value - (n - 1) * middle)
        errors.append(((n - 1) / n * (one - middle).square().sum(0)).sqrt())
    kind = type(whole)
    return kind(*values), kind(*errors)


def effective_samples(weights: Tensor) -> float:
    r"""How many equally weighted samples `weights` (N,) are worth, :math:`(\sum w)^2/\sum w^2`.

    Raises:
        TypeError, ValueError: no weight, one that is negative or not finite, or nothing but zeros.

    Source:
        Kong, Liu and Wong, J. Am. Stat. Assoc. 89, 278 (1994).
    """
    require_finite_floats("weights", weights, "(N,)")
    if weights.min() < 0 or not weights.any():
        raise ValueError(
            "weights must be at least one, from 0, and one above 0, "
            f"got {weights.min():g} to {weights.max():g}"
        )
    weights = weights / weights.max()
    return float(weights.sum().square() / weights.square().sum())


def value_and_gradient(
    name: str, field: Callable[[Tensor], Tensor], x: Tensor
) -> tuple[Tensor, Tensor]:
    """`field` (N,) of the rows of x (N, d), and its derivatives (N, d); errors say `name`.

    Raises:
        ValueError: it gives no (N,), or nothing that is finite.
    """
    x = x.detach().requires_grad_()
    with torch.enable_grad():
        values = field(x)
        if values.shape != x.shape[:1]:
            raise ValueError(
                f"{name} must give one number per row, shape ({len(x)},), got {tuple(values.shape)}"
            )
        (gradient,) = torch.autograd.grad(values.sum(), x)
    if not values.isfinite().all():
        raise ValueError(f"{name} must be finite on the whole box")
    return values.detach(), gradient
