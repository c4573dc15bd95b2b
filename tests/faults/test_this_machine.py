"""Memory that ends, a GPU that is not there, clocks that jump."""

import json
import os
import re
import shutil
import time

import pytest
import torch
import tqdm.std
from commands import CONTEXT, command, limit_memory, refused
from faults import fault
from small_experiments import KNOWN, run

import physlib.batched.training
from physlib.records import read_record
from physlib.reproduce import reproduce

TRAIN = ["train", "mlp", "--dataset", "digits", "--epochs", 1]
DAY = 86400


@fault("no-gpu")
def test_a_gpu_that_is_not_there(monkeypatch, saw):
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 0)
    saw(refused(*TRAIN, "--device", "cuda"))


def train_within(mebibytes, arguments, answer):
    """Train in a process that may have so much more memory; send how it ended."""
    torch.set_num_threads(1)  # each would take memory of its own
    assert command(*TRAIN).exit_code == 0  # everything is loaded
    limit_memory(mebibytes)
    result = command(*TRAIN, *arguments)
    answer.send((result.exit_code, result.stderr))


def trained_within(mebibytes, *arguments):
    here, there = CONTEXT.Pipe(duplex=False)
    child = CONTEXT.Process(target=train_within, args=(mebibytes, arguments, there))
    child.start()
    there.close()
    answer = here.recv()
    child.join()
    return answer


@fault("batch-memory")
def test_a_step_that_does_not_fit_says_what_does(saw):
    """The limit is real, and so is the advice: whoever follows it comes to an end."""
    network, batch = ["--set", "hidden=4000"], ["--set", "batch_size=5000"]
    code, line = trained_within(80, *network, *batch)
    assert (code, line.count("\n")) == (1, 1)
    saw(line)
    for _ in range(9):  # halvings, from all of the 1437 images
        batch = ["--set", re.search(r"try (batch_size=\d+)$", line.strip())[1]]
        code, line = trained_within(80, *network, *batch)
        if code == 0:
            break
    assert code == 0


@fault("network-memory")
def test_a_network_that_does_not_fit(saw):
    code, line = trained_within(150, "--set", "hidden=200000")
    assert (code, line.count("\n")) == (1, 1)
    saw(line)


@fault("gpu-memory")
def test_the_memory_of_a_gpu(monkeypatch, saw):
    def full(*_):
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.\nGPU 0 …")

    monkeypatch.setattr(physlib.batched.training, "train_epoch", full)
    saw(refused(*TRAIN, "--seeds", 8))


@fault("clock-jumps")
def test_a_clock_that_jumps(tmp_path, saw, monkeypatch):
    monkeypatch.setitem(reproduce.__kwdefaults__, "known", KNOWN)
    whole, jumps = time.time, iter(range(1, 1_000_000))

    def jumping():
        return whole() + (-1) ** next(jumps) * DAY

    monkeypatch.setattr(time, "time", jumping)
    monkeypatch.setattr(tqdm.std, "time", jumping)
    monkeypatch.delenv("TQDM_DISABLE")
    start = time.perf_counter()
    result = command("reproduce", "--profile", "full", "--jobs", 1, "--results", tmp_path)
    took = time.perf_counter() - start
    assert result.exit_code == 0
    saw(result.stdout)
    for path in tmp_path.glob("full/*/seed-*"):
        seconds = read_record(path).facts["seconds"]
        assert 0 < sum(seconds["epochs"]) < seconds["total"] < took
    assert next(jumps) > 10  # the clock was asked, by the bars at least


@fault("file-times")
@pytest.mark.parametrize("when", [DAY, 2**32])
def test_times_of_files(tmp_path, saw, monkeypatch, when):
    monkeypatch.setitem(reproduce.__kwdefaults__, "known", KNOWN)
    results, checkpoint = tmp_path / "results", tmp_path / "run.pt"
    assert run(results).done == 4
    shutil.rmtree(results / "full" / "small-b" / "seed-001")
    assert command(*TRAIN, "--checkpoint", checkpoint).exit_code == 0
    for path in (checkpoint, *results.rglob("*")):
        os.utime(path, (when, when))
    result = command("reproduce", "--profile", "full", "--jobs", 1, "--results", results)
    saw(result.stdout)
    resumed = command(*TRAIN, "--epochs", 2, "--checkpoint", checkpoint, "--json")
    assert json.loads(resumed.stdout)["history"]["epoch"] == [1, 2]
