import json
import math
from dataclasses import replace

import pytest

from physlib.experiments import Experiment
from physlib.records import RecordError, read_record, record_path
from physlib.reproduce import reproduce
from physlib.studies import Study

TOY = Study("toy", "physlib.studies:toy", {"size": 3, "widths": [1, 2]}, seconds=0.1)


@pytest.fixture(autouse=True)
def toy(monkeypatch):
    def rows(*, size, widths, seed):
        return [(step, "sum", seed + step + sum(widths)) for step in range(size)]

    monkeypatch.setattr("physlib.studies.toy", rows, raising=False)


def known(study=TOY, **options):
    return {"toys": Experiment("toys", "?", 3, lambda _: (study,), **options)}


def test_a_study_is_on_record_like_any_run(tmp_path):
    outcome = reproduce(results=tmp_path, jobs=1, known=known(), progress=False)
    assert (outcome.done, outcome.failed) == (3, [])
    found = read_record(record_path(tmp_path, "full", TOY, 2), TOY, 2)
    assert found.curve("sum") == [5.0, 6.0, 7.0]
    assert found.recipe == TOY
    assert found.facts["dataset_md5"] == {}
    again = reproduce(results=tmp_path, jobs=1, known=known(), progress=False)
    assert (again.done, again.found) == (0, 3)


def test_the_fast_profile_takes_its_own_settings(tmp_path):
    experiments = known(fast_settings={"size": 1})
    reproduce(profile="fast", results=tmp_path, jobs=1, known=experiments, progress=False)
    assert read_record(tmp_path / "fast/toy/seed-001").rows == [(0, "sum", 4.0)]


def test_a_record_of_other_settings_is_refused_by_name(tmp_path):
    reproduce(results=tmp_path, jobs=1, known=known(), progress=False)
    with pytest.raises(RecordError, match=r"settings is .*'size': 3.* there, .*'size': 4.* here"):
        reproduce(results=tmp_path, jobs=1, known=known(TOY.replace(size=4)), progress=False)


def test_what_was_not_reached_is_nan_and_stays(tmp_path, monkeypatch):
    monkeypatch.setattr("physlib.studies.toy", lambda **_: [(1, "calls", math.nan)])
    reproduce(results=tmp_path, jobs=1, known=known(), progress=False)
    assert math.isnan(read_record(tmp_path / "full/toy/seed-000").final("calls"))


def test_what_comes_back_from_json_is_the_same_study():
    study = replace(TOY, dataset="digits")
    back = Study(**json.loads(json.dumps(study.as_data())))
    assert back == study != TOY
    assert back.settings["widths"] == TOY.settings["widths"] == (1, 2)
    assert hash(back) == hash(study)
    nested = Study("nested", TOY.function, {"sizes": [[1, 2], [3]]})
    assert nested.settings["sizes"] == ((1, 2), (3,))


@pytest.mark.parametrize("function", ["os:remove", "physlib:x.y", "physlib.studies"])
def test_a_function_outside_the_library_is_refused(function):
    with pytest.raises(ValueError, match=r"function must read 'physlib\.module:name', got"):
        Study("bad", function, {})


def test_settings_are_plain_and_known():
    with pytest.raises(ValueError, match="settings must be plain values .* got size="):
        Study("bad", "physlib.studies:toy", {"size": object()})
    with pytest.raises(ValueError, match="setting must be one of 'size', 'widths', got 'width'"):
        TOY.replace(width=1)
