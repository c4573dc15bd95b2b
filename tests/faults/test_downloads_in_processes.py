"""Downloads by processes that die, or that are two."""

import os
import threading
import time

import small_dataset
import torchvision
from commands import CONTEXT, contents, death
from faults import fault

from physlib import load_dataset


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
