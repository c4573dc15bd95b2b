"""Many calls on a Dask cluster, whose workers may come late, differ, die, and come back.

Dask's own client, not joblib's backend for it: that one waits for ever for a task that Dask gives
up, keeps a task for each worker of the first moment only, and does again what a dying worker had
delivered.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache, partial
from typing import Any, TypeVar

from physlib.provenance import source_digest, versions
from physlib.workers import attempt

Task = TypeVar("Task")
Result = TypeVar("Result")

PATIENCE = "5s"  # for a scheduler that does not answer


class ClusterError(RuntimeError):
    """The cluster as a whole cannot do the work; the reason is no single task."""


@contextmanager
def on_cluster(
    work: Callable[[Task], Result], tasks: Sequence[Task], address: str
) -> Iterator[Iterator[tuple[Task, Result | str]]]:
    """Each of `tasks` with what `work` makes of it on the cluster at `address`, as they finish.

    A task whose worker dies is begun again on another one. One that Dask gives up, since worker
    after worker died of it, waits until the others are done and is then tried alone: Dask
    suspects whatever was on a worker that died, and so bystanders too.

    Raises:
        ImportError: Dask is not installed.
        OSError: no scheduler answers at `address`.
        ClusterError: the scheduler went away, or a worker has other versions than this process.
    """
    try:
        from distributed import Client
    except ImportError as error:
        raise ImportError("dask needs the package dask[distributed]") from error
    with Client(address, timeout=PATIENCE, set_as_default=False) as client:
        if not client.nthreads():
            print(f"No worker has come to {address} yet: waiting for one", file=sys.stderr)
        yield _finished(client, partial(_attempt_alike, fingerprint(), work), tasks)


@lru_cache(maxsize=1)
def fingerprint() -> dict[str, str]:
    """What every process must agree on: versions, and the library's source to the byte."""
    return {**versions(), "source": source_digest()}


def _attempt_alike(expected: dict[str, str], work: Callable[[Task], Result], task: Task) -> Any:
    """What a worker does: `work`, if it is this library's that the client has."""
    for name, there in expected.items():
        if (here := fingerprint().get(name)) != there:
            raise ClusterError(
                f"a worker differs: {name} is {here} there, {there} here; "
                "the workers and this machine need the same environment"
            )
    return attempt(work, task)


def _finished(
    client: Any, call: Callable[[Task], Any], tasks: Sequence[Task]
) -> Iterator[tuple[Task, Any]]:
    from distributed import KilledWorker

    suspects = []
    for task, result in _gathered(client, call, tasks):
        if isinstance(result, KilledWorker):
            suspects.append(task)
        else:
            yield task, result
    for suspect in suspects:
        for task, result in _gathered(client, call, [suspect]):
            if isinstance(result, KilledWorker):
                deaths = result.allowed_failures + 1
                result = (
                    f"KilledWorker: {deaths} workers died of it one after the other, and "
                    f"{deaths} more when it ran alone; out of memory, perhaps: see their logs"
                )
            yield task, result


def _gathered(
    client: Any, call: Callable[[Task], Any], tasks: Sequence[Task]
) -> Iterator[tuple[Task, Any]]:
    """Each task with its result, or with Dask's word that it is given up."""
    from distributed import KilledWorker, as_completed

    futures = submitted(client, call, tasks)
    for future, result in as_completed(
        list(futures), loop=client.loop, with_results=True, raise_errors=False
    ):
        if future.status == "error":
            result = result[1]
            if not isinstance(result, KilledWorker):
                raise result if isinstance(result, ClusterError) else _unfit(result)
        elif future.status != "finished":
            raise ClusterError(
                f"the scheduler at {client.scheduler.address} has gone; what had finished is "
                "kept, and the same command goes on from there"
            )
        task = futures.pop(future)
        future.release()  # or the death of the worker that holds it would have it done again
        yield task, result


def submitted(client: Any, call: Callable[[Task], Any], tasks: Sequence[Task]) -> dict[Any, Task]:
    """Futures of what `call` makes of each of `tasks`, in parcels that only a worker opens.

    Dask's own wrapping is opened where a failure ends the worker, and names no reason: one that
    lacks this library would take run after run with it.
    """
    from distributed.protocol.pickle import dumps

    def run(parcel: bytes) -> Any:  # a local function, which goes there whole
        from distributed.protocol.pickle import loads

        call, task = loads(parcel)
        return call(task)

    parcels = [dumps((call, task)) for task in tasks]
    # Never pure: another client may have the same runs on this cluster, and be stopped.
    return dict(zip(client.map(run, parcels, pure=False), tasks, strict=True))


def _unfit(error: BaseException) -> ClusterError:
    """Dask or a worker could not even begin: it lacks the library, or has another one."""
    reason = " ".join(str(error.__cause__ or error).split())
    return ClusterError(
        f"the cluster cannot run this library's code ({type(error).__name__}: {reason}); "
        "the workers and this machine need the same environment"
    )
