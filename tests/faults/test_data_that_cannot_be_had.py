"""Datasets that are damaged, and mirrors that serve them badly or not at all."""

import threading

import pytest
import small_dataset
import torchvision
from commands import command, contents, refused
from faults import fault

from physlib import archives
from physlib.archives import STEMS, data_folders

NAME = "train-images-idx3-ubyte.gz"
TRAIN = ["train", "mlp", "--set", "hidden=8", "--epochs", 1]
FASHION = [*TRAIN, "--dataset", "fashion-mnist"]
WEB_PAGE = b"<!DOCTYPE html><title>Please log in</title>"

# As in the command; the tests' own setting makes an error of a warning.
warnings_are_told = pytest.mark.filterwarnings("always")


def trains(*arguments):
    """What the command says beside its result and torchvision's bars."""
    result = command(*arguments, "--json")
    assert result.exit_code == 0
    return "".join(line for line in result.stderr.splitlines(True) if "%|" not in line).strip()


def damaged_and_fetched_again(fashion, damage):
    raw = small_dataset.put(data_folders()[-1], fashion)
    (raw / NAME).write_bytes(damage(fashion[NAME]))
    said = trains(*FASHION)
    assert contents(raw) == {**fashion, f"{NAME}.corrupt": damage(fashion[NAME])}
    return said


@fault("cut-data")
@pytest.mark.parametrize("kept", [0, -7])
@warnings_are_told
def test_a_file_that_is_cut_short(server, fashion, saw, kept):
    saw(damaged_and_fetched_again(fashion, lambda whole: whole[:kept]))


@fault("flipped-data")
@warnings_are_told
def test_a_file_with_a_flipped_bit(server, fashion, saw):
    saw(
        damaged_and_fetched_again(
            fashion, lambda whole: whole[:20] + bytes([whole[20] ^ 1]) + whole[21:]
        )
    )


@fault("page-for-data")
@warnings_are_told
def test_a_web_page_in_place_of_a_file(server, fashion, saw):
    saw(damaged_and_fetched_again(fashion, lambda _: WEB_PAGE))


@fault("damaged-unpacked")
@warnings_are_told
def test_unpacked_mnist_that_is_damaged(fashion, monkeypatch, tmp_path, saw):
    raw = tmp_path / "given" / "MNIST" / "raw"
    raw.mkdir(parents=True)
    damaged = raw / STEMS[0]
    damaged.write_bytes(b"certainly not sixty thousand images")
    monkeypatch.setattr(torchvision.datasets.MNIST, "mirrors", ["http://127.0.0.1:9/"])
    monkeypatch.setenv("PHYSLIB_DATA", str(tmp_path / "given"))
    result = command(*TRAIN, "--dataset", "mnist")
    assert (result.exit_code, result.stdout) == (1, "")
    saw(result.stderr)
    assert contents(raw) == {f"{STEMS[0]}.corrupt": b"certainly not sixty thousand images"}


def refused_without(fashion, missing=NAME):
    """What the command says when one file is neither here nor to be had; the others stay."""
    cache = data_folders()[-1]
    small_dataset.put(cache, {name: c for name, c in fashion.items() if name != missing})
    before = contents(cache)
    said = refused(*FASHION)
    assert contents(cache) == before
    return said


@fault("damaged-download")
def test_a_mirror_that_serves_a_web_page(server, fashion, saw):
    server[NAME] = WEB_PAGE
    saw(refused_without(fashion))


@fault("cut-download")
def test_a_connection_that_breaks(fashion, mirror, saw):
    mirror(lambda handler, name: small_dataset.send(handler, fashion[name][:99], of=9999))
    saw(refused_without(fashion))


@fault("mute-mirror")
def test_a_mirror_that_says_nothing(fashion, mirror, monkeypatch, saw):
    over, patient = threading.Event(), archives._timeout
    monkeypatch.setattr(archives, "_timeout", lambda seconds: patient(seconds / 100))
    mirror(lambda *_: over.wait(60))
    saw(refused_without(fashion))
    over.set()


@fault("nonsense-mirror")
def test_a_proxy_that_talks_nonsense(fashion, mirror, saw):
    mirror(lambda handler, _: handler.wfile.write(b"SSH-2.0-OpenSSH_9.2\r\n"))
    saw(refused_without(fashion))


@fault("no-network")
def test_neither_a_copy_nor_a_network(fashion, saw):
    saw(refused_without(fashion))


@fault("file-for-folder")
def test_a_file_in_place_of_the_data(fashion, monkeypatch, tmp_path, saw):
    small_dataset.put(data_folders()[-1], fashion)
    file = tmp_path / "file"
    file.write_text("mine")
    monkeypatch.setenv("PHYSLIB_DATA", str(file))
    saw(trains(*FASHION))
    assert file.read_text() == "mine"


@fault("folder-for-file")
@warnings_are_told
def test_a_folder_in_place_of_a_file(fashion, monkeypatch, tmp_path, saw):
    small_dataset.put(data_folders()[-1], fashion)
    folder = tmp_path / "given" / "FashionMNIST" / "raw" / NAME
    folder.mkdir(parents=True)
    monkeypatch.setenv("PHYSLIB_DATA", str(tmp_path / "given"))
    saw(trains(*FASHION))
    assert folder.is_dir()
