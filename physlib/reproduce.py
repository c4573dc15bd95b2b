"""Running experiments: every recipe and seed once, fanned out, resumed where it stopped."""

import json
import os
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from tqdm.auto import tqdm

from physlib.checks import require_choice
from physlib.data import load_dataset
from physlib.experiments import Experiment, experiments
from physlib.files import atomic_path, require_writable
from physlib.measurement import measure
from physlib.planning import PROFILES, planned, seconds, stages, with_needs
from physlib.provenance import provenance
from physlib.recipes import Recipe
from physlib.records import Record, read_record, record_path, write_record
from physlib.runs import Run
from physlib.studies import Row, Study
from physlib.training import fit
from physlib.workers import fan_out, one_thread, require_jobs

_ALONE = threading.Lock()
METRICS = ("train_loss", "train_accuracy", "test_loss", "test_accuracy")


@dataclass
class Outcome:
    """What `reproduce` did, in numbers of runs; `failed` has one line per run that raised."""

    done: int = 0
    found: int = 0
    diverged: int = 0
    failed: list[str] = field(default_factory=list)


def record_of(recipe: Recipe | Study, seed: int, profile: str) -> Record:
    """Train `recipe` from `seed` on one thread of the CPU, and measure it; or run the study.

    One thread, so that the bits do not depend on how many runs share the machine; and one run
    at a time in a process, since weights come from torch's global generator. A Dask worker
    therefore needs no more than one thread.
    """
    with _ALONE, one_thread():
        start = time.perf_counter()
        if isinstance(recipe, Study):
            rows = recipe.run(seed)
            facts: dict[str, Any] = {"status": "completed", "diverged_at": None, "why": None}
            epochs: list[float] = []
        else:
            run = fit(recipe, seed, "cpu", progress=False)
            rows = list(_rows(run, measure(run) if run.status == "completed" else {}))
            facts = {"status": run.status, "diverged_at": run.diverged_at, "why": run.why}
            epochs = [round(s, 3) for s in run.history["seconds"]]
        facts = {
            "profile": profile,
            **facts,
            **provenance(recipe.dataset, "cpu"),
            "seconds": {"total": round(time.perf_counter() - start, 3), "epochs": epochs},
            "date": datetime.now(UTC).isoformat(timespec="seconds"),
        }
    return Record(recipe, seed, rows, facts)


def reproduce(
    names: Iterable[str] | None = None,
    *,
    profile: str = "full",
    results: Path = Path("results"),
    jobs: int = -1,
    dask: str | None = None,
    progress: bool = True,
    known: Mapping[str, Experiment] = experiments,
) -> Outcome:
    """Run what is missing of the experiments `names` and of those that they need.

    What is there already is read, checked and kept. Values are the same bit for bit with any
    `jobs` and on a Dask cluster of like machines.

    Args:
        names: of `known`; all of them by default.
        profile: ``"full"`` or ``"fast"``.
        results: the folder of all records.
        jobs: how many processes at once; −1 is one for each core.
        dask: address of a Dask scheduler, to run there instead of in processes.
        progress: whether to show a bar.
        known: the experiments there are.

    Raises:
        ValueError: an unknown experiment or profile, or a folder that cannot be written to.
        RecordError: a record is damaged or of another recipe. Needed experiments run first, and
            the rest is not begun where one of its records is refused.
    """
    require_choice("profile", profile, PROFILES)
    require_jobs(jobs)
    chosen = with_needs(names, known)
    require_writable("results", results / profile / "record")  # before the work, not after it
    outcome = Outcome()
    unfinished: set[str] = set()  # an experiment that needs one of these cannot be built
    for stage in stages(chosen):
        ready = [e for e in stage if e.needs not in unfinished]
        outcome.failed += [
            f"{e.name}: left out, since {e.needs} failed" for e in stage if e not in ready
        ]
        plan = planned(ready, results, profile, known)
        missing = [run for run in plan if not _is_there(results, profile, *run)]
        outcome.found += len(plan) - len(missing)
        for dataset in sorted({recipe.dataset for recipe, _ in missing if recipe.dataset}):
            load_dataset(dataset)  # one clear error, rather than one for every run
        label = ", ".join(e.name for e in ready)
        work = partial(_record, profile)
        with _bar(missing, label, progress) as bar, fan_out(work, missing, jobs, dask) as ran:
            for run, result in ran:
                if isinstance(result, str):
                    outcome.failed.append(f"{run[0].name}, seed {run[1]}: {result}")
                    unfinished |= plan[run]
                else:
                    write_record(record_path(results, profile, *run), result)
                    outcome.done += 1
                    outcome.diverged += result.facts["status"] == "diverged"
                bar.update(_ticks(run))
        for search in (search for e in ready for search in e.searches):
            with atomic_path(results / profile / "searches" / f"{search.name}.json") as path:
                facts = {**asdict(search), "trials": [recipe.name for recipe in search.trials]}
                path.write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8", newline="\n")
    return outcome


def _record(profile: str, run: tuple[Recipe | Study, int]) -> Record:
    return record_of(*run, profile)


def _rows(run: Run, final: dict[str, float]) -> Iterator[Row]:
    epochs = [int(epoch) for epoch in run.history["epoch"]]
    for i, epoch in enumerate(epochs):
        for metric in METRICS:
            yield epoch, metric, run.history[metric][i]
    for metric, value in final.items():
        yield epochs[-1], metric, float(value)


def _is_there(results: Path, profile: str, recipe: Recipe | Study, seed: int) -> bool:
    """Whether a run is on record; what is on record must be whole and its own."""
    path = record_path(results, profile, recipe, seed)
    if not path.exists():
        return False
    read_record(path, recipe, seed)
    return True


def _ticks(run: tuple[Recipe | Study, int]) -> int:
    return round(seconds(run[0]))  # whole, so that they add up to the total exactly


def _bar(runs: list[tuple[Recipe | Study, int]], label: str, progress: bool) -> "tqdm[Any]":
    """A bar in core seconds as planned, from which the time left is guessed."""
    return tqdm(
        total=sum(map(_ticks, runs)),
        desc=f"{len(runs)} runs of {label}",
        disable=not progress or not runs or "TQDM_DISABLE" in os.environ,
        bar_format="{desc}: {percentage:3.0f}%|{bar}| {elapsed}, {remaining} left",
    )
