"""SIGKILL at every place where a file is being made, and Ctrl-C."""

import os
import random
import signal
import threading
import time
from pathlib import Path

import pytest
import small_dataset
import torch
import torchvision
from commands import CONTEXT, after_death, command, contents, death
from faults import fault
from small_experiments import KNOWN, deadly_record, run, values

import physlib.training
from physlib import fit, load_dataset, recipes
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


def download(address, sums, cache):
    """Load the tiny dataset from the mirror at `address`, in a process of its own."""
    os.environ["XDG_CACHE_HOME"] = str(cache)
    os.environ.pop("PHYSLIB_DATA", None)
    source = torchvision.datasets.FashionMNIST
    source.resources, source.mirrors = sums, [address]
    assert len(load_dataset("fashion-mnist").train_labels) == 20


def wait_until(condition):
    deadline = time.monotonic() + 300
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@fault("killed-download")
def test_a_killed_download_begins_again(fashion, mirror, tmp_path, saw):
    raw = tmp_path / "cache" / "physlib" / "FashionMNIST" / "raw"
    sent, over = threading.Event(), threading.Event()
    done = dict(list(fashion.items())[:2])

    def half(handler, name):
        content = fashion[name]
        if name in done:
            small_dataset.send(handler, content)
        else:
            small_dataset.send(handler, content[: len(content) // 2], of=len(content))
            sent.set()
            over.wait(300)

    sums = small_dataset.sums(fashion)
    child = CONTEXT.Process(target=download, args=(mirror(half), sums, tmp_path / "cache"))
    child.start()
    assert sent.wait(300)
    # torchvision writes when it has 32 KiB
    wait_until(lambda: any(p.stat().st_size for p in raw.glob("*") if p.name not in done))
    child.kill()
    child.join()
    over.set()
    saw(death(child.exitcode))
    assert contents(raw) == done
    mirror(lambda handler, name: small_dataset.send(handler, fashion[name]))
    small_dataset.assert_is(fashion, load_dataset("fashion-mnist"))
    assert contents(raw) == fashion


@fault("two-downloads")
def test_two_processes_download_at_once(fashion, mirror, tmp_path, saw):
    """One is held in the middle of a file that the other one has by then."""
    raw = tmp_path / "cache" / "physlib" / "FashionMNIST" / "raw"
    first, second, *_ = fashion
    both, has_it, go_on = threading.Barrier(2), threading.Event(), threading.Event()
    meanwhile = []

    def together(handler, name):
        content = fashion[name]
        if name == first and both.wait(300):  # neither has it before both have asked for it
            has_it.wait(300)
            small_dataset.send(handler, content[:99], of=len(content))
            wait_until(lambda: len(list(raw.iterdir())) > 1 or contents(raw) != {first: content})
            meanwhile.append(contents(raw))
            go_on.set()
            handler.wfile.write(content[99:])
        else:
            if name == second and not has_it.is_set():
                has_it.set()
                go_on.wait(300)
            small_dataset.send(handler, content)

    arguments = mirror(together), small_dataset.sums(fashion), tmp_path / "cache"
    children = [CONTEXT.Process(target=download, args=arguments) for _ in range(2)]
    for child in children:
        child.start()
    for child in children:
        child.join(300)
    saw(", ".join(f"exit code {child.exitcode}" for child in children))
    assert meanwhile == [{first: fashion[first]}]
    assert {p.name: p.read_bytes() for p in raw.iterdir()} == fashion
