"""Small experiments on the stand-in digits: what is tested is the machinery, not the physics."""

import json
from pathlib import Path

import pytest
import torch
from small_experiments import BAD, CHAIN, KNOWN, SEARCH, SMALL, run, second, values

from physlib.experiments import Experiment
from physlib.measurement import measure
from physlib.records import RecordError, read_record, record_path
from physlib.training import fit


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """An uninterrupted serial run."""
    results = tmp_path_factory.mktemp("whole")
    assert run(results).done == 4
    return results


@pytest.fixture
def one_thread():
    """As on record: with more threads, sums are taken in another order."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.mark.usefixtures("one_thread")
def test_what_is_on_record_is_what_a_run_gives(whole):
    found = read_record(record_path(whole, "full", SMALL[1], 1), SMALL[1], 1)
    live = fit(SMALL[1], 1, "cpu")
    assert found.curve("test_accuracy") == live.history["test_accuracy"]
    assert found.curve("train_loss") == live.history["train_loss"]
    assert {name: found.final(name) for name in measure(live)} == pytest.approx(measure(live))
    assert found.facts["profile"] == "full"
    assert found.facts["status"] == "completed"
    assert found.facts["machine"]["threads"] == 1
    assert {"torch", "numpy", "python", "physlib"} <= found.facts["versions"].keys()
    assert found.facts["dataset_md5"] == {}  # scikit-learn's version says which digits
    assert len(found.facts["seconds"]["epochs"]) == 1
    assert found.facts["commit"].keys() == {"id", "dirty"}


def test_nothing_is_done_twice(whole):
    before = {p: p.stat().st_mtime_ns for p in whole.rglob("seed-*/*")}
    outcome = run(whole)
    assert (outcome.done, outcome.found) == (0, 4)
    assert {p: p.stat().st_mtime_ns for p in whole.rglob("seed-*/*")} == before


def test_a_search_space_goes_on_record(whole):
    found = json.loads((whole / "full" / "searches" / "small.json").read_text())
    assert found == {"name": "small", "space": SEARCH.space, "trials": ["small-a", "small-b"]}


def test_two_processes_give_the_same_bits(whole, tmp_path):
    assert run(tmp_path, jobs=2).done == 4
    assert values(tmp_path) == values(whole)


def test_a_dask_cluster_gives_the_same_bits(whole, tmp_path):
    """Two threads in one worker: torch's global generator must not be shared."""
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=2, processes=False, dashboard_address=":0"
    ) as cluster:
        assert run(tmp_path, jobs=-1, dask=cluster.scheduler_address).done == 4
    assert values(tmp_path) == values(whole)


def test_experiments_that_need_others_come_after_them(tmp_path):
    outcome = run(tmp_path, names=["second"], known=CHAIN)
    assert (outcome.done, outcome.found, outcome.diverged) == (5, 1, 1)  # small-a, seed 0: once
    dependent = next(tmp_path.glob("full/dependent/seed-000"))
    accuracy = read_record(tmp_path / "full/small-a/seed-000").final("test_accuracy")
    assert read_record(dependent).recipe.lr == 1e-3 * (1 + accuracy)


def test_a_divergence_is_on_record_with_its_step_and_reason(tmp_path):
    assert run(tmp_path, names=["first"], known=CHAIN).diverged == 1
    found = read_record(record_path(tmp_path, "full", BAD, 0), BAD, 0)
    assert found.facts["status"] == "diverged"
    assert 0 < found.facts["diverged_at"] < 12
    assert found.facts["why"] == "the training loss is not finite"
    assert found.rows == []


def test_a_failure_is_told_after_the_others_have_finished(tmp_path, monkeypatch):
    def broken(recipe, seed, *_, **__):
        if (recipe.name, seed) == ("small-a", 0):
            raise RuntimeError("the disk\nsqueaks")
        return fit(recipe, seed, "cpu")

    monkeypatch.setattr("physlib.reproduce.fit", broken)
    known = {**KNOWN, "late": Experiment("late", "?", 1, second, needs="small")}
    outcome = run(tmp_path, known=known)
    assert outcome.done == 3
    assert outcome.failed == [
        "small-a, seed 0: RuntimeError: the disk squeaks",
        "late: left out, since small failed",
    ]
    monkeypatch.undo()
    assert run(tmp_path, known=known).done == 2  # the failed one, and the dependent one


def test_a_record_of_another_recipe_stops_everything(whole, tmp_path):
    run(tmp_path)
    before = values(tmp_path)
    changed = {"small": Experiment("small", "?", 3, lambda _: (SMALL[0].replace(lr=0.5),))}
    with pytest.raises(RecordError, match=r"small-a/seed-000 belongs .* lr is 0.001 there, 0.5"):
        run(tmp_path, known=changed)
    assert values(tmp_path) == before


def test_the_fast_profile_shrinks_seeds_and_epochs(tmp_path):
    long = Experiment("long", "?", 5, lambda _: (SMALL[0].replace(epochs=9),), fast_epochs=2)
    assert run(tmp_path, profile="fast", known={"long": long}).done == 2
    records = [read_record(p) for p in sorted(tmp_path.glob("fast/small-a/*"))]
    assert [r.seed for r in records] == [0, 1]
    assert all(len(r.curve("test_accuracy")) == 2 for r in records)
    assert records[0].facts["profile"] == "fast"


def test_one_name_must_be_one_recipe(tmp_path):
    two = Experiment("two", "?", 1, lambda _: (SMALL[0], SMALL[0].replace(lr=0.5)))
    with pytest.raises(ValueError, match="one recipe only, got two of 'small-a'"):
        run(tmp_path, known={"two": two})


def test_unknown_words_and_places_are_refused(tmp_path):
    with pytest.raises(ValueError, match="results cannot be written to '/proc/nope"):
        run(Path("/proc/nope"))
    with pytest.raises(ValueError, match="experiment must be one of 'small', got 'big'"):
        run(tmp_path, names=["big"])
    with pytest.raises(ValueError, match="profile must be one of 'fast', 'full', got 'slow'"):
        run(tmp_path, profile="slow")
