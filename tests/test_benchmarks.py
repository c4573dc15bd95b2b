"""Benchmarks at tiny sizes, on fake clocks, and the page that tells of them. Nothing is timed."""

import json
import re
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from test_prose import typed_results

from benchmarks import epoch, layer, optimizer, page, scaling, seeds, startup
from benchmarks.__main__ import TABLES, slug, write
from benchmarks.interleaved import Comparison, Quartiles, Target, blocks, compare, judged, once

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "results" / "bench"


def scripted(seconds):
    """A clock that has been told what each call takes, and the order in which it was asked."""
    asked = []

    def measure(candidate):
        asked.append(candidate)
        took = seconds[candidate].pop(0)
        return Quartiles(took / 2, took, took * 2)

    return measure, asked


def test_candidates_take_turns_after_one_call_each():
    called = []
    a, b = (lambda: called.append("a")), (lambda: called.append("b"))
    measure, asked = scripted({a: [1.0, 2.0, 3.0], b: [4.0, 4.0, 4.0]})
    found = compare({"a": a, "b": b}, 3, measure)
    assert called == ["a", "b"]
    assert asked == [a, b] * 3
    assert found.rounds["a"] == [(0.5, 1, 2), (1, 2, 4), (1.5, 3, 6)]


def test_the_ratio_is_taken_within_rounds():
    """A machine that slows down tenfold changes no ratio."""
    slower = np.logspace(0, 1, 9)
    quick, slow = object(), object()
    measure, _ = scripted({quick: [*slower], slow: [*(2 * slower)]})
    names = {"quick": lambda: None, "slow": lambda: None}
    by_name = dict(zip(names.values(), (quick, slow), strict=True))
    found = compare(names, 9, lambda candidate: measure(by_name[candidate]))
    assert found.ratio("slow", "quick") == pytest.approx((2, 2, 2))
    assert found.ratio("quick").median == pytest.approx(np.median(slower))


def test_the_interval_is_of_order_statistics():
    """Of ten values, the second and the ninth hold the median in 97.9 % of cases."""
    values = [3.0, 1.0, 4.0, 1.5, 9.0, 2.6, 5.0, 3.5, 8.0, 7.0]
    found = Comparison({"a": [Quartiles(v, v, v) for v in values]})
    assert found.ratio("a") == (3.75, 1.5, 8.0)
    few = Comparison({"a": [Quartiles(v, v, v) for v in values[:5]]})
    assert few.ratio("a") == (3.0, 0, float("inf"))


def test_part_of_the_work_is_scaled_up_and_bad_input_is_named():
    found = compare({"part": lambda: None}, 1, lambda _: Quartiles(1, 2, 3), {"part": 10})
    assert found.rounds == {"part": [(10, 20, 30)]}
    with pytest.raises(ValueError, match=r"scale must name candidates \(a\), got {'b'}"):
        compare({"a": lambda: None}, scale={"b": 2})
    with pytest.raises(ValueError, match="rounds must be"):
        compare({"a": lambda: None}, 0)


@pytest.mark.parametrize(
    ("target", "value", "met"),
    [
        (Target("a", "b", at_most=1.6), 1.6, True),
        (Target("a", "b", at_most=1.6), 1.61, False),
        (Target("a", "b", at_least=50), 49.9, False),
        (Target("a", "b"), 1.0, None),
    ],
)
def test_a_target_is_met_by_the_median(target, value, met):
    found = Comparison({"a": [Quartiles(0, value, 9)] * 6, "b": [Quartiles(0, 1, 2)] * 6})
    plain = found.as_json(target, threads=2)
    assert plain["settings"] == {"threads": 2}
    (t,) = plain["targets"]
    assert (t["median"], t["met"]) == (pytest.approx(value), met)
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain
    assert Comparison.from_json(plain) == found


def test_what_did_not_run_has_no_target():
    plain = Comparison({"a": [Quartiles(1, 1, 1)]}).as_json(Target("a", "gone"), Target("a"))
    assert [(t["of"], t["to"], t["high"]) for t in plain["targets"]] == [("a", None, None)]


def test_torch_measures_in_order():
    assert once(lambda: None).median >= 0
    q1, median, q3 = blocks(threads=1, seconds=1e-4)(lambda: None)
    assert 0 < q1 <= median <= q3


def names(comparison):
    return set(comparison["seconds"])


def test_layer_counts_its_memory():
    measured = layer.run("cpu", 32, 50, 10, rounds=1, seconds=1e-4, threads=(1,))
    assert [c["settings"]["input_gradient"] for c in measured["comparisons"]] == [False, True]
    memory = measured["memory"]
    assert memory["kept"]["nn.Linear"] == 0
    # The printed layer holds one matrix per image, and as much again as its gradient.
    assert memory["peak"]["as printed"] > 2 * 10
    assert memory["peak"]["HyperbolicLinear"] < 10
    assert {t["what"] for t in memory["targets"]} == {"kept", "peak"}


def test_optimizer_steps():
    measured = optimizer.run("cpu", width=4, rounds=1, seconds=1e-4, threads=(1,))
    (comparison,) = measured["comparisons"]
    assert "Langevin, two-point noise" in names(comparison)
    assert measured["sizes"]["parameters"] == 794 * 4 + 12


