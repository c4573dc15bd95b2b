"""The page `book/cluster.md`: the text in `plan.md`, its numbers measured, or simulated from that.

A place to fill in reads `<<name>>`, with one of the names in `_PARTS`.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.figures import save_figure
from benchmarks.interleaved import Comparison
from benchmarks.page import duration
from physlib.files import atomic_path
from physlib.plots import sweep_times
from physlib.sweeps import Cluster, Outcome, simulate
from physlib.theory import makespan_bounds

PLAN = Path(__file__).with_name("plan.md")
FIGURE = Path("_static") / "sweep.svg"
RUNS = 10_000
WORKERS = tuple(2**k for k in range(1, 14))
TABLED = (2, 16, 128, 1024, 8192)
# Assumptions, and said to be.
PRICE = 0.04  # euros for a core hour
LIFE = 2 * 3600.0
# What the scripts' arguments were read from.
JOBQUEUE, KUBERNETES = "0.9.0", "2026.3.0"


@dataclass(frozen=True)
class Plan:
    """What was measured: the benchmark's record, and the seconds of the book's own trainings."""

    record: dict[str, Any]
    seconds: list[float]

    @classmethod
    def read(cls, results: Path) -> "Plan":
        """From the folder `results`."""
        record = json.loads((results / "bench/cpu/cluster.json").read_text(encoding="utf-8"))
        paths = sorted(results.glob("full/*/seed-*/run.json"))
        runs = [json.loads(path.read_text(encoding="utf-8")) for path in paths]
        trained = [run for run in runs if "function" not in run["recipe"]]  # no studies
        return cls(record, [run["seconds"]["total"] for run in trained])

    @cached_property
    def lengths(self) -> list[float]:
        """Of all runs of the plan, longest first: the measured ones over and over."""
        return sorted(np.resize(sorted(self.seconds), RUNS).tolist(), reverse=True)

    def measured(self, what: str) -> Comparison:
        """One comparison of the benchmark."""
        (plain,) = (c for c in self.record["comparisons"] if c["settings"]["what"] == what)
        return Comparison.from_json(plain)

    def slope(self, what: str) -> float:
        """Seconds for each run more, from the smallest to the largest number: starts drop out."""
        found = self.measured(what)
        few, many = (sorted(found.rounds, key=int)[i] for i in (0, -1))
        gained = np.median(found.medians(many) - found.medians(few))
        return float(gained) / (int(many) - int(few))

    @property
    def write(self) -> float:
        """Seconds to write a record."""
        return self.measured("write").ratio("100 records").median / 100

    @property
    def startup(self) -> float:
        """Seconds until a new process can train."""
        return self.measured("start").ratio("a worker").median

    def cluster(self, workers: int, life: float = np.inf) -> Cluster:
        """So many workers, with what was measured."""
        return Cluster(workers, self.startup, life, self.slope("sweep"), self.write)

    @cached_property
    def steady(self) -> dict[int, Outcome]:
        """What becomes of the plan, by the number of workers, if none dies."""
        return {w: simulate(self.lengths, self.cluster(w)) for w in WORKERS}

    @cached_property
    def mortal(self) -> dict[int, Outcome]:
        """The same if they die."""
        return {w: simulate(self.lengths, self.cluster(w, LIFE)) for w in WORKERS}

    @cached_property
    def floors(self) -> dict[str, float]:
        """Seconds below which no number of workers brings the sweep."""
        return {
            "the longest run": self.startup + self.lengths[0],
            "the scheduler": RUNS * self.slope("sweep"),
            "the records' files": RUNS * self.write,
        }


def write(results: Path, book: Path) -> Path:
    """The page and its figure into the folder `book`."""
    plan = Plan.read(results)
    ideal = {w: makespan_bounds(sum(plan.lengths), 0, w)[0] for w in WORKERS}
    figure = sweep_times(
        {w: o.wall for w, o in plan.steady.items()},
        {w: o.wall for w, o in plan.mortal.items()},
        ideal,
        plan.floors,
    )
    save_figure(figure, book / FIGURE)
    path = book / "cluster.md"
    with atomic_path(path) as temporary:
        temporary.write_text(page(plan), encoding="utf-8", newline="\n")
    return path


def page(plan: Plan) -> str:
    """The page in Markdown."""
    return re.sub(r"<<(\w+)>>", lambda place: _PARTS[place[1]](plan), PLAN.read_text("utf-8"))


def span(seconds: float) -> str:
    """Three digits, in the unit that people would use."""
    for unit, size in (("days", 86_400), ("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.3g} {unit}"
    return duration(seconds)


def _figure(plan: Plan) -> str:
    few, many = WORKERS[0], WORKERS[-1]
    alt = (
        f"Wall time against the number of workers, both logarithmic: from "
        f"{span(plan.steady[few].wall)} with {few} workers the curve falls with the ideal line, "
        f"and levels off at {span(plan.steady[many].wall)} with {many}; the dotted curve, of "
        f"workers that die, ends at {span(plan.mortal[many].wall)}; flat lines mark "
        + ", ".join(f"{name} at {span(s)}" for name, s in plan.floors.items())
    )
    return f"![{alt}]({FIGURE.with_suffix('.*').as_posix()})"


def bend(plan: Plan) -> int:
    """The largest number of workers of which at least nine in ten seconds go into runs."""
    return max((w for w, o in plan.steady.items() if o.useful >= 0.9 * o.paid), default=WORKERS[0])


def _verdict(plan: Plan) -> str:
    low, at = plan.floors, bend(plan)
    first, second, *_ = sorted(low, key=lambda name: -low[name])
    equal = sum(plan.lengths) / low[first]
    return (
        f"The sum is {span(sum(plan.lengths))} of one core. **What limits it is first the cores "
        f"themselves**: up to {at:,} workers, at least nine in ten of the seconds that you pay for "
        f"go into runs, and {at:,} end after {span(plan.steady[at].wall)}. **Then it is "
        f"{first}**, {span(low[first])} whatever you pay, as soon as there are more than about "
        f"{equal:,.0f} workers. Next would come {second}, {span(low[second])}."
    )


def _measured(plan: Plan) -> str:
    scans = plan.measured("scan")
    n = max(scans.rounds, key=int)
    rows = {
        "a run on record, by its own clock: median": duration(float(np.median(plan.seconds))),
        "the same: mean": duration(float(np.mean(plan.seconds))),
        "the same: longest": duration(max(plan.seconds)),
        "what a run costs scheduler and client, beside itself": duration(plan.slope("sweep")),
        "memory of scheduler and client for a run that waits": (
            f"{plan.record['bytes']['scheduler'] / 1024:.3g} KiB"
        ),
        "writing a record": duration(plan.write),
        f"reading and checking {int(n):,} records, when a sweep is resumed": (
            duration(scans.ratio(n).median)
        ),
        "reading and checking one more": duration(plan.slope("scan")),
        "the start of a worker: PyTorch, the library, MNIST": duration(plan.startup),
    }
    lines = [f"| {what} | {value} |" for what, value in rows.items()]
    return "\n".join(["| what | median over rounds |", "|---|---|", *lines])


def _disk(plan: Plan) -> str:
    sizes = plan.record["bytes"]
    return (
        f"{(sizes['values.csv'] + sizes['run.json']) / 1e3:.3g} kB, "
        f"{sizes['blocks'] / 1024:g} KiB in the blocks of a disk, and three inodes: "
        f"{RUNS * sizes['blocks'] / 1e9:.2g} GB and {3 * RUNS:,} inodes for {RUNS:,} runs"
    )


def _plan(plan: Plan) -> str:
    head = (
        "| workers | a worker's life | wall time | core hours | in runs | lost | starting "
        "| waiting | deaths | given up | price |"
    )
    rows = []
    for outcomes, life in ((plan.steady, "for ever"), (plan.mortal, span(LIFE))):
        for w in TABLED:
            o = outcomes[w]
            shares = [f"{100 * part / o.paid:.1f} %" for part in (o.useful, o.lost, o.starting)]
            cells = [
                f"{w:,}", life, span(o.wall), f"{o.paid / 3600:,.0f}", *shares,
                f"{100 * o.idle / o.paid:.1f} %", f"{o.deaths:,}", f"{o.given_up}",
                f"€ {PRICE * o.paid / 3600:,.2f}",
            ]  # fmt: skip
            rows.append(f"| {' | '.join(cells)} |")
    return "\n".join([head, "|" + "---|" * 11, *rows])


_PARTS: dict[str, Callable[[Plan], str]] = {
    "figure": _figure,
    "verdict": _verdict,
    "measured": _measured,
    "disk": _disk,
    "plan": _plan,
    "life": lambda _: span(LIFE),
    "price": lambda _: f"€ {PRICE}",
    "cores": lambda plan: f"{plan.record['machine']['cores']}",
    "jobqueue": lambda _: JOBQUEUE,
    "kubernetes": lambda _: KUBERNETES,
}
