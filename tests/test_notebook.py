import json
import math
import platform
import resource
import time
from datetime import date

import pytest
import torch

from physlib.claims import claims
from physlib.claims.judging import Shelf
from physlib.intervals import Interval
from physlib.notebook import (
    COST,
    cost,
    markdown_table,
    records,
    sensitivity_table,
    signed,
    source,
    verdict_table,
)
from physlib.records import MissingRecordError, committed_results


def test_source_is_the_library_s_own():
    text = source(verdict_table).data
    assert text.startswith("```python\ndef verdict_table(")
    with pytest.raises(TypeError):
        source(len)


def test_records_are_found_from_below(tmp_path, monkeypatch):
    (tmp_path / "results" / "full").mkdir(parents=True)
    below = tmp_path / "notebooks" / "part"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    assert committed_results() == tmp_path / "results"
    assert list(records()) == []


def test_missing_records_are_one_clear_error(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("physlib.records.__file__", str(tmp_path / "physlib" / "records.py"))
    with pytest.raises(MissingRecordError, match="run this in a clone"):
        records()


def test_verdicts_are_rows_that_link_to_their_page(tmp_path):
    text = verdict_table(Shelf(tmp_path, "full"), "parameters", "accuracy").data
    assert "[parameters](#verdict-parameters)" in text
    assert "| … no record yet | – |" in text
    with pytest.raises(KeyError):
        verdict_table(Shelf(tmp_path, "full"), "no such claim")


def test_other_definitions_are_a_table(tmp_path):
    text = sensitivity_table(Shelf(tmp_path, "full"), "stable-states").data
    assert "| without the quartic term | " in text
    assert len(text.splitlines()) == 2 + len(claims["stable-states"].variants)

    assert "parameters" in claims


def test_tables_and_intervals_in_words():
    table = markdown_table(["a", "b"], [["one", 2]]).data
    assert table.splitlines() == ["| a | b |", "| --- | --- |", "| one | 2 |"]
    assert signed(Interval(0.001, -0.0125, 0.02), 100, 1) == "+0.1 [−1.2, +2.0]"
    assert signed(Interval(math.nan, -math.inf, math.inf)) == "–"


def test_the_last_cell_says_what_was_measured(monkeypatch):
    shown = []
    monkeypatch.setattr("physlib.notebook.display", lambda data, **more: shown.append((data, more)))
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    monkeypatch.setattr("torch.get_num_threads", lambda: 3)
    cost(time.perf_counter() - 75)
    [(data, more)] = shown
    measured = json.loads(json.dumps(more["metadata"][COST]))  # as a notebook keeps it
    assert 75 <= measured["seconds"] < 80
    assert measured["memory"] == pytest.approx(
        1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, rel=0.01
    )
    assert measured["device"] == "3 CPU threads"
    assert measured["date"] == date.today().isoformat()
    assert measured["versions"]["Python"] == platform.python_version()
    assert measured["versions"]["torch"] == torch.__version__
    assert data["text/plain"].startswith(
        f"Runs in {measured['seconds']:.0f} s on 3 CPU threads, with at most "
        f"{measured['memory'] / 2**30:.1f} GiB of memory. Last executed on {measured['date']} with "
        f"Python {platform.python_version()}, "
    )
