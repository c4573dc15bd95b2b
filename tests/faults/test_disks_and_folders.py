"""No room, no right to write, and folders that are not what they were."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torchvision
from commands import command, contents, largest_file, refused
from faults import fault
from small_experiments import KNOWN, run

import physlib.reproduce
from physlib.archives import data_folders
from physlib.records import read_record, write_record

HERE = Path(__file__).parent
REPRODUCE = ["reproduce", "--profile", "full", "--jobs", 1, "--results"]


@pytest.fixture(autouse=True)
def _small(monkeypatch):
    monkeypatch.setitem(physlib.reproduce.reproduce.__kwdefaults__, "known", KNOWN)


@fault("full-checkpoint")
def test_a_checkpoint_without_room(tmp_path, saw):
    path = tmp_path / "run.pt"
    train = ["train", "mlp", "--dataset", "digits", "--set", "hidden=8", "--checkpoint", path]
    assert command(*train, "--epochs", 1).exit_code == 0
    before = contents(tmp_path)
    with largest_file(path.stat().st_size // 2):
        said = refused(*train, "--epochs", 2)
    saw(said)
    assert contents(tmp_path) == before
    assert [p.name for p in tmp_path.iterdir()] == ["run.pt"]
    assert len(json.loads(command(*train, "--epochs", 2, "--json").stdout)["history"]["epoch"]) == 2


@fault("full-record")
def test_a_record_without_room(tmp_path, saw):
    assert run(tmp_path).done == 4
    missing = tmp_path / "full" / "small-b" / "seed-001"
    shutil.rmtree(missing)
    before = contents(tmp_path)
    with largest_file(100):
        said = refused(*REPRODUCE, tmp_path)
    saw(said)
    assert contents(tmp_path) == before
    assert list(missing.parent.iterdir()) == [missing.with_name("seed-000")]
    assert (run(tmp_path).done, read_record(missing).seed) == (1, 1)


@fault("full-page")
def test_a_page_without_room(tmp_path, saw):
    page = tmp_path / "verdicts.md"
    page.write_text("the page before")
    with largest_file(1000):
        said = refused("verdicts", "--results", tmp_path, "--page", page)
    saw(said)
    assert [p.name for p in tmp_path.iterdir()] == ["verdicts.md"]
    assert page.read_text() == "the page before"


@fault("full-download")
def test_a_download_without_room(fashion, server, tmp_path, saw, monkeypatch):
    train = ["train", "mlp", "--dataset", "fashion-mnist"]
    mirrors = torchvision.datasets.FashionMNIST.mirrors
    monkeypatch.setattr(torchvision.datasets.FashionMNIST, "mirrors", mirrors * 2)
    with largest_file(1000):
        said = refused(*train)
    saw(said)
    assert list(data_folders()[-1].rglob("*.gz")) == []


# What is printed fits into the buffer of the output, and fails as late as can be; or it does not.
LITTLE = ["train", "mlp", "--dataset", "digits", "--epochs", "1", "--json"]
MUCH = ["verdicts", "--results", "nowhere", "--json"]


def output_to(stdout, arguments):
    """What a process of its own says on stderr."""
    # as processes do, it buffers what it prints
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONUNBUFFERED"}
    ran = subprocess.run(
        [sys.executable, "-m", "physlib", *arguments],
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )
    assert ran.returncode == 1
    return ran.stderr


@fault("full-output")
def test_output_to_a_full_disk(saw):
    with Path("/dev/full").open("w") as full:
        saw(output_to(full, LITTLE))


@fault("closed-pipe")
def test_output_to_nobody(saw):
    nobody, pipe = os.pipe()
    os.close(nobody)
    saw(output_to(pipe, MUCH))
    os.close(pipe)


# A real file system of 16 KiB, seen by this process and its children alone. Root, who may write
# anywhere, may not write here either.
SMALL_DISK = """
mount -t tmpfs -o size=16k none {folder} || exit 77
PYTHONPATH={here}/..:$PYTHONPATH exec {python} {here}/on_a_small_disk.py {folder}
"""


@pytest.fixture(scope="module")
def small_disk(tmp_path_factory):
    """What happened on it; see `on_a_small_disk.py`."""
    folder = tmp_path_factory.mktemp("disk")
    script = SMALL_DISK.format(folder=folder, python=sys.executable, here=HERE)
    mounted = ["unshare", "--map-root-user", "--mount", "sh", "-c", script]
    try:
        ran = subprocess.run(mounted, capture_output=True, text=True)
    except FileNotFoundError:
        pytest.skip("needs the program unshare, to mount a small disk")
    if (not ran.stdout and "unshare" in ran.stderr) or ran.returncode == 77:
        pytest.skip(f"needs the right to mount a disk of its own: {ran.stderr.strip()}")
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout.replace(str(folder), "…"))


@fault("small-disk")
def test_a_small_disk_fills_up(small_disk, saw):
    saw(small_disk["said"]["full"])
    records = [name for name in small_disk["finished"] if name.endswith("run.json")]
    assert 1 <= len(records) < 4
    assert small_disk["kept"]
    assert len([name for name in small_disk["whole"] if name.endswith("run.json")]) == 4


@fault("read-only")
def test_a_read_only_folder(small_disk, saw):
    saw(small_disk["said"]["read-only"])
    assert small_disk["trained read-only"] == 0
    assert small_disk["unharmed"]


@fault("file-in-place")
def test_a_file_in_place_of_the_folder(tmp_path, saw):
    path = tmp_path / "results"
    path.write_text("mine")
    saw(refused(*REPRODUCE, path))
    assert path.read_text() == "mine"


@fault("vanished")
def test_the_folder_vanishes_during_the_run(tmp_path, saw, monkeypatch):
    results, lost = tmp_path / "results", []

    def write(path, record):
        if not lost and list(results.glob("full/*/seed-*")):
            lost.append(results)
            shutil.rmtree(results)
        return write_record(path, record)

    monkeypatch.setattr(physlib.reproduce, "write_record", write)
    result = command(*REPRODUCE, results)
    assert result.exit_code == 0
    saw(result.stdout)
    assert lost
    outcome = run(results)
    assert (outcome.done, outcome.found) == (1, 3)
