import hashlib
import json
import multiprocessing

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from physlib import recipes
from physlib.records import (
    FORMAT,
    Record,
    RecordError,
    as_table,
    read_record,
    record_path,
    write_record,
)

ROWS = [(1, "test_accuracy", 0.1), (2, "test_accuracy", 1 / 3), (2, "nll", 2.5e-300)]
FACTS = {"profile": "full", "status": "completed", "diverged_at": None, "why": None}
RECIPE = recipes["physlib"].replace(epochs=2)


def record(recipe=RECIPE, seed=3, rows=ROWS, **facts):
    return Record(recipe, seed, rows, {**FACTS, **facts})


@pytest.fixture
def path(tmp_path):
    path = record_path(tmp_path, "full", RECIPE, 3)
    assert write_record(path, record())
    return path


def contents(path):
    return {p.name: p.read_bytes() for p in path.iterdir()}


def reseal(path, **changes):
    """Write run.json with a digest that is right, as another version of the code would."""
    facts = json.loads((path / "run.json").read_text())
    facts = {k: v for k, v in {**facts, **changes}.items() if k != "digest"}
    digest = hashlib.sha256((json.dumps(facts, indent=1) + "\n").encode()).hexdigest()
    (path / "run.json").write_text(json.dumps({**facts, "digest": digest}, indent=1) + "\n")


def replace_values(path, text):
    """Put other values into a record, with a sum that is right."""
    (path / "values.csv").write_text(text)
    reseal(path, sha256=hashlib.sha256(text.encode()).hexdigest())


def assert_refused(path, message, recipe=RECIPE, seed=3):
    before = contents(path)
    with pytest.raises(RecordError, match=message) as caught:
        read_record(path, recipe, seed)
    assert str(path) in str(caught.value)
    assert "it is left as it is" in str(caught.value)
    assert contents(path) == before


def test_a_record_comes_back_as_it_was_written(path):
    found = read_record(path, RECIPE, 3)
    assert (found.recipe, found.seed, found.rows) == (RECIPE, 3, ROWS)
    assert {k: found.facts[k] for k in FACTS} == FACTS
    assert found.curve("test_accuracy") == [0.1, 1 / 3]
    assert found.final("nll") == 2.5e-300
    assert [p.name for p in path.parent.iterdir()] == ["seed-003"]  # no temporary is left


def test_the_table_is_tidy(path):
    table = as_table([read_record(path), record(seed=4, rows=ROWS[:1])])
    assert list(table.columns) == ["recipe", "seed", "epoch", "metric", "value"]
    assert table.iloc[1].tolist() == ["physlib", 3, 2, "test_accuracy", 1 / 3]
    assert table.seed.tolist() == [3, 3, 3, 4]
    assert list(as_table([]).columns) == list(table.columns)


def test_values_hold_no_time(path):
    assert (path / "values.csv").read_text() == (
        "recipe,seed,epoch,metric,value\n"
        "physlib,3,1,test_accuracy,0.1\n"
        "physlib,3,2,test_accuracy,0.3333333333333333\n"
        "physlib,3,2,nll,2.5e-300\n"
    )


def test_a_diverged_run_has_no_final_value(tmp_path):
    path = record_path(tmp_path, "full", RECIPE, 3)
    write_record(path, record(status="diverged", diverged_at=7, why="the loss is not finite"))
    found = read_record(path, RECIPE, 3)
    assert found.final("test_accuracy") != found.final("test_accuracy")  # NaN
    assert found.curve("test_accuracy") == [0.1, 1 / 3]
    write_record(tmp_path / "empty", record(rows=[]))
    assert read_record(tmp_path / "empty").rows == []


def test_the_first_writer_wins(path):
    before = contents(path)
    assert not write_record(path, record(rows=[]))
    assert contents(path) == before
    assert [p.name for p in path.parent.iterdir()] == ["seed-003"]


def _write(path, value):
    return write_record(path, record(rows=[(1, "value", float(value))]))


def test_of_many_writers_at_once_exactly_one_wins_and_whole(tmp_path):
    with multiprocessing.get_context("forkserver").Pool(4) as pool:
        for trial in range(20):
            path = tmp_path / f"seed-{trial:03d}"
            won = pool.starmap(_write, [(path, writer) for writer in range(4)])
            assert sum(won) == 1
            assert read_record(path).rows == [(1, "value", float(won.index(True)))]
    assert len(list(tmp_path.iterdir())) == 20


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(data=st.data())
def test_any_changed_byte_is_refused(path, data):
    whole = contents(path)
    name = data.draw(st.sampled_from(sorted(whole)))
    position = data.draw(st.integers(0, len(whole[name]) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda b: b != whole[name][position]))
    damaged = bytearray(whole[name])
    damaged[position] = byte
    (path / name).write_bytes(damaged)
    try:
        assert_refused(path, r"values\.csv|run\.json|belongs to another")
    finally:
        (path / name).write_bytes(whole[name])


@pytest.mark.parametrize("name", ["values.csv", "run.json"])
def test_a_missing_or_cut_file_is_refused(path, name):
    content = (path / name).read_bytes()
    (path / name).write_bytes(content[:-5])
    assert_refused(path, rf"{name} ")
    (path / name).unlink()
    assert_refused(path, rf"{name} cannot be read \(No such file")


@pytest.mark.parametrize("column", ["recipe", "seed", "epoch", "metric", "value"])
def test_a_missing_column_is_refused_by_name(path, column):
    lines = [line.split(",") for line in (path / "values.csv").read_text().splitlines()]
    without = lines[0].index(column)
    text = "\n".join(",".join(v for i, v in enumerate(line) if i != without) for line in lines)
    replace_values(path, text + "\n")
    assert_refused(path, f"values.csv has no column '{column}'")


def test_rows_of_another_run_are_refused(path):
    replace_values(path, (path / "values.csv").read_text().replace("physlib,3,1", "mlp,3,1"))
    assert_refused(path, r"values.csv holds rows of another run: mlp, 3")


def test_another_recipe_or_seed_is_refused_by_name(path):
    message = "belongs to another recipe: lr is 0.001 there, 0.002 here"
    assert_refused(path, message, RECIPE.replace(lr=2e-3))
    assert_refused(path, "belongs to another run: seed is 3 there, 4 here", seed=4)


def test_a_newer_version_is_refused(path):
    reseal(path, format=FORMAT + 1)
    assert_refused(path, f"has format {FORMAT + 1}, this version reads up to {FORMAT}")
    facts = json.loads((path / "run.json").read_text())
    reseal(path, format=FORMAT, recipe={**facts["recipe"], "spin": 2})
    assert_refused(path, "has a recipe of a newer version, with spin")


def test_an_older_recipe_takes_the_defaults(path):
    facts = json.loads((path / "run.json").read_text())
    del facts["recipe"]["label_noise"]
    reseal(path, recipe=facts["recipe"])
    assert read_record(path, RECIPE, 3).recipe == RECIPE


@pytest.mark.parametrize("name", ["", "../up", "a b", "Ünder", "a/b", ".hidden"])
def test_names_that_are_no_folders_are_refused(tmp_path, name):
    with pytest.raises(ValueError, match="name of a recipe on record must be of"):
        record_path(tmp_path, "full", RECIPE.replace(name=name), 0)
