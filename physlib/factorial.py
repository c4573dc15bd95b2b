r"""Two-level factorial experiments: main effects and interactions as ±1 contrasts.

Of k factors each is at one of two levels, :math:`s_i = \pm1`, and every one of the :math:`2^k`
cells is measured. Any table of cell means is

.. math:: y(s) = \mu + \tfrac12 \sum_{S \ne \emptyset} e_S \prod_{i \in S} s_i ,

with one effect for each set S of factors. A main effect is then the difference of the means at
its two levels, and an interaction half the difference of two differences (Yates 1937; Box, Hunter
and Hunter 2005, chapter 5). Products of ±1 are orthogonal, so the sums invert:
:math:`e_S = 2^{1-k} \sum_s y(s) \prod_{i \in S} s_i`, the Walsh-Hadamard transform.
"""

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from physlib.checks import require_integer, require_number
from physlib.intervals import Interval, bootstrap_interval, paired_interval
from physlib.ranges import require_numbers
from physlib.theory import Array

Factors = Mapping[str, tuple[str, str]]  # the levels of each, s = +1 first
Term = tuple[str, ...]  # the factors of an effect, in their order


def stacked(cells: Mapping[tuple[str, ...], Sequence[float]], factors: Factors) -> Array:
    """One array (2, …, 2, repetitions) of what was measured in each cell.

    Along each factor's axis its first level comes first.

    Raises:
        ValueError: a cell is missing, unknown, or measured more often than another.
    """
    wanted = list(itertools.product(*factors.values()))
    if set(cells) != set(wanted):
        raise ValueError(f"cells must be all of {wanted}, got {list(cells)}")
    counts = {len(cells[cell]) for cell in wanted}
    if len(counts) > 1:
        raise ValueError(f"cells must have as many repetitions each, got {sorted(counts)}")
    rows = np.array([cells[cell] for cell in wanted], dtype=float)
    return rows.reshape(*(2 for _ in factors), -1)


def walsh(cells: ArrayLike, factors: int) -> Array:
    """Sums over all cells with the signs of each term, along the first `factors` axes of length 2.

    Entry (1, 0, 1, …) is of the term of the first and the third factor; (0, 0, 0, …) is the
    plain sum. One pass per factor of sums and differences: Yates's algorithm, which is the fast
    Walsh-Hadamard transform. Twice gives 2^k times what it was given.

    Raises:
        ValueError: one of these axes has not the length 2.
    """
    found = require_numbers("cells", cells, None)
    require_integer("factors", factors, low=1)
    if found.shape[:factors] != (2,) * factors:
        raise ValueError(
            f"cells must have length 2 along the first factors = {factors} axes, got {found.shape}"
        )
    for axis in range(factors):
        high, low = np.take(found, 0, axis), np.take(found, 1, axis)
        found = np.stack([high + low, high - low], axis)
    return found


def terms(names: Sequence[str]) -> list[Term]:
    """All sets of factors but the empty one, single factors first."""
    sizes = range(1, len(names) + 1)
    return [term for size in sizes for term in itertools.combinations(names, size)]


def effects(
    cells: ArrayLike, names: Sequence[str], *, diverged: float = math.nan
) -> dict[Term, Array]:
    """Every effect, for each repetition by itself: what repetitions share drops out.

    Args:
        cells: responses (2, …, 2, …), an axis for each factor, the level s = +1 first; what
            comes after (repetitions) is kept.
        names: of the factors.
        diverged: what NaN counts as. By default it is undefined, and with it every effect of
            its repetition, since each effect needs all cells.

    Raises:
        ValueError: an axis of a factor has not the length 2.
    """
    found = require_numbers("cells", cells, None)
    found = walsh(np.where(np.isnan(found), diverged, found), len(names)) / 2 ** (len(names) - 1)
    return {term: found[tuple(int(name in term) for name in names)] for term in terms(names)}


def cells_of(mean: ArrayLike, found: Mapping[Term, ArrayLike], names: Sequence[str]) -> Array:
    """The responses (2, …, 2, …) with this mean and these effects; a missing effect is zero."""
    mean = np.asarray(mean, dtype=float)
    coefficients = np.zeros((2,) * len(names) + mean.shape)
    coefficients[(0,) * len(names)] = mean
    for term, effect in found.items():
        coefficients[tuple(int(name in term) for name in names)] = np.asarray(effect) / 2
    return walsh(coefficients, len(names))


@dataclass(frozen=True)
class Estimate:
    """An effect over the repetitions.

    `student` and `bootstrap` hold this effect with 95 % confidence; `family` holds it together
    with all others of its family (Bonferroni). `p` is of Student's two-sided test against zero,
    `holm` the same adjusted for the family.
    """

    values: Array
    student: Interval
    bootstrap: Interval
    family: Interval
    p: float
    holm: float

    @property
    def sign(self) -> int:
        """±1 where the 95 % interval leaves out zero; 0 where it does not, or is undefined."""
        return int(self.student.low > 0) - int(self.student.high < 0)


def estimates(found: Mapping[Term, ArrayLike], level: float = 0.05) -> dict[Term, Estimate]:
    """Intervals of effects over their repetitions; together they are one family.

    Args:
        found: values (repetitions,) of each effect; NaN makes its intervals NaN.
        level: the chance of an interval to miss in [0, 1), one minus the confidence.
    """
    require_number("level", level, low=0, high=1)
    values = {term: np.asarray(effect, dtype=float) for term, effect in found.items()}
    chances = [_p_value(v) for v in values.values()]
    return {
        term: Estimate(
            v,
            paired_interval(v.tolist(), 1 - level),
            bootstrap_interval(v.tolist(), 1 - level),
            paired_interval(v.tolist(), 1 - level / len(values)),
            p,
            adjusted,
        )
        for (term, v), p, adjusted in zip(values.items(), chances, holm(chances), strict=True)
    }


def holm(chances: Sequence[float]) -> list[float]:
    """Holm's adjustment of p-values (1979): reject those at most the level of the whole family.

    The smallest is multiplied by their number m, the next by m − 1, and so on; none may be below
    one that came before it. NaN, of an effect that is undefined, counts in m and stays NaN.
    """
    order = sorted(range(len(chances)), key=lambda i: (math.isnan(chances[i]), chances[i]))
    adjusted, largest = [math.nan] * len(chances), 0.0
    for rank, i in enumerate(order):
        if not math.isnan(chances[i]):
            largest = max(largest, min(1.0, (len(chances) - rank) * chances[i]))
            adjusted[i] = largest
    return adjusted


def _p_value(values: Array) -> float:
    """Two-sided, of Student's test that the mean is zero; NaN for fewer than two values."""
    if len(values) < 2 or np.isnan(values).any():
        return math.nan
    error = float(values.std(ddof=1)) / math.sqrt(len(values))
    if error == 0:
        return float(values.mean() == 0)
    return float(2 * stats.t.sf(abs(values.mean()) / error, len(values) - 1))
