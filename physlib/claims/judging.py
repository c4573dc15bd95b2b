"""From records to a verdict: what is on record, statistics of it, and rules of judgement.

A statistic takes the records and gives a `Measured`; a rule takes that and gives a `Verdict`.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import numpy as np

from physlib.experiments import Experiment, experiments
from physlib.intervals import Interval, bootstrap_interval, paired_interval
from physlib.planning import recipes_of
from physlib.records import MissingRecordError, Record, read_record, record_path
from physlib.reference import published

Verdict = Literal[
    "reproduced", "partly", "not reproduced", "not testable as stated", "no record yet"
]
Score = Callable[[Record], float]  # one number from one run


class Shelf:
    """All records of a profile, checked, by recipe and seed.

    Raises:
        RecordError: a record is damaged, or of another recipe than the experiments say.
    """

    def __init__(
        self, results: Path, profile: str, known: Mapping[str, Experiment] = experiments
    ) -> None:
        self.profile = profile
        self._records: dict[str, dict[int, Record | None]] = {}
        for experiment in known.values():
            try:
                recipes = recipes_of(experiment, results, profile, known)
            except MissingRecordError:
                continue  # what it depends on is not there, so neither is it
            for recipe in recipes:
                runs = self._records.setdefault(recipe.name, {})
                for seed in experiment.seeds_in(profile):
                    path = record_path(results, profile, recipe, seed)
                    runs[seed] = read_record(path, recipe, seed) if path.exists() else None

    def __iter__(self) -> Iterator[Record]:
        return (r for runs in self._records.values() for r in runs.values() if r is not None)

    def runs(self, recipe: str) -> list[Record]:
        """The records of `recipe`, seed by seed, all of them.

        Raises:
            MissingRecordError: one is not there: a mean over the others would hide it.
        """
        runs = list(self._records.get(recipe, {"": None}).values())
        if None in runs:
            raise MissingRecordError(f"the records of {recipe!r} are not complete")
        return [run for run in runs if run is not None]

    def scores(self, recipe: str, score: Score) -> list[float]:
        """`score` of every record of `recipe`, seed by seed."""
        return [score(run) for run in self.runs(recipe)]


@dataclass(frozen=True)
class Measured:
    """A number with its interval; the single ones it is made of; and what stands behind it.

    `interval` is Student's, by which verdicts are given; `bootstrap` is to hold beside it.
    """

    interval: Interval
    bootstrap: Interval | None = None
    parts: Mapping[str, Interval] = field(default_factory=dict)
    means: tuple[float, float] | None = None  # of which the number is the difference
    detail: str = ""


Statistic = Callable[[Shelf], Measured]


@dataclass(frozen=True)
class Rule:
    """How a `Measured` is judged, in words and in code. Whatever is NaN reproduces nothing.

    The words have the `numbers` in braces, so that a page can show them in the claim's unit.
    """

    words: str
    judge: Callable[[Measured], Verdict]
    numbers: Mapping[str, float] = field(default_factory=dict)


def final(metric: str) -> Score:
    """The last value of `metric`; NaN for a run that diverged."""
    return lambda record: record.final(metric)


def mean_of(*metrics: str) -> Score:
    """The mean of several final metrics."""
    return lambda record: sum(map(record.final, metrics)) / len(metrics)


def measured(values: list[float], detail: str = "") -> Measured:
    """The mean of one value per seed, with both intervals."""
    return Measured(paired_interval(values), bootstrap_interval(values), detail=detail)


def mean(recipe: str, score: Score) -> Statistic:
    """The mean of `score` over the seeds of `recipe`."""
    return lambda shelf: measured(shelf.scores(recipe, score))


def difference(a: str, b: str, score: Score) -> Statistic:
    """The mean of `score` of recipe `a` minus that of `b`, paired by seed."""

    def statistic(shelf: Shelf) -> Measured:
        left, right = shelf.scores(a, score), shelf.scores(b, score)
        found = measured([x - y for x, y in zip(left, right, strict=True)])
        return replace(found, means=(float(np.mean(left)), float(np.mean(right))))

    return statistic


def together(**statistics: Statistic) -> Statistic:
    """Several statistics as the parts of one, which shows the first."""

    def statistic(shelf: Shelf) -> Measured:
        parts = {name.replace("_", " "): s(shelf).interval for name, s in statistics.items()}
        return Measured(next(iter(parts.values())), parts=parts)

    return statistic


def curve_distance(recipe: str, layers: int, metric: str, epochs: tuple[int, ...]) -> Statistic:
    """The largest distance of the mean curve of `recipe` from the published one at `epochs`.

    Epochs at which the published curve is hidden are passed over.
    """

    def statistic(shelf: Shelf) -> Measured:
        runs = shelf.runs(recipe)
        there = published(layers)[metric].dropna()
        apart = {
            f"epoch {epoch}": paired_interval(
                [_at(run, metric, epoch) - there[epoch] for run in runs]
            )
            for epoch in epochs
            if epoch in there
        }
        # NaN, of a run that did not get there, is farther than everything.
        worst = max(apart.values(), key=lambda i: math.inf if math.isnan(i.mean) else abs(i.mean))
        return Measured(worst, parts=apart)

    return statistic


def level(claimed: float, tolerance: float) -> Rule:
    """Of a claimed value: a better one is reached, but is not the claimed one."""

    def judge(measured: Measured) -> Verdict:
        excess = measured.interval.mean - claimed
        if abs(excess) <= tolerance:
            return "reproduced"
        return "partly" if excess > 0 else "not reproduced"

    return Rule(
        "reproduced if the mean is within {tolerance} of {claimed}; partly if it is above",
        judge,
        {"claimed": claimed, "tolerance": tolerance},
    )


def near(claimed: float, tolerance: float) -> Rule:
    """Of a claimed value that nothing is better than."""

    def judge(measured: Measured) -> Verdict:
        off = abs(measured.interval.mean - claimed)
        return "reproduced" if off <= tolerance else "not reproduced"

    numbers = {"claimed": claimed, "tolerance": tolerance}
    return Rule("reproduced if within {tolerance} of {claimed}", judge, numbers)


def reaches(size: float, some: float | None = None) -> Rule:
    """Of a size that is to be reached; above `some`, if given, is a part of it."""

    def judge(measured: Measured) -> Verdict:
        found = measured.interval.mean
        if found >= size:
            return "reproduced"
        return "partly" if some is not None and found > some else "not reproduced"

    if some is None:
        return Rule("reproduced if at least {size}", judge, {"size": size})
    words = "reproduced if at least {size}; partly if above {some}"
    return Rule(words, judge, {"size": size, "some": some})


def within(near: float, far: float) -> Rule:
    """Of a distance that should be 0."""

    def judge(measured: Measured) -> Verdict:
        distance = abs(measured.interval.mean)
        return (
            "reproduced" if distance <= near else "partly" if distance <= far else "not reproduced"
        )

    words = "reproduced if at most {near}; partly if at most {far}"
    return Rule(words, judge, {"near": near, "far": far})


def above(size: float = 0.0) -> Rule:
    """Of a claimed advantage; `size` is half of what is claimed, where a size is claimed."""

    def judge(measured: Measured) -> Verdict:
        if not measured.interval.low > 0:
            return "not reproduced"
        return "reproduced" if measured.interval.mean >= size else "partly"

    words = "reproduced if the whole interval is above 0"
    if size:
        words += " and the mean at least {size}, half of what is claimed; partly if it is less"
    return Rule(words, judge, {"size": size})


def not_above() -> Rule:
    """Of a claim that there is no consistent advantage."""

    def judge(measured: Measured) -> Verdict:
        return "reproduced" if measured.interval.low <= 0 else "not reproduced"

    return Rule("reproduced unless the whole interval is above 0", judge)


def every_part() -> Rule:
    """Of a claim in several parts, each an advantage."""

    def judge(measured: Measured) -> Verdict:
        parts = measured.parts.values() or [measured.interval]
        held = [part.low > 0 for part in parts]
        return "reproduced" if all(held) else "partly" if any(held) else "not reproduced"

    words = "reproduced if the interval of every part is above 0; partly if that of any is"
    return Rule(words, judge)


UNTESTABLE = Rule(
    "not testable: the post names no measure, and MNIST offers none",
    lambda _: "not testable as stated",
)


def _at(run: Record, metric: str, epoch: int) -> float:
    curve = run.curve(metric)
    return curve[epoch - 1] if len(curve) >= epoch else math.nan
