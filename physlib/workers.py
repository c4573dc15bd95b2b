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

from joblib import Parallel, delayed, parallel_config

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
    if not tasks:
        yield ()
        return
    with _cluster(dask):
        parallel = Parallel(n_jobs=jobs, batch_size=1, return_as="generator_unordered")
        ran = parallel(delayed(_attempt)(work, task) for task in tasks)
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


@contextmanager
def _cluster(address: str | None) -> Iterator[None]:
    """Joblib's work inside goes to the Dask scheduler at `address`, if there is one."""
    if address is None:
        yield
        return
    try:
        from distributed import Client
    except ImportError as error:
        raise ImportError("dask needs the package dask[distributed]") from error
    with Client(address, timeout="5s"), parallel_config("dask", wait_for_workers_timeout=60):
        yield


def _attempt(work: Callable[[Task], Result], task: Task) -> tuple[Task, Result | str]:
    _settle()
    try:
        return task, work(task)
    except Exception as error:
        return task, f"{type(error).__name__}: {' '.join(str(error).split())}"


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
