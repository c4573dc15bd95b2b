"""What a sweep on a cluster costs beside its runs: tasks, records, and a worker's start."""

import os
import subprocess
import sys
import time
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.interleaved import compare
from physlib.recipes import Recipe, recipes
from physlib.records import Record, committed_results, read_record, record_path, write_record
from physlib.workers import fan_out

Task = tuple[Recipe, int]
START = (
    "from physlib import reproduce, cluster, data; cluster.fingerprint(); data.load_dataset({!r})"
)


def run(
    device: str = "cpu",
    counts: tuple[int, ...] = (100, 1000, 3000),
    stored: tuple[int, ...] = (100, 1000, 10_000),
    rounds: int = 6,
    dataset: str = "mnist",
) -> dict[str, Any]:
    """Seconds of sweeps whose runs take none, of writing and scanning records, of a start."""
    from distributed import LocalCluster

    with LocalCluster(threads_per_worker=1, dashboard_address=":0", silence_logs=50) as cluster:
        sweeps = {str(n): partial(sweep, tasks(n), cluster.scheduler_address) for n in counts}
        swept = compare(sweeps, rounds)
    with TemporaryDirectory() as folder:
        results = Path(folder)
        for task in tasks(max(stored)):
            write_record(record_path(results, "full", *task), hand_back(task))
        scans = {str(n): partial(scan, results, tasks(n)) for n in stored}
        scanned = compare(scans, rounds)
        once_more = [results / str(i) for i in range(rounds * 100 + 100)]
        written = compare({"100 records": partial(write, once_more)}, rounds)
    started = compare({"a worker": partial(start, dataset)}, rounds, warm_up=False)
    values, facts = (path.stat().st_size for path in sorted(typical_path().iterdir(), reverse=True))
    return {
        "comparisons": [
            swept.as_json(what="sweep", sizes=counts, workers=os.cpu_count()),
            scanned.as_json(what="scan", sizes=stored),
            written.as_json(what="write"),
            started.as_json(what="start"),
        ],
        "bytes": {
            "values.csv": values,
            "run.json": facts,
            "blocks": sum(-(-size // 4096) * 4096 for size in (values, facts)) + 4096,
            "scheduler": bytes_of_a_task(max(counts)),
        },
    }


def tasks(count: int) -> list[Task]:
    """So many runs, ten seeds of each recipe."""
    base = recipes["physlib"]
    return [(base.replace(name=f"run-{i // 10}"), i % 10) for i in range(count)]


@lru_cache(maxsize=1)
def typical_path() -> Path:
    """The committed record of median size."""
    folders = committed_results().glob("full/*/seed-*")
    sized = sorted((sum(f.stat().st_size for f in p.iterdir()), str(p)) for p in folders)
    return Path(sized[len(sized) // 2][1])


@lru_cache(maxsize=1)
def _typical() -> Record:
    return read_record(typical_path())


def hand_back(task: Task) -> Record:
    """What a run gives, without the run."""
    return replace(_typical(), recipe=task[0], seed=task[1])


def sweep(runs: list[Task], address: str) -> None:
    """All of `physlib reproduce --dask` but the runs and the disk."""
    with fan_out(hand_back, runs, -1, address) as ran:
        if any(isinstance(result, str) for _, result in ran):
            raise RuntimeError("a task that does nothing failed")


def scan(results: Path, runs: list[Task]) -> None:
    """What `physlib reproduce` begins with: every record is read and checked."""
    for task in runs:
        read_record(record_path(results, "full", *task), *task)


def write(paths: list[Path]) -> None:
    """A hundred records to where there are none."""
    for _ in range(100):
        write_record(paths.pop(), _typical())


def start(dataset: str) -> None:
    """A new process with all that a run needs."""
    subprocess.run([sys.executable, "-c", START.format(dataset)], check=True)


def bytes_of_a_task(count: int) -> float:
    """By how much a process with scheduler and client grows for each task that waits."""
    import psutil
    from distributed import Client, LocalCluster

    from physlib.cluster import submitted

    process = psutil.Process()
    with (
        LocalCluster(n_workers=0, dashboard_address=":0", silence_logs=50) as cluster,
        Client(cluster) as client,
    ):
        before = process.memory_info().rss
        futures = submitted(client, hand_back, tasks(count))
        while len(cluster.scheduler.tasks) < len(futures):
            time.sleep(0.05)
        return float(round((process.memory_info().rss - before) / count))
