"""Many calls at once: in processes of this machine, or on a Dask cluster."""

import multiprocessing
import os
import re
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import lru_cache
from typing import TypeVar

from joblib import Parallel, delayed

from physlib.checks import shown

Task = TypeVar("Task")
Result = TypeVar("Result")


@contextmanager
def fan_out(
    work: Callable[[Task], Result], tasks: Sequence[Task], jobs: int, dask: str | None = None
) -> Iterator[Iterable[tuple[Task, Result | str]]]:
    """Each of `tasks` with what `work` makes of it, as they finish.

    Where `work` raises, that is the exception in words: one failure stops no other task.
    Leaving the block ends the workers, if they are still at it.

    Args:
        work: a function of one task that can be pickled, as tasks and results can.
        tasks: in the order in which to begin them.
        jobs: how many at once, −1 for one per core; 1 stays in this process.
        dask: address of a Dask scheduler to run on instead of in processes.
    """
    require_jobs(jobs)
    if not tasks:
        yield ()
        return
    if dask is not None:
        from physlib.cluster import on_cluster

        with on_cluster(work, tasks, dask) as found:
            yield found
        return
    parallel = Parallel(n_jobs=jobs, batch_size=1, return_as="generator_unordered")
    ran = parallel(delayed(_attempt_in_process)(work, task) for task in tasks)
    try:
        yield ran
    except BrokenProcessPool as error:
        blow = re.search(r"\w+\(-\d+\)", str(error))
        raise RuntimeError(
            f"a worker process was killed ({blow[0] if blow else 'for no known reason'}), "
            "perhaps since memory ran out: try fewer jobs; what is on record already is kept"
        ) from error
    finally:
        ran.close()


def require_jobs(jobs: object) -> None:
    """Raise unless `jobs` is a number of workers: better before the work than after it."""
    if jobs != -1 and (not isinstance(jobs, int) or isinstance(jobs, bool) or jobs < 1):
        raise ValueError(f"jobs must be -1, one per core, or at least 1, got {shown(jobs)}")


@contextmanager
def one_thread() -> Iterator[None]:
    """torch's operations inside run on one thread, so that their bits do not depend on others."""
    import torch  # which a worker may not need

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def attempt(work: Callable[[Task], Result], task: Task) -> Result | str:
    """What `work` makes of `task`, or the exception that it raises, in words."""
    try:
        return work(task)
    except Exception as error:
        return f"{type(error).__name__}: {' '.join(str(error).split())}"


def _attempt_in_process(work: Callable[[Task], Result], task: Task) -> tuple[Task, Result | str]:
    _settle()
    return task, attempt(work, task)


@lru_cache(maxsize=1)
def _settle() -> None:
    """In a process that joblib started: leave Ctrl-C to the parent, and go when it is gone.

    Otherwise the workers of a parent that was killed would stay, with all their memory.
    """
    in_main_thread = threading.current_thread() is threading.main_thread()
    if multiprocessing.parent_process() is not None and in_main_thread:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        threading.Thread(target=_leave_after, args=(os.getppid(),), daemon=True).start()


def _leave_after(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)
