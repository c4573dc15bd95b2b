"""The sweep on paper against what can be calculated."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_prose import typed_results

from benchmarks import cluster, sweeps
from physlib import theory
from physlib.sweeps import Cluster, simulate

ROOT = Path(__file__).parents[1]
LENGTHS = st.lists(st.floats(0.1, 100), min_size=1, max_size=40)


@given(LENGTHS, st.integers(1, 12))
def test_without_faults_the_end_is_within_its_bounds(lengths, workers):
    found = simulate(lengths, Cluster(workers))
    low, high = theory.makespan_bounds(sum(lengths), max(lengths), workers)
    assert low * (1 - 1e-12) <= found.wall <= high * (1 + 1e-12)
    assert found.useful == pytest.approx(sum(lengths))
    assert (found.lost, found.deaths, found.given_up) == (0, 0, 0)


@given(LENGTHS, st.integers(1, 12), st.floats(5, 500), st.floats(0, 9), st.integers(0, 9))
def test_every_second_that_is_paid_for_is_accounted_for(lengths, workers, life, startup, seed):
    found = simulate(lengths, Cluster(workers, startup, life, dispatch=0.3, write=0.2), seed)
    assert found.paid == pytest.approx(workers * found.wall)
    assert found.idle >= -1e-6 * found.paid
    assert found.given_up <= found.deaths / 4
    assert (found.lost > 0) == (found.deaths > 0)


def test_equal_runs_go_in_rounds():
    assert simulate([7.0] * 20, Cluster(6, startup=3)).wall == 3 + 4 * 7


def test_a_slow_scheduler_sets_the_pace_and_so_does_a_slow_disk():
    """With a worker for each run, only what is done one by one is left."""
    assert simulate([2.0] * 500, Cluster(500, dispatch=0.1)).wall == pytest.approx(50 + 2)
    assert simulate([2.0] * 500, Cluster(500, write=0.1)).wall == pytest.approx(2 + 50)


def test_the_longest_first_end_sooner():
    """The classical case: the long one must not come last."""
    lengths = [1.0] * 30 + [10.0]
    assert simulate(lengths, Cluster(4)).wall == 17.5 - 0.5
    assert simulate(lengths[::-1], Cluster(4)).wall == 10


@pytest.mark.parametrize(("seconds", "life", "startup"), [(30, 100, 5), (60, 60, 20)])
def test_deaths_cost_what_they_must(seconds, life, startup):
    """One worker, and so the wall time is the sum over independent runs: within three errors."""
    runs, seeds = 2000, 8
    found = [
        simulate([seconds] * runs, Cluster(1, startup, life, allowed=10**6), seed)
        for seed in range(seeds)
    ]
    measured = np.array([(f.wall - startup) / runs for f in found])
    deaths = np.array([f.deaths / runs for f in found])
    for values, expected in (
        (measured, theory.expected_seconds(seconds, life, startup)),
        (deaths, theory.expected_attempts(seconds, life) - 1),
    ):
        error = values.std(ddof=1) / np.sqrt(seeds)
        assert 3 * error < 0.05 * expected  # five percent would be seen
        assert values.mean() == pytest.approx(expected, abs=3 * error)


def test_runs_are_given_up_as_often_as_they_must():
    runs, chance = 40_000, theory.chance_given_up(100, 100, allowed=3)
    found = simulate([100.0] * runs, Cluster(8, life=100.0), seed=1)
    error = np.sqrt(runs * chance * (1 - chance))
    assert 3 * error < 0.05 * runs * chance
    assert found.given_up == pytest.approx(runs * chance, abs=3 * error)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Cluster(0), "workers must be at least 1, got 0"),
        (lambda: Cluster(1, startup=-1), "startup must be finite and in"),
        (lambda: Cluster(1, life=0), "life must be positive, got 0"),
        (lambda: Cluster(1, allowed=-1), "allowed must be at least 0"),
        (lambda: simulate([], Cluster(1)), "seconds must be positive and finite"),
        (lambda: simulate([1, float("nan")], Cluster(1)), "seconds must be positive"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.fixture(scope="module")
def plan():
    """What is on record in this checkout."""
    return sweeps.Plan.read(ROOT / "results")


def test_the_committed_plan_is_what_the_records_say(plan):
    assert (ROOT / "book" / "cluster.md").read_text() == sweeps.page(plan), (
        "the records, the plan or its page have changed: run `python -m benchmarks page`"
    )
    drawn = (ROOT / "book" / sweeps.FIGURE).read_text()
    for limit in plan.floors:
        assert f">{limit}<" in drawn


def test_no_result_of_the_plan_is_typed():
    assert typed_results(sweeps.PLAN.read_text()) == []


def test_the_plan_respects_its_limits(plan):
    """What the page says of the curve holds for the numbers behind it."""
    for outcomes in (plan.steady, plan.mortal):
        for workers, found in outcomes.items():
            low, _ = theory.makespan_bounds(found.useful, plan.lengths[0], workers)
            assert found.wall >= max(low, *plan.floors.values()) or found.given_up
    assert plan.steady[sweeps.bend(plan)].useful >= 0.9 * plan.steady[sweeps.bend(plan)].paid
    assert sum(plan.lengths) == pytest.approx(
        sweeps.RUNS * np.mean(plan.seconds), rel=0.02
    )  # the sample is the book's own mix of runs


def test_the_cost_of_a_sweep_is_measured_at_small_sizes():
    measured = cluster.run(counts=(4, 8), stored=(4, 8), rounds=1, dataset="digits")
    what = {c["settings"]["what"]: c["seconds"].keys() for c in measured["comparisons"]}
    assert what["sweep"] == what["scan"] == {"4", "8"}
    assert {"write", "start"} <= what.keys()
    sizes = measured["bytes"]
    assert sizes["blocks"] >= sizes["values.csv"] + sizes["run.json"] > 1000
