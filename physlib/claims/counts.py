"""Statistics of claims that no single score of a run decides: counts, shares and arithmetic."""

import math

import numpy as np
from scipy import stats

from physlib.building import build_model
from physlib.claims.judging import Measured, Score, Shelf, Statistic, final, measured
from physlib.experiments import CELLS, FACTORS, TUNING
from physlib.factorial import effects, stacked
from physlib.intervals import Interval
from physlib.metrics import accuracy_interval
from physlib.models import parameter_count
from physlib.recipes import recipes
from physlib.theory import Array, loss_density

CHANCE = 0.1
COLLAPSED = 0.2  # a test accuracy below twice chance


def parameter_ratio(traditional: int) -> Statistic:
    """The network's parameters over an MLP's with one hidden layer of the same width.

    The width is such that the MLP has about `traditional`. Arithmetic, no record.
    """

    def statistic(_: Shelf) -> Measured:
        width = round((traditional - 10) / (784 + 10 + 1))
        ours, theirs = (
            parameter_count(build_model(recipes[name].replace(hidden=(width,))))
            for name in ("physlib", "mlp")
        )
        ratio = ours / theirs
        detail = f"{ours:,} against {theirs:,} at width {width:,}"
        return Measured(Interval(ratio, ratio, ratio), detail=detail)

    return statistic


def stable_states(alpha: float = 0.0035, gamma: float = 5.0) -> Statistic:
    r"""How many minima :math:`|\alpha d^2 - \gamma d^4|` has in −1 < d < 1; arithmetic, no record.

    The modulus is the post's, of a uniform error, without the gradient term.
    """

    def statistic(_: Shelf) -> Measured:
        d = np.linspace(-1, 1, 200_001)
        height = np.abs(loss_density(d, alpha, gamma))
        inner = (height[1:-1] < height[:-2]) & (height[1:-1] < height[2:])
        count = float(inner.sum())
        at = ", ".join(f"{x:.3f}" for x in d[1:-1][inner])
        return Measured(Interval(count, count, count), detail=f"at d = {at}")

    return statistic


def adaptation(recipe: str) -> Statistic:
    r"""By how much of the mean gain the first layer can change with its input.

    The input enters through :math:`t(x) = t\,\sigma(\langle x\rangle)`, which lies between 0 and
    t: at most :math:`|t\sinh 5\beta| / (\langle a\rangle\cosh 5\beta)`, with ⟨a⟩ = 783/2.
    """

    def statistic(shelf: Shelf) -> Measured:
        beta, t = shelf.scores(recipe, final("beta_1")), shelf.scores(recipe, final("t_1"))
        shares = [abs(b * math.tanh(5 * a)) / 391.5 for a, b in zip(beta, t, strict=True)]
        return measured(shares, detail=f"β from {min(beta):.4f} to {max(beta):.4f}")

    return statistic


def trial_shortfall(method: str, other: str) -> Statistic:
    """How far a random trial falls behind the best one, `method` minus `other`: Welch's interval.

    In validation accuracy over the trials of each search; a diverged trial counts as chance.
    """

    def shortfalls(shelf: Shelf, name: str) -> np.ndarray:
        trials = [shelf.runs(recipe.name)[0] for recipe in TUNING[name].trials]
        reached = np.nan_to_num([t.final("test_accuracy") for t in trials], nan=CHANCE)
        return np.asarray(reached.max() - reached)

    def statistic(shelf: Shelf) -> Measured:
        ours, theirs = shortfalls(shelf, method), shortfalls(shelf, other)
        found = stats.ttest_ind(ours, theirs, equal_var=False).confidence_interval(0.95)
        mean = float(ours.mean() - theirs.mean())
        means = float(ours.mean()), float(theirs.mean())
        return Measured(Interval(mean, float(found.low), float(found.high)), means=means)

    return statistic


def ablation_cells(shelf: Shelf, score: Score) -> Array:
    """`score` of every run of the ablation, (2, 2, 2, seeds), in the order of `FACTORS`.

    Raises:
        MissingRecordError: a run is not on record.
    """
    scores = {cell: shelf.scores(f"ablation-{'-'.join(cell)}", score) for cell in CELLS}
    return stacked(scores, FACTORS)


def main_effect(factor: int, present: str, absent: str) -> Statistic:
    """Final test accuracy with the level `present` of a factor of the ablation, minus `absent`.

    The mean over the cells of the other factors, paired by seed. A run that diverged classifies
    nothing and counts as chance.

    Raises:
        ValueError: these are not the factor's two levels.
    """
    name, levels = list(FACTORS.items())[factor]
    if {present, absent} != set(levels):
        raise ValueError(f"levels of {name} must be {levels}, got {(present, absent)}")
    sign = 1 if present == levels[0] else -1

    def statistic(shelf: Shelf) -> Measured:
        cells = ablation_cells(shelf, final("test_accuracy"))
        return measured((sign * effects(cells, list(FACTORS), diverged=CHANCE)[name,]).tolist())

    return statistic


def instabilities(*names: str) -> Statistic:
    """The share of the runs of these recipes that diverged or collapsed, with Wilson's interval."""

    def statistic(shelf: Shelf) -> Measured:
        runs = [run for name in names for run in shelf.runs(name)]
        diverged = sum(run.facts["status"] == "diverged" for run in runs)
        collapsed = sum(run.final("test_accuracy") < COLLAPSED for run in runs)
        bad = diverged + collapsed
        detail = f"{diverged} diverged and {collapsed} collapsed of {len(runs)}"
        return Measured(
            Interval(bad / len(runs), *accuracy_interval(bad, len(runs))), detail=detail
        )

    return statistic
