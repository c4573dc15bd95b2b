"""SIGKILL at every place where a file is being made, and Ctrl-C."""

import os
import random
import signal
import time
from pathlib import Path

import pytest
import torch
from commands import CONTEXT, after_death, command, death
from faults import fault
from small_experiments import KNOWN, deadly_record, run, values

import physlib.training
from physlib import fit, recipes
from physlib.reproduce import reproduce

RECIPE = recipes["physlib"].override("dataset=digits", "epochs=4", "lr=1e-2", "hidden=8")
TRAIN = ["train", "physlib", "--dataset", "digits", "--set", "lr=1e-2", "--set", "hidden=8"]


def at_call(number, function, instead):
    """`function`, but `instead` at its call with that number."""
    calls = []

    def counted(*arguments):
        calls.append(arguments)
        return (instead if len(calls) == number else function)(*arguments)

    return counted


def one_thread():
    """As on record, and as in a worker: with more threads, sums are taken in another order."""
    torch.set_num_threads(1)


@pytest.fixture(autouse=True)
def _one_thread():
    threads = torch.get_num_threads()
    one_thread()
    yield
    torch.set_num_threads(threads)


def assert_same_end(path):
    """The run that goes on from the checkpoint `path` ends with the bits of a whole one."""
    resumed, whole = fit(RECIPE, 2, "cpu", checkpoint=path), fit(RECIPE, 2, "cpu")
    assert resumed.history["test_loss"] == whole.history["test_loss"]
    pairs = zip(resumed.model.parameters(), whole.model.parameters(), strict=True)
    assert all(torch.equal(p, q) for p, q in pairs)


def train_until_killed(path):
    one_thread()
    physlib.training.train_epoch = at_call(
        3, physlib.training.train_epoch, lambda *_: signal.raise_signal(signal.SIGKILL)
    )
    fit(RECIPE, 2, "cpu", checkpoint=path, progress=False)


@fault("killed-training")
def test_a_run_killed_in_training_goes_on(tmp_path, saw):
    path = tmp_path / "run.pt"
    saw(after_death(train_until_killed, path))
    assert [p.name for p in tmp_path.iterdir()] == ["run.pt"]
    assert len(torch.load(path, weights_only=True)["state"]["history"]["epoch"]) == 2
    assert_same_end(path)


def train_until_killed_in_writing(path):
    one_thread()
    whole = Path.write_bytes

    def half(path, content):
        whole(path, content[: len(content) // 2])
        signal.raise_signal(signal.SIGKILL)

    Path.write_bytes = at_call(3, whole, half)
    fit(RECIPE, 2, "cpu", checkpoint=path, progress=False)


@fault("killed-checkpoint")
def test_a_run_killed_with_half_a_checkpoint_goes_on(tmp_path, saw):
    path = tmp_path / "run.pt"
    saw(after_death(train_until_killed_in_writing, path))
    [half] = [p for p in tmp_path.iterdir() if p != path]
    assert half.name.startswith(".")
    assert 0 < half.stat().st_size < path.stat().st_size
    assert len(torch.load(path, weights_only=True)["state"]["history"]["epoch"]) == 2
    assert_same_end(path)


@fault("interrupted")
def test_ctrl_c_leaves_the_last_whole_epoch(tmp_path, saw, monkeypatch):
    def pressed(*_):
        raise KeyboardInterrupt

    stop = at_call(3, physlib.training.train_epoch, pressed)
    monkeypatch.setattr(physlib.training, "train_epoch", stop)
    path = tmp_path / "run.pt"
    result = command(*TRAIN, "--epochs", 4, "--seed", 2, "--checkpoint", path)
    assert result.stdout == ""
    saw(f"{result.stderr.strip()} (exit code {result.exit_code})")
    monkeypatch.undo()
    assert_same_end(path)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The values of an uninterrupted serial run, and how long it takes with everything loaded."""
    results = tmp_path_factory.mktemp("whole")
    assert run(results).done == 4
    start = time.perf_counter()
    run(tmp_path_factory.mktemp("again"))
    return values(results), time.perf_counter() - start


def assert_goes_on(whole, results):
    """Finish a run that was killed: what was whole stays, and the rest is the same bytes."""
    before = {p: p.stat().st_mtime_ns for p in results.rglob("seed-*/*") if p.is_file()}
    before = {p: t for p, t in before.items() if not p.parent.name.startswith(".")}
    outcome = run(results)
    assert outcome.done + outcome.found == 4
    assert outcome.found == len(before) / 2
    assert {p: p.stat().st_mtime_ns for p in before} == before
    assert {n: v for n, v in values(results).items() if "/." not in n} == whole[0]


def begin(begun, results):
    begun.set()
    run(results)


@fault("killed-anywhere")
def test_experiments_killed_at_ten_random_moments_go_on(whole, tmp_path, saw):
    generator = random.Random()
    deaths = []
    for trial in range(10):
        folder = tmp_path / str(trial)
        begun = CONTEXT.Event()
        child = CONTEXT.Process(target=begin, args=(begun, folder))
        child.start()
        begun.wait()
        time.sleep(generator.uniform(0, whole[1]))
        child.kill()
        child.join()
        deaths += [death(child.exitcode)] if child.exitcode else []
        assert_goes_on(whole, folder)
    assert len(deaths) >= 5  # the rest had finished
    saw(*set(deaths))


def run_until_killed(results, where):
    """Run until the second record is being written, and die there."""

    def killed(*arguments):
        if where == "after":
            rename(*arguments)
        signal.raise_signal(signal.SIGKILL)

    rename = os.rename
    os.rename = at_call(2, rename, killed)
    run(results)


@fault("killed-record")
@pytest.mark.parametrize(("where", "there"), [("before", 1), ("after", 2)])
def test_experiments_killed_at_a_record_go_on(whole, tmp_path, saw, where, there):
    saw(after_death(run_until_killed, tmp_path, where))
    assert len(list(tmp_path.glob("full/*/seed-*/run.json"))) == there
    assert_goes_on(whole, tmp_path)


@fault("killed-worker")
def test_experiments_go_on_after_the_death_of_a_worker(whole, tmp_path, saw, monkeypatch):
    monkeypatch.setitem(reproduce.__kwdefaults__, "known", KNOWN)
    monkeypatch.setattr("physlib.reproduce._record", deadly_record)
    result = command("reproduce", "--profile", "full", "--jobs", 2, "--results", tmp_path)
    assert (result.exit_code, result.stdout) == (1, "")
    saw(result.stderr)
    monkeypatch.undo()
    assert_goes_on(whole, tmp_path)
