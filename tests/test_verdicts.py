import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from physlib import recipes
from physlib.claims import claims
from physlib.claims.judging import Measured, Shelf
from physlib.experiments import Experiment
from physlib.intervals import Interval
from physlib.records import Record, record_path, write_record
from physlib.verdicts import SIGNS, Judged, _section, _shown, as_json, judge, page

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def shelf():
    """What is on record in this checkout."""
    return Shelf(ROOT / "results", "full")


def test_the_committed_page_is_what_the_records_say(shelf):
    assert (ROOT / "book" / "verdicts.md").read_text() == page(shelf, ROOT), (
        "the records, the claims or the page have changed: run `physlib verdicts`"
    )


def test_the_page_has_every_claim_once(shelf):
    text = page(shelf, ROOT)
    for claim in claims.values():
        assert text.count(f"(verdict-{claim.id})=") == 1
        assert text.count(f"](verdict-{claim.id})") == 1
    tally = re.search(r"In sum, (\d+) claims: (.*)\.", text)
    assert int(tally[1]) == len(claims) == sum(map(int, re.findall(r"\d+", tally[2])))


def test_without_records_the_page_says_so(tmp_path):
    empty = Shelf(tmp_path, "full")
    judged = judge(empty)
    arithmetic = {"parameters", "stable-states"}
    assert {j.claim.id for j in judged if j.verdict != "no record yet"} == arithmetic
    text = page(empty, ROOT)
    assert "There are no records of the profile *full* yet." in text
    assert f"{len(claims) - 2} no record yet" in text


def test_chapters_are_linked_where_they_exist(tmp_path):
    claim = claims["accuracy"]
    judged = Judged(claim, "no record yet")
    assert claim.chapter not in "\n".join(_section(judged, tmp_path))
    chapter = tmp_path / f"{claim.chapter}.ipynb"
    chapter.parent.mkdir(parents=True)
    chapter.touch()
    assert f"[](../{claim.chapter})" in "\n".join(_section(judged, tmp_path))


@pytest.mark.parametrize(
    ("name", "interval", "text"),
    [
        ("accuracy", (0.0251, 0.01, 0.04), "2.51 [1.00, 4.00] points"),
        ("accuracy-experimental", (0.97, 0.96, 0.98), "97.00 [96.00, 98.00] %"),
        ("convergence", (-3.5, -5, -2), "−3.5 [−5.0, −2.0] epochs"),
        ("parameters", (1.00126, 1.00126, 1.00126), "1.0013"),
        ("accuracy", (float("nan"),) * 3, "undefined: a run diverged, or did not get there"),
    ],
)
def test_numbers_have_their_units(name, interval, text):
    assert _shown(claims[name], Interval(*interval)) == text


def test_the_two_means_stand_behind_a_difference():
    measured = Measured(Interval(0.01, 0, 0.02), means=(0.97, 0.96))
    (judged,) = judge(
        None, [replace(claims["accuracy"], statistic=lambda _: measured, variants={})]
    )
    text = "\n".join(_section(judged, ROOT))
    assert "1.00 [0.00, 2.00] points (97.00 % against 96.00 %)." in text


def test_thresholds_are_told_in_the_unit_of_the_claim(tmp_path):
    text = page(Shelf(tmp_path, "full"), ROOT)
    assert "within 1 points of 89 %" in text
    assert "the mean at least 2 points, half of what is claimed" in text
    assert "within 0.7 points of 92 %" in text
    assert "{" not in text


def test_the_bootstrap_is_shown_beside_and_decides_nothing():
    measured = Measured(Interval(0.1, -0.1, 0.3), Interval(0.1, 0.05, 0.15))
    claim = next(c for c in claims.values() if c.rule.words.endswith("above 0"))
    (judged,) = judge(None, [replace(claim, statistic=lambda _: measured, variants={})])
    assert judged.verdict == "not reproduced"
    assert judged.variants["bootstrap interval"][0] == "reproduced"


def test_json_is_plain(shelf):
    found = json.loads(json.dumps(as_json(shelf), allow_nan=False))
    assert found["profile"] == "full"
    assert found["claims"].keys() == claims.keys()
    assert {c["verdict"] for c in found["claims"].values()} <= SIGNS.keys()
    assert found["claims"]["parameters"]["interval"]["mean"] == pytest.approx(1.00125, abs=1e-5)


def test_the_origin_names_what_was_read(tmp_path):
    recipe = recipes["physlib"].replace(name="small")
    facts = {
        "status": "diverged",
        "versions": {"torch": "9.9", "python": "3.99"},
        "machine": {"architecture": "abacus", "instructions": "WOOD", "cores": 2},
        "date": "2026-11-20T14:00:00+00:00",
        "commit": {"id": "0123456789abcdef", "dirty": True},
        "seconds": {"total": 7200.0},
    }
    write_record(record_path(tmp_path, "full", recipe, 0), Record(recipe, 0, [], facts))
    known = {"one": Experiment("one", "?", 1, lambda _: (recipe,))}
    text = page(Shelf(tmp_path, "full", known), ROOT)
    assert "1 records of the profile *full*, 1 of them of runs that diverged; 2.0 hours" in text
    assert "120 minutes from the first start to the last end on 2 cores" in text
    assert "abacus (WOOD), torch 9.9, Python 3.99; commit 0123456789, with changes." in text
