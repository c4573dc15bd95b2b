"""From records to numbers: what is on record, and statistics of it.

A statistic takes the records and gives a `Measured`, which a rule of `physlib.claims.rules` judges.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from physlib.checks import require_choice
from physlib.experiments import Experiment, experiments
from physlib.intervals import Interval, bootstrap_interval, paired_interval
from physlib.planning import PROFILES, recipes_of
from physlib.records import MissingRecordError, Record, read_record, record_path
from physlib.reference import published

Score = Callable[[Record], float]  # one number from one run


class Shelf:
    """All records of a profile, checked, by recipe and seed.

    Raises:
        RecordError: a record is damaged, or of another recipe than the experiments say.
        ValueError: an unknown profile, which would be an empty shelf.
    """

    def __init__(
        self, results: Path, profile: str, known: Mapping[str, Experiment] = experiments
    ) -> None:
        require_choice("profile", profile, PROFILES)
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
                [at_epoch(run, metric, epoch) - there[epoch] for run in runs]
            )
            for epoch in epochs
            if epoch in there
        }
        # NaN, of a run that did not get there, is farther than everything.
        worst = max(apart.values(), key=lambda i: math.inf if math.isnan(i.mean) else abs(i.mean))
        return Measured(worst, parts=apart)

    return statistic


def at_epoch(run: Record, metric: str, epoch: int) -> float:
    """`metric` of `run` after this epoch; NaN if the run did not get there."""
    curve = run.curve(metric)
    return curve[epoch - 1] if len(curve) >= epoch else math.nan
