import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from physlib.workers import fan_out


def square(x):
    if x == 3:
        raise ArithmeticError("three\nis odd")
    return x * x, os.getpid()


@pytest.mark.parametrize("jobs", [1, 2])
def test_results_come_with_their_tasks_and_failures_in_words(jobs):
    with fan_out(square, [1, 2, 3, 4], jobs) as ran:
        found = dict(ran)
    assert found.pop(3) == "ArithmeticError: three is odd"
    assert {x: y for x, (y, _) in found.items()} == {1: 1, 2: 4, 4: 16}
    here = {pid == os.getpid() for _, pid in found.values()}
    assert here == {jobs == 1}


def test_nothing_to_do_starts_nothing():
    with fan_out(square, [], 2, dask="tcp://nowhere:1") as ran:
        assert list(ran) == []


def test_an_unreachable_cluster_is_an_error():
    pytest.importorskip("distributed")
    with pytest.raises(OSError, match="Timed out"), fan_out(square, [1], 1, "tcp://127.0.0.1:9"):
        pass


PARENT = """
import os, signal, sys, time
from physlib.workers import fan_out
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may have had it ignored
def work(task):
    open(f"{sys.argv[1]}/{os.getpid()}", "w").close()
    time.sleep(60)
with fan_out(work, [1, 2], 2) as ran:
    list(ran)
"""


def alive(pid):
    """Whether a process runs, other than as a zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs Linux's /proc")
@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGINT])
def test_workers_go_when_their_parent_is_gone(tmp_path, blow):
    """The blow falls on the parent alone, in the middle of a task of a minute."""
    (tmp_path / "pids").mkdir()
    command = [sys.executable, "-c", PARENT, str(tmp_path / "pids")]
    parent = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while len(workers := os.listdir(tmp_path / "pids")) < 2 and time.monotonic() < deadline:
        time.sleep(0.1)
    assert len(workers) == 2
    parent.send_signal(blow)
    parent.wait(30)
    while any(map(alive, workers)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not any(map(alive, workers))
