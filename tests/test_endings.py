"""How made-up runs end and follow a curve, where both can be told beforehand."""

import math

import pytest

from physlib import recipes
from physlib.claims.endings import Ending, apart, cause, collapse_epoch, ending
from physlib.records import Record
from physlib.reference import distance_to_published, lone_jumps, mean_distance, published


def run(curve, status="completed", metric="test_accuracy"):
    rows = [(epoch, metric, value) for epoch, value in enumerate(curve, start=1)]
    return Record(recipes["mlp"], 0, rows, {"status": status})


def test_ours_beside_theirs():
    there = published(2)["test_accuracy"]
    runs = [run([a + shift for a in there]) for shift in (0.01, 0.02, 0.03)]
    tenth, last = apart(runs, 2, "test_accuracy", (10, 100))
    assert (tenth.epoch, last.epoch) == (10, 100)
    assert tenth.theirs == there[10]
    assert tenth.ours == pytest.approx(there[10] + 0.02)
    assert last.student.mean == pytest.approx(0.02)
    half = 4.302653 * 0.01 / math.sqrt(3)  # t(0.975, 2), and the spread of the differences
    assert last.student.high - last.student.mean == pytest.approx(half, rel=1e-4)
    assert 0.01 <= last.bootstrap.low < 0.02 < last.bootstrap.high <= 0.03 + 1e-12


def test_hidden_epochs_are_left_out_and_missing_ones_are_nan():
    hidden = published(1)["train_loss"].isna()
    assert hidden[50]
    runs = [run([height] * 20, metric="train_loss") for height in (0.1, 0.2)]
    found = apart(runs, 1, "train_loss", (20, 50, 100))
    assert [place.epoch for place in found] == [20, 100]
    assert math.isfinite(found[0].ours)
    assert math.isnan(found[1].ours)
    assert math.isnan(found[1].student.low)


def test_the_mean_distance_is_over_the_epochs_asked_for():
    there = published(1)["test_accuracy"].tolist()
    curve = [a + (0.02 if epoch > 10 else 0.5) for epoch, a in enumerate(there[:20], start=1)]
    assert mean_distance(run(curve), 1, 11, 20) == pytest.approx(0.02)
    assert mean_distance(run(curve), 1, 10, 11) == pytest.approx(0.26)
    assert distance_to_published(run(curve), 1) == mean_distance(run(curve), 1, 11, 20)
    assert math.isnan(mean_distance(run(curve), 1, 11, 21))
    assert math.isnan(mean_distance(run(curve, "diverged"), 1, 11, 20))


def test_endings_are_counted():
    runs = [run([0.9]), run([0.9, 0.19]), run([0.1, 0.21]), run([0.9], "diverged")]
    found = ending(runs)
    assert found == Ending(runs=4, diverged=1, collapsed=1)
    assert found.failed == 2
    assert str(found) == "of 4 runs 1 diverged and 1 collapsed"
    assert str(ending(runs[:1])) == "none of 1 runs diverged or collapsed"


def test_the_cause_is_told_by_what_helps():
    fine, half, bad = Ending(5, 0, 0), Ending(4, 1, 1), Ending(5, 3, 0)
    assert cause(fine, bad, bad) == "none"
    assert cause(bad, bad, fine) == "memory"
    assert cause(bad, fine, bad) == "noise"
    assert cause(bad, fine, fine) == "both"
    assert cause(bad, bad, bad) == "either"
    assert cause(bad, half, half) == "both"  # half of the runs is not more than half


def test_the_epoch_of_a_collapse():
    assert collapse_epoch(run([0.9, 0.1, 0.1])) == 2
    assert collapse_epoch(run([0.9, 0.1, 0.8, 0.1], "diverged")) == 4
    assert collapse_epoch(run([0.9, 0.8], "diverged")) == 3
    assert collapse_epoch(run([], "diverged")) == 1
    assert math.isnan(collapse_epoch(run([0.1, 0.8])))


def test_the_published_curves_have_one_lone_jump():
    """A dip of all four accuracies, and of no loss, in the 73rd epoch of both figures."""
    for layers, depth in ((1, 91.25 - 79.07), (2, 95.36 - 77.38)):
        found = lone_jumps(layers, "test_accuracy", 0.03)
        assert list(found) == [73]
        assert found[73] == pytest.approx(-depth / 100)
        assert lone_jumps(layers, "test_loss", 0.03) == {}
