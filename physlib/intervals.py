"""Intervals for means over seeds: of paired differences above all."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy import stats

from physlib.checks import require_integer, require_number
from physlib.ranges import require_numbers


class Interval(NamedTuple):
    """A mean and its 95 % interval."""

    mean: float
    low: float
    high: float


def paired_interval(differences: Sequence[float], confidence: float = 0.95) -> Interval:
    """Student's t interval for the mean of differences that are paired by seed.

    One difference has a mean and no interval (infinite); no difference at all is NaN. Any NaN
    among them makes all three NaN: a missing run is never dropped silently.
    """
    d = require_numbers("differences", differences, None, axes=1)
    require_number("confidence", confidence, low=0, high=1, open_low=True)
    if not len(d):
        return Interval(math.nan, math.nan, math.nan)
    mean = float(d.mean())
    if len(d) == 1:
        return Interval(mean, -math.inf, math.inf)
    half = stats.t.ppf((1 + confidence) / 2, len(d) - 1) * d.std(ddof=1) / math.sqrt(len(d))
    return Interval(mean, mean - float(half), mean + float(half))


def bootstrap_interval(values: Sequence[float], confidence: float = 0.95) -> Interval:
    """Percentile bootstrap interval of the mean, from a fixed seed: the same numbers always.

    With n values it is too narrow by about the factor √((n − 1)/n), and more below ten: for so
    few seeds `paired_interval` is the one to decide by. Fewer than two values give what
    `paired_interval` gives.
    """
    v = require_numbers("values", values, None, axes=1)
    require_number("confidence", confidence, low=0, high=1, open_low=True)
    if len(v) < 2 or np.isnan(v).any():
        return paired_interval(v.tolist(), confidence)
    found = stats.bootstrap(
        (v,),
        np.mean,
        confidence_level=confidence,
        method="percentile",
        rng=np.random.default_rng(0),
    ).confidence_interval
    return Interval(float(v.mean()), float(found.low), float(found.high))


def bootstrap_coverage(n: int, confidence: float = 0.95) -> float:
    r"""How often `bootstrap_interval` of n normal values holds their mean, about.

    Resampled means scatter by :math:`s\sqrt{(n-1)/n}/\sqrt n`, with s the standard deviation, and
    percentiles of a normal law are taken where Student's is due. So it is the probability that
    :math:`|t_{n-1}| < z\sqrt{(n-1)/n}`, up to the shape of the resampled law.

    Raises:
        TypeError, ValueError: n is not an integer of at least 2.
    """
    require_integer("n", n, low=2)
    require_number("confidence", confidence, low=0, high=1, open_low=True)
    z = stats.norm.ppf((1 + confidence) / 2)
    reach = z * math.sqrt((n - 1) / n)
    return float(1 - 2 * stats.t.sf(reach, n - 1))
