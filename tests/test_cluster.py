"""Sweeps on a Dask cluster whose processes die: workers, the scheduler, the client.

Values are compared byte for byte with those of a serial run; of `run.json`, all but the times and
the digest that seals them.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import dask
import distributed
import pytest
from small_experiments import BASE, run, values

import physlib
from physlib.cluster import ClusterError
from physlib.experiments import Experiment
from physlib.reproduce import _record
from physlib.workers import fan_out

LONG = BASE.replace(epochs=6)  # some tenths of a second
SWEEP = (LONG.replace(name="cold", temperature=0.0), LONG.replace(name="warm"))
KNOWN = {"sweep": Experiment("sweep", "?", 4, lambda _: SWEEP)}
TIMES = ("seconds", "date", "digest")

# Workers come from a server that has loaded all that a run needs: five seconds for each otherwise.
FORKED = {"distributed.worker.multiprocessing-method": "forkserver"}
with dask.config.set(FORKED):
    context = distributed.utils.get_mp_context()
LOADED = "distributed physlib.cluster physlib.reproduce pytest hypothesis"
LOADED += " torch._dynamo sklearn.datasets scipy.stats"
context.set_forkserver_preload(LOADED.split())


@pytest.fixture(scope="module")
def serial(tmp_path_factory):
    results = tmp_path_factory.mktemp("serial")
    assert run(results, known=KNOWN).done == 8
    return results


def facts(results):
    """All of every `run.json` but its times."""
    found = {}
    for path in results.rglob("run.json"):
        plain = json.loads(path.read_text())
        found[str(path.relative_to(results))] = {k: v for k, v in plain.items() if k not in TIMES}
    return found


def assert_whole(results, serial):
    """Nothing lost, nothing twice, nothing half, and the same bytes as from a serial run."""
    assert values(results) == values(serial)
    assert facts(results) == facts(serial)
    files = {str(p.relative_to(results)) for p in results.rglob("*")}
    assert files == {str(p.relative_to(serial)) for p in serial.rglob("*")}


@contextmanager
def local(workers, **config):
    """A cluster of single-threaded processes, whose scheduler is in this one."""
    settings = {f"distributed.scheduler.{k.replace('_', '-')}": v for k, v in config.items()}
    with (
        dask.config.set({**FORKED, **settings}),
        distributed.LocalCluster(
            n_workers=workers, threads_per_worker=1, dashboard_address=":0", silence_logs=50
        ) as cluster,
    ):
        yield cluster


@contextmanager
def program(name, *arguments, folder=None):
    """`dask scheduler` or `dask worker` as a process of its own, which imports from `folder`."""
    process = subprocess.Popen(
        [sys.executable, "-m", f"distributed.cli.dask_{name}", *arguments],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def on_record(results):
    return len(list(results.glob("full/*/seed-*/run.json")))


def wait_until(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.01)
    return found


def busy(cluster):
    """Processes of workers that are at a task."""
    at_work = {ws.name for ws in cluster.scheduler.workers.values() if ws.processing}
    return [w.process.pid for name, w in cluster.workers.items() if name in at_work and w.process]


def test_a_sweep_whose_workers_are_killed_in_mid_run_loses_nothing(serial, tmp_path):
    with local(2) as cluster:
        begun_again = []

        def interrupted():
            """How many times Dask has lost a worker under one of the runs."""
            return sum(task.suspicious for task in list(cluster.scheduler.tasks.values()))

        def kill():
            for finished in (0, 2, 4):
                wait_until(lambda n=finished: on_record(tmp_path) >= n and busy(cluster))
                os.kill(busy(cluster)[0], signal.SIGKILL)
                begun_again.append(wait_until(interrupted))

        killer = threading.Thread(target=kill)
        killer.start()
        outcome = run(tmp_path, known=KNOWN, dask=cluster.scheduler_address)
        killer.join()
    assert len(begun_again) == 3
    assert (outcome.done, outcome.found, outcome.failed) == (8, 0, [])
    assert_whole(tmp_path, serial)


def record_or_die(profile, task):
    """As one that needs more memory than there is."""
    if (task[0].name, task[1]) == ("cold", 1):
        os.kill(os.getpid(), signal.SIGKILL)
    return _record(profile, task)


def test_a_run_that_kills_its_workers_fails_by_name_and_takes_no_other_with_it(
    serial, tmp_path, monkeypatch
):
    """One worker, on which Dask suspects the run that is next in the queue as well."""
    monkeypatch.setattr("physlib.reproduce._record", record_or_die)
    with local(1, allowed_failures=1) as cluster:
        outcome = run(tmp_path, known=KNOWN, dask=cluster.scheduler_address)
    (failure,) = outcome.failed
    assert failure.startswith("cold, seed 1: KilledWorker: 2 workers died of it")
    assert outcome.done == 7
    monkeypatch.undo()
    assert run(tmp_path, known=KNOWN).done == 1
    assert_whole(tmp_path, serial)


def test_a_worker_that_was_given_up_and_comes_back_harms_no_record(serial, tmp_path):
    """It stands still in mid-run, is taken for dead, and finishes what another one did."""
    with local(0, worker_ttl="1s") as cluster:
        address = cluster.scheduler_address
        with program(
            "worker", address, "--no-nanny", "--nthreads", "1", "--name", "ghost"
        ) as ghost:

            def stop():
                wait_until(lambda: [w for w in cluster.scheduler.workers.values() if w.processing])
                time.sleep(0.2)
                ghost.send_signal(signal.SIGSTOP)
                cluster.scale(1)

            stopper = threading.Thread(target=stop)
            stopper.start()
            outcome = run(tmp_path, known=KNOWN, dask=address)
            stopper.join()
            assert outcome.done == 8
            assert_whole(tmp_path, serial)
            ghost.send_signal(signal.SIGCONT)
            time.sleep(1.5)  # for the rest of its run
    assert_whole(tmp_path, serial)


def test_a_scheduler_that_dies_is_one_clear_error_and_the_sweep_goes_on_elsewhere(serial, tmp_path):
    where = tmp_path / "scheduler.json"
    results = tmp_path / "results"
    options = ("--scheduler-file", str(where), "--no-dashboard")
    with program("scheduler", "--port", "0", *options) as scheduler:
        wait_until(where.exists)
        address = json.loads(wait_until(where.read_text))["address"]

        def kill():
            wait_until(lambda: on_record(results) >= 2)
            scheduler.kill()

        killer = threading.Thread(target=kill)
        with program("worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard"):
            killer.start()
            with pytest.raises(ClusterError, match=r"the scheduler at tcp://\S+ has gone; what"):
                run(results, known=KNOWN, dask=address)
            killer.join()
    there = on_record(results)
    assert 2 <= there < 8
    assert run(results, known=KNOWN).found == there
    assert_whole(results, serial)


def begin(results, address):
    signal.signal(signal.SIGINT, signal.default_int_handler)
    run(results, known=KNOWN, dask=address)


def test_a_client_that_dies_goes_on_where_it_was_on_the_same_cluster(serial, tmp_path):
    """What it left behind is at work still when the next one comes."""
    with local(2) as cluster:
        for blow, there in ((signal.SIGKILL, 1), (signal.SIGINT, 3)):
            client = context.Process(target=begin, args=(tmp_path, cluster.scheduler_address))
            client.start()
            wait_until(lambda n=there: on_record(tmp_path) >= n)
            os.kill(client.pid, blow)
            client.join(30)
            assert client.exitcode == (-blow if blow == signal.SIGKILL else 1)
        there = on_record(tmp_path)
        outcome = run(tmp_path, known=KNOWN, dask=cluster.scheduler_address)
    assert 3 <= there < 8
    assert (outcome.found, outcome.done) == (there, 8 - there)
    assert_whole(tmp_path, serial)


@pytest.mark.parametrize(
    ("difference", "message"),
    [
        ("changed", r"a worker differs: source is \w{16} there, \w{16} here; the workers"),
        ("older", r"cannot run this library's code .*No module named 'physlib.cluster'"),
    ],
)
def test_a_worker_with_another_library_is_refused(tmp_path, difference, message):
    """Its numbers might be others, and the records would not say so."""
    if difference == "changed":
        shutil.copytree(Path(physlib.__file__).parent, tmp_path / "physlib")
        with (tmp_path / "physlib" / "theory" / "loss.py").open("a") as source:
            source.write("# a late thought\n")
    else:
        (tmp_path / "physlib").mkdir()
        (tmp_path / "physlib" / "__init__.py").touch()
    with (
        local(0) as cluster,
        program("worker", cluster.scheduler_address, "--no-nanny", folder=tmp_path),
        pytest.raises(ClusterError, match=message),
    ):
        run(tmp_path / "results", known=KNOWN, dask=cluster.scheduler_address)
    assert on_record(tmp_path / "results") == 0


def whose(_):
    time.sleep(0.3)
    return os.getpid()


def test_workers_that_come_late_are_waited_for_and_all_used(capsys):
    with local(0) as cluster:
        late = threading.Timer(1, cluster.scale, [2])
        late.start()
        with fan_out(whose, range(8), -1, cluster.scheduler_address) as ran:
            found = dict(ran)
    assert found.keys() == set(range(8))
    assert len(set(found.values())) == 2
    assert "No worker has come to tcp://" in capsys.readouterr().err
