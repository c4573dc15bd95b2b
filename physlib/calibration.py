r"""Whether a network's confidence is to be believed.

A probability comes from outputs by a softmax at one temperature τ,
:math:`p = \mathrm{softmax}(z/\tau)`, fitted by maximum likelihood on training images (Guo et
al. 2017, arXiv:1706.04599, fit it on held-out ones; the book's runs train on all images but the
test set, which must not choose anything). The Ginzburg-Landau loss leaves outputs without a
scale of their own, so without τ its networks would have no probabilities at all.
"""

import math

import torch
from scipy.optimize import minimize_scalar
from torch import Tensor
from torch.nn import functional as F

from physlib.checks import require_integer, require_number
from physlib.tensors import require_finite_floats, require_labels


def softmax_temperature(z: Tensor, target: Tensor) -> float:
    """The τ > 0 with the smallest mean negative log likelihood of target (N,) under z (N, C).

    The likelihood is log-concave in 1/τ, so the search over log τ has one minimum; it is
    bounded to τ between 1e-5 and 1e5.
    """
    _check(z, target)
    found = minimize_scalar(
        lambda log_tau: negative_log_likelihood(z, target, math.exp(log_tau)),
        bounds=(math.log(1e-5), math.log(1e5)),
        method="bounded",
        options={"xatol": 1e-4},
    )
    return math.exp(found.x)


def negative_log_likelihood(z: Tensor, target: Tensor, tau: float = 1.0) -> float:
    """Mean of −log p(target), in nats, for outputs z (N, C) and labels target (N,)."""
    _check(z, target)
    require_number("tau", tau, low=0, open_low=True)
    return float(F.cross_entropy(z.double() / tau, target))


def calibration_error(probabilities: Tensor, target: Tensor, bins: int = 15) -> float:
    r"""Expected calibration error, :math:`\sum_b \frac{n_b}{N}|\mathrm{acc}_b - \mathrm{conf}_b|`.

    Samples are sorted into `bins` equal intervals of their largest probability. Zero for a
    forecaster that is right as often as it says. Source: Guo et al. 2017, eq. 3.

    Args:
        probabilities: (N, C), rows that sum to one.
        target: (N,), class indices.
        bins: at least 1.
    """
    require_integer("bins", bins, low=1)
    _check_probabilities(probabilities)
    require_labels("target", target, *probabilities.shape)
    confidence, guess = probabilities.double().max(dim=1)
    excess = confidence - (guess == target).double()
    which = (confidence * bins).ceil().long().clamp(1, bins) - 1  # (b, b + 1] / bins
    gaps = torch.zeros(bins, dtype=torch.float64).index_add_(0, which, excess)
    return float(gaps.abs().sum() / len(target))


def temperature_error(z: Tensor, tau: float) -> float:
    r"""Standard error of log τ as `softmax_temperature` fits it, for outputs z (N, C).

    For labels drawn from softmax(z/τ): the information on log τ in one label is the variance of
    z/τ under that softmax (Fisher), so

    .. math::
        \mathrm{se}(\log\tau) = \Bigl(\sum_n \mathrm{Var}_{p_n}(z_n/\tau)\Bigr)^{-1/2} .
    """
    require_finite_floats("z", z, "(N, C)")
    require_number("tau", tau, low=0, open_low=True)
    scaled = z.double() / tau
    p = F.softmax(scaled, dim=1)
    variance = (p * scaled.square()).sum(1) - (p * scaled).sum(1).square()
    return float(variance.sum().rsqrt())


def honest_error(probabilities: Tensor, bins: int = 15) -> tuple[float, float]:
    r"""Mean and standard deviation of `calibration_error` for a forecaster that is honest.

    It is not zero. In bin b the sum of :math:`\mathrm{conf} - \mathrm{hit}` is nearly normal with
    the variance :math:`v_b = \sum_{n\in b} p_n(1 - p_n)`, and an absolute value has a mean:

    .. math::
        \langle\mathrm{ECE}\rangle = \frac1N\sqrt{\frac2\pi}\sum_b\sqrt{v_b}, \qquad
        \mathrm{Var} = \frac{1 - 2/\pi}{N^2}\sum_b v_b .

    Args:
        probabilities: (N, C), rows that sum to one.
        bins: at least 1.
    """
    require_integer("bins", bins, low=1)
    _check_probabilities(probabilities)
    p, _ = probabilities.double().max(dim=1)
    which = (p * bins).ceil().long().clamp(1, bins) - 1
    variance = torch.zeros(bins, dtype=torch.float64).index_add_(0, which, p * (1 - p))
    mean = math.sqrt(2 / math.pi) * float(variance.sqrt().sum()) / len(p)
    spread = math.sqrt((1 - 2 / math.pi) * float(variance.sum())) / len(p)
    return mean, spread


def honest_error_bound(accuracy: float, samples: int, bins: int = 15) -> float:
    r"""The most that `honest_error` can have as its mean, for a forecaster of this accuracy A.

    :math:`\sqrt{2/\pi}\sqrt{\mathrm{bins}\cdot A(1-A)/N}`: by Cauchy and Schwarz over the bins, and
    because p(1 − p) is concave and an honest forecaster's mean p is A.
    """
    require_number("accuracy", accuracy, low=0, high=1)
    require_integer("samples", samples, low=1)
    require_integer("bins", bins, low=1)
    return math.sqrt(2 / math.pi * bins * accuracy * (1 - accuracy) / samples)


def _check(z: Tensor, target: Tensor) -> None:
    require_finite_floats("z", z, "(N, C)")
    require_labels("target", target, *z.shape)


def _check_probabilities(probabilities: Tensor) -> None:
    require_finite_floats("probabilities", probabilities, "(N, C)")
    off = (probabilities.sum(1) - 1).abs().max().item()
    if probabilities.min() < 0 or off > 1e-2:  # half precision sums to one no better
        raise ValueError(
            f"probabilities must be in [0, 1], in rows that sum to one; one is off by {off:.3g}"
        )
