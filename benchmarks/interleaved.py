"""Comparisons of speed: candidates take turns, and what is held on to is their ratio.

A machine's clock drifts from one minute to the next, and its neighbours come and go. So the order
is A B C A B C …, each round gives every ratio once, and a slow moment falls on both of its sides.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import torch
from scipy.stats import quantile_test
from torch.utils.benchmark import Timer, timer

from physlib.checks import require_integer

Candidate = Callable[[], object]


class Quartiles(NamedTuple):
    """Seconds of one call: median and quartiles of one round."""

    q1: float
    median: float
    q3: float


Measure = Callable[[Candidate], Quartiles]


def blocks(threads: int | None = None, seconds: float = 0.05) -> Measure:
    """Many calls in blocks for about so many seconds, by torch's timer, which waits for a GPU."""

    def measure(candidate: Candidate) -> Quartiles:
        found = Timer(
            "candidate()",
            globals={"candidate": candidate},
            num_threads=threads or torch.get_num_threads(),
        ).blocked_autorange(min_run_time=seconds)
        return Quartiles(*map(float, np.percentile(found.times, [25, 50, 75])))

    return measure


def once(candidate: Candidate) -> Quartiles:
    """One call, for what takes a second or more; torch's clock, which waits for a GPU."""
    start = timer()
    candidate()
    return Quartiles(*[timer() - start] * 3)


class Ratio(NamedTuple):
    """A median over rounds, and its 95 % interval by order statistics; infinite below six."""

    median: float
    low: float
    high: float


@dataclass(frozen=True)
class Target:
    """What a ratio of seconds, or seconds themselves, should be; no bound is no target."""

    of: str
    to: str | None = None  # None: seconds
    at_most: float | None = None
    at_least: float | None = None

    def met(self, value: float) -> bool | None:
        """Whether `value` is within the bound; None without one."""
        if self.at_most is not None:
            return value <= self.at_most
        return None if self.at_least is None else value >= self.at_least


@dataclass(frozen=True)
class Comparison:
    """Seconds of each candidate in each round."""

    rounds: dict[str, list[Quartiles]]

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> "Comparison":
        """From what `as_json` gave."""
        return cls(
            {
                name: [Quartiles(*q) for q in zip(*parts.values(), strict=True)]
                for name, parts in plain["seconds"].items()
            }
        )

    def medians(self, name: str) -> np.ndarray:
        """Of the rounds, in order, seconds."""
        return np.array([q.median for q in self.rounds[name]])

    def ratio(self, of: str, to: str | None = None) -> Ratio:
        """How many times as long as `to` it takes `of`, round by round; seconds without `to`."""
        values = self.medians(of) / (1.0 if to is None else self.medians(to))
        interval = quantile_test(values, q=0, p=0.5).confidence_interval(0.95)
        low, high = float(interval.low), float(interval.high)
        if math.isnan(low) or math.isnan(high):
            low, high = 0.0, math.inf
        return Ratio(float(np.median(values)), low, high)

    def as_json(self, *targets: Target, **settings: Any) -> dict[str, Any]:
        """Plain values: settings, seconds by round, and each target whose candidates ran."""
        seconds = {
            name: {
                part: [float(f"{getattr(q, part):.4g}") for q in rounds]
                for part in Quartiles._fields
            }
            for name, rounds in self.rounds.items()
        }
        found = []
        for target in targets:
            if {target.of, target.to} - {None} <= self.rounds.keys():
                ratio = self.ratio(target.of, target.to)
                found.append(judged(target, ratio))
        return {"settings": settings, "seconds": seconds, "targets": found}


def judged(target: Target, ratio: Ratio) -> dict[str, Any]:
    """A target with what was measured, by whose median it is met or missed; infinity is null."""
    numbers = {k: v if math.isfinite(v) else None for k, v in ratio._asdict().items()}
    return {**vars(target), **numbers, "met": target.met(ratio.median)}


def compare(
    candidates: Mapping[str, Candidate],
    rounds: int = 15,
    measure: Measure = once,
    scale: Mapping[str, float] | None = None,
    warm_up: bool = True,
) -> Comparison:
    """Measure all `candidates` in turn, `rounds` times.

    Args:
        candidates: what to call, by name.
        rounds: at least 1; an interval needs six.
        measure: seconds of a call.
        scale: by what to multiply the seconds of a candidate that does only part of the work.
        warm_up: whether to call each once before.

    Raises:
        TypeError, ValueError: `rounds` is not a positive integer, or `scale` names no candidate.
    """
    require_integer("rounds", rounds, low=1)
    scale = scale or {}
    if unknown := scale.keys() - candidates.keys():
        raise ValueError(f"scale must name candidates ({', '.join(candidates)}), got {unknown}")
    if warm_up:
        for candidate in candidates.values():
            candidate()
    found: dict[str, list[Quartiles]] = {name: [] for name in candidates}
    for _ in range(rounds):
        for name, candidate in candidates.items():
            factor = scale.get(name, 1.0)
            found[name].append(Quartiles(*(factor * s for s in measure(candidate))))
    return Comparison(found)
