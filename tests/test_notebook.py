import pytest

from physlib.claims import claims
from physlib.claims.judging import Shelf
from physlib.notebook import records, sensitivity_table, source, verdict_table
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
    assert "[parameters](../../book/verdicts.md#verdict-parameters)" in text
    assert "| … no record yet | – |" in text
    with pytest.raises(KeyError):
        verdict_table(Shelf(tmp_path, "full"), "no such claim")


def test_other_definitions_are_a_table(tmp_path):
    text = sensitivity_table(Shelf(tmp_path, "full"), "stable-states").data
    assert "| without the quartic term | " in text
    assert len(text.splitlines()) == 2 + len(claims["stable-states"].variants)
