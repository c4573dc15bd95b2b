"""How runs end, how closely they follow a published curve, and what the one says of the other."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from physlib.claims.counts import COLLAPSED
from physlib.claims.judging import at_epoch
from physlib.intervals import Interval, bootstrap_interval, paired_interval
from physlib.records import Record
from physlib.reference import published

# What can be taken away from settings that fail, to see whether they still do.
Cause = Literal["none", "memory", "noise", "both", "either"]


class Apart(NamedTuple):
    """Ours and theirs after an epoch, and ours minus theirs over the seeds, in both intervals."""

    epoch: int
    theirs: float
    ours: float
    student: Interval
    bootstrap: Interval


def apart(
    runs: Sequence[Record], layers: int, metric: str, epochs: Sequence[int]
) -> tuple[Apart, ...]:
    """`metric` of `runs` beside the published one; epochs at which that is hidden are left out.

    Without the published curve's own scatter, which nobody knows: the intervals are those of our
    mean. A run that did not get to an epoch makes its numbers NaN.
    """
    there = published(layers)[metric].dropna()
    found = []
    for epoch in (e for e in epochs if e in there):
        ours = [at_epoch(run, metric, epoch) for run in runs]
        off = [value - there[epoch] for value in ours]
        mean = math.fsum(ours) / len(ours)
        found.append(
            Apart(epoch, float(there[epoch]), mean, paired_interval(off), bootstrap_interval(off))
        )
    return tuple(found)


@dataclass(frozen=True)
class Ending:
    """How many of `runs` runs diverged, and how many more ended below twice chance."""

    runs: int
    diverged: int
    collapsed: int

    @property
    def failed(self) -> int:
        """Either of the two."""
        return self.diverged + self.collapsed

    def __str__(self) -> str:
        """In words, as a sentence goes on with them."""
        if not self.failed:
            return f"none of {self.runs} runs diverged or collapsed"
        return f"of {self.runs} runs {self.diverged} diverged and {self.collapsed} collapsed"


def ending(runs: Sequence[Record]) -> Ending:
    """How `runs` ended; collapsed is a final test accuracy below `COLLAPSED`."""
    diverged = sum(run.facts["status"] == "diverged" for run in runs)
    collapsed = sum(run.final("test_accuracy") < COLLAPSED for run in runs)
    return Ending(len(runs), diverged, collapsed)


def cause(printed: Ending, cold: Ending, damped: Ending) -> Cause:
    """What settings fail by, from how they end without their noise, and with more friction.

    Settings fail when more than half of their runs do. ``"memory"``: they fail without noise as
    well, and not with more friction. ``"noise"``: only without noise they do not. ``"both"``: to
    take away either is enough. ``"either"``: neither is. ``"none"``: they do not fail.
    """

    def fails(end: Ending) -> bool:
        return 2 * end.failed > end.runs

    if not fails(printed):
        return "none"
    outcomes: dict[tuple[bool, bool], Cause] = {
        (True, False): "memory",
        (False, True): "noise",
        (False, False): "both",
        (True, True): "either",
    }
    return outcomes[fails(cold), fails(damped)]


def collapse_epoch(run: Record) -> float:
    """The first epoch after which the test accuracy stays below `COLLAPSED`; NaN if none.

    A run that diverged and had not collapsed before did so in the epoch that it did not finish.
    """
    curve = run.curve("test_accuracy")
    standing = [epoch for epoch, a in enumerate(curve, start=1) if a >= COLLAPSED]
    last = standing[-1] if standing else 0
    if last == len(curve) and run.facts["status"] != "diverged":
        return math.nan
    return float(last + 1)