def test_epoch_scales_the_printed_steps_and_names_who_is_missing(mnist, monkeypatch):
    there = {name for name, package in epoch.peers.FRAMEWORKS.items() if find_spec(package)}
    measured = epoch.run("cpu", samples=256, printed_steps=1, rounds=1)
    comparison, *on_one_thread = measured["comparisons"]
    ran = {
        "physlib",
        "physlib, two-point noise",
        "bare MLP",
        "bare MLP in physlib's loop",
        "as printed",
        "torch's tutorial (MLP)",
    }
    assert names(comparison) == ran | there
    for fast in on_one_thread:  # where there is more than one
        assert fast["settings"]["threads"] == 1
        assert names(fast) < ran
    monkeypatch.setattr(epoch, "find_spec", lambda _: None)
    alone = epoch.run("cpu", samples=256, printed_steps=1, rounds=1)
    assert alone["missing"] == ["Lightning", "skorch"]
    assert names(alone["comparisons"][0]) == ran


def test_seeds_together_and_apart():
    measured = seeds.run("cpu", counts=(2,), rounds=1, dataset="digits")
    (comparison,) = measured["comparisons"]
    assert names(comparison) == {"one program", "one process per core"}


def test_startup_commands_run():
    (comparison,) = startup.run(rounds=1)["comparisons"]
    assert names(comparison) == startup.COMMANDS.keys()


def test_scaling_at_small_sizes(mnist):
    sizes = dict.fromkeys(scaling.SIZES, (8, 16, 32, 64))
    measured = scaling.run("cpu", sizes, rounds=1, seconds=1e-4)
    assert [c["settings"]["what"] for c in measured["comparisons"]] == list(sizes)


def test_a_power_law_is_found_within_its_interval():
    n = np.array([1, 2, 4, 8, 16])
    assert scaling.power_law(n, 3 * n**1.5) == pytest.approx((1.5, 1.5, 1.5))
    noise = np.random.default_rng(0).normal(0, 0.05, (400, 5))
    fits = [scaling.power_law(n, n * np.exp(row)) for row in noise]
    held = np.mean([fit.low <= 1 <= fit.high for fit in fits])
    assert held == pytest.approx(0.95, abs=3 * np.sqrt(0.95 * 0.05 / 400))


def test_a_table_is_written_with_where_it_comes_from(tmp_path):
    path = write(tmp_path, "layer", "cpu", {"comparisons": [{"x": [1.0, 2.0]}]}, 1.23)
    assert path == tmp_path / "cpu" / "layer.json"
    record = json.loads(path.read_text())
    assert {"date", "versions", "device", "machine", "commit", "comparisons"} <= record.keys()
    assert record["machine"]["threads"] >= 1
    assert '"x": [1.0, 2.0]' in path.read_text()
    assert slug("NVIDIA H100 80GB HBM3") == "nvidia-h100-80gb-hbm3"


@pytest.fixture(scope="module")
def shelf():
    """What is on record in this checkout."""
    return page.read(RESULTS)


def test_the_committed_page_is_what_the_records_say(shelf):
    assert (ROOT / "book" / "performance.md").read_text() == page.page(shelf), (
        "the records, the lesson or the page have changed: run `python -m benchmarks page`"
    )


def test_the_committed_figure_shows_the_records(shelf):
    drawn = (ROOT / "book" / page.FIGURE).read_text()
    for loops in page.epochs(shelf).values():
        for name, (median, *_) in loops.items():
            assert f">{name}<" in drawn
            assert f">{page.duration(median)}<" in drawn


def test_the_records_are_whole_and_their_targets_follow_from_their_rounds(shelf):
    assert shelf["cpu"].keys() == TABLES.keys() == set(page.TABLES)
    for record in shelf["cpu"].values():
        for plain in record["comparisons"]:
            found = Comparison.from_json(plain)
            for t in plain["targets"]:
                target = Target(*(t[k] for k in ("of", "to", "at_most", "at_least")))
                again = judged(target, found.ratio(t["of"], t["to"]))
                assert again["median"] == pytest.approx(t["median"], rel=1e-3)


def test_every_place_of_the_lesson_is_filled(shelf):
    text = page.page(shelf)
    assert "<<" not in text
    assert "Not measured yet" not in text
    for what, _ in re.findall(r"<<(\w+)(: .+?)?>>", page.LESSON.read_text()):
        assert what in page._PARTS or what in TABLES


def test_a_missed_target_and_a_missing_peer_are_said(shelf):
    plain = Comparison(
        {"slow": [Quartiles(1, 2, 3)] * 6, "fast": [Quartiles(1, 1, 1)] * 6}
    ).as_json(Target("slow", "fast", at_most=1.5), threads=1)
    made_up = {**shelf["cpu"]["epoch"], "comparisons": [plain], "missing": ["skorch"]}
    text = page.page({"cpu": {"epoch": made_up}})
    assert "| slow / fast | CPU, 1 thread | 2 [2, 2] | at most 1.5 | **missed** |" in text
    assert "Of 1 targets, 0 are met and 1 missed." in text
    assert "Not installed, and so not measured: skorch." in text
    assert "No GPU has been measured yet" in text


def test_a_gpu_has_its_rows_and_its_panel(shelf):
    gpu = {**shelf["cpu"]["epoch"], "device": "NVIDIA H100"}
    both = {**shelf, "nvidia-h100": {"epoch": gpu}}
    text = page.page(both)
    assert "Measured on NVIDIA H100" in text
    assert "| NVIDIA H100, " in text
    assert list(page.epochs(both)) == ["CPU", "NVIDIA H100"]


def test_no_number_of_the_page_is_typed():
    assert typed_results(page.page({})) == []


def test_durations_have_three_digits():
    assert [page.duration(s) for s in (1234.5, 1.234, 0.01234, 9.87e-6)] == [
        "1234 s",
        "1.23 s",
        "12.3 ms",
        "9.87 µs",
    ]
