"""Checkpoints and records that are damaged, of something else, or meant to do harm."""

import os
import random
import shutil

import pytest
import torch
from commands import command, contents, refused
from faults import fault
from small_experiments import KNOWN, SMALL, run
from test_records import reseal

from physlib import recipes
from physlib.checkpoints import FORMAT, CheckpointError, load_checkpoint, readable
from physlib.experiments import Experiment
from physlib.records import FORMAT as RECORD_FORMAT
from physlib.records import record_path
from physlib.reproduce import reproduce

TRAIN = ["train", "mlp", "--dataset", "digits", "--set", "hidden=8", "--epochs", 2]
RECIPE = recipes["mlp"].override("dataset=digits", "hidden=8", "epochs=2")


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    """The bytes of a whole one, after the first of two epochs."""
    path = tmp_path_factory.mktemp("whole") / "run.pt"
    assert command(*TRAIN[:-1], 1, "--checkpoint", path).exit_code == 0
    return path.read_bytes()


@pytest.fixture
def path(tmp_path, checkpoint):
    path = tmp_path / "run.pt"
    path.write_bytes(checkpoint)
    return path


def refused_and_left(path, *options):
    """What the command says of the checkpoint, which it leaves as it is."""
    before = path.read_bytes()
    line = refused(*TRAIN, "--checkpoint", path, *options)
    assert path.read_bytes() == before
    assert [p.name for p in path.parent.iterdir()] == [path.name]
    return line


def rewritten(path, **changes):
    """Save the checkpoint again with `changes`, its checksums right."""
    torch.save({**torch.load(path, weights_only=True), **changes}, path)


@fault("cut-checkpoint")
@pytest.mark.parametrize(
    "damage",
    [lambda whole: whole[:-100], lambda whole: whole[:1000], lambda _: b"", lambda _: b"no zip"],
    ids=["end", "middle", "empty", "text"],
)
def test_a_checkpoint_that_is_cut_short(path, saw, damage):
    path.write_bytes(damage(path.read_bytes()))
    saw(refused_and_left(path))


def same(a, b):
    if isinstance(a, torch.Tensor):
        return torch.equal(a, b)
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if isinstance(a, list):
        return len(a) == len(b) and all(map(same, a, b))
    return bool(a == b)


def flipped(content, bit):
    changed = bytearray(content)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


@fault("flipped-checkpoint")
def test_a_checkpoint_with_a_flipped_bit(path, checkpoint, saw):
    """Refused, unless it is one of the few that say nothing, as the time of a file is."""
    whole = load_checkpoint(path, RECIPE, 0)
    weights = whole["model"]["0.weight"].numpy().tobytes()
    path.write_bytes(flipped(checkpoint, 8 * checkpoint.index(weights) + 30))
    saw(refused_and_left(path))
    generator, refusals = random.Random(0), 0
    for _ in range(200):
        path.write_bytes(flipped(checkpoint, generator.randrange(8 * len(checkpoint))))
        try:
            with readable(path):
                assert same(load_checkpoint(path, RECIPE, 0), whole)
        except CheckpointError:
            refusals += 1
    assert refusals > 150


@fault("other-checkpoint")
def test_a_checkpoint_of_another_recipe(path, saw):
    saw(refused_and_left(path, "--set", "lr=0.25"))
    assert "belongs to another run: seed is 0 there, 1 here" in refused_and_left(path, "--seed", 1)
    rewritten(path, recipe={**torch.load(path, weights_only=True)["recipe"], "spin": 2})
    assert "belongs to another run: spin is 2 there" in refused_and_left(path)


@fault("newer-checkpoint")
def test_a_checkpoint_of_a_newer_version(path, saw):
    rewritten(path, format=FORMAT + 1)
    saw(refused_and_left(path))


class Hostile:
    """Makes a folder where it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


@fault("hostile-checkpoint")
def test_a_checkpoint_with_code(path, tmp_path_factory, saw):
    harm = tmp_path_factory.mktemp("harm") / "done"
    rewritten(path, recipe=Hostile(harm))
    saw(refused_and_left(path))
    assert not harm.exists()
    torch.load(path, weights_only=False)
    assert harm.exists()  # it would have been


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """Four records."""
    results = tmp_path_factory.mktemp("results")
    assert run(results).done == 4
    return results


@pytest.fixture
def record(tmp_path, results, monkeypatch):
    """One of four, each free to be damaged."""
    monkeypatch.setitem(reproduce.__kwdefaults__, "known", KNOWN)
    shutil.copytree(results, tmp_path, dirs_exist_ok=True)
    return record_path(tmp_path, "full", SMALL[1], 1)


def refused_and_all_left(results):
    before = contents(results)
    line = refused("reproduce", "--profile", "full", "--jobs", 1, "--results", results)
    assert contents(results) == before
    return line


@fault("flipped-record")
def test_a_record_with_a_flipped_bit(record, tmp_path, saw):
    values = record / "values.csv"
    values.write_bytes(flipped(values.read_bytes(), 8 * 60 + 1))
    saw(refused_and_all_left(tmp_path))


@fault("other-record")
def test_a_record_of_another_recipe(record, tmp_path, saw, monkeypatch):
    other = (SMALL[0], SMALL[1].replace(lr=0.25))
    known = {"small": Experiment("small", "?", 2, lambda _: other)}
    monkeypatch.setitem(reproduce.__kwdefaults__, "known", known)
    saw(refused_and_all_left(tmp_path))


@fault("newer-record")
def test_a_record_of_a_newer_version(record, tmp_path, saw):
    reseal(record, format=RECORD_FORMAT + 1)
    saw(refused_and_all_left(tmp_path))
