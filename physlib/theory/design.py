"""What an experiment with several factors can tell: variances of its effects, chances of error."""

import math

from physlib.ranges import ranges


@ranges(variance="[0, inf)", factors="[1, inf)", repetitions="[1, inf)")
def effect_variance(variance: float, factors: int, repetitions: int) -> float:
    r"""Of an effect in a full two-level factorial, :math:`4\sigma^2 / (2^k n)`.

    An effect is a difference of two means, each over half of the :math:`2^k n` runs, whose
    variances :math:`\sigma^2 / (2^{k-1} n)` add; the same for main effects and interactions.

    Args:
        variance: σ² of a run about its cell's mean, without what all cells of a repetition share.
        factors: k, from 1.
        repetitions: n, the runs of each cell.
    """
    return 4 * variance / (2.0**factors * repetitions)


@ranges(variance="[0, inf)", factors="[1, inf)", runs="(0, inf)")
def one_at_a_time_variance(variance: float, factors: int, runs: float) -> float:
    r"""Of an effect if one factor is changed at a time, :math:`2(k+1)\sigma^2 / N`.

    The N runs are spread evenly over a base and k neighbours of it; an effect is the difference
    of two of these means. A full factorial of N runs has :math:`4\sigma^2/N`, whatever k is.
    """
    return 2 * (factors + 1) * variance / runs


@ranges(level="[0, 1)", members="[1, inf)")
def family_error(level: float, members: int) -> tuple[float, float]:
    """The chance that at least one of several intervals misses, each with the chance `level`.

    If they are independent, 1 − (1 − level)^members; and at most, members · level, whatever
    depends on what (Bonferroni's inequality).
    """
    return -math.expm1(members * math.log1p(-level)), min(1.0, members * level)
