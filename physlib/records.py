"""A run on disk: tidy values and where they come from, written whole, once, or not at all.

A record is a folder, ``results/<profile>/<recipe>/seed-003/``, of two files:

- ``values.csv``: recipe, seed, epoch, metric, value. No times, so that the same run gives the
  same bytes whoever makes it.
- ``run.json``: the recipe, or the study, as data, seed, status, versions, machine, commit, times,
  the SHA-256 of the values, and one of itself.

Both are written into a folder with another name, which is then renamed. A rename onto a folder
that is there fails, so a killed writer leaves no half of a record, and of two writers the first
one wins. Reading checks every byte.
"""

import hashlib
import json
import math
import os
import re
import shutil
import uuid
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, NoReturn

import pandas as pd

from physlib.checks import require_integer
from physlib.files import naming
from physlib.recipes import Recipe
from physlib.studies import Study

FORMAT = 1
COLUMNS = ("recipe", "seed", "epoch", "metric", "value")


class RecordError(RuntimeError):
    """A record that is damaged, of another run, or of a newer version."""


class MissingRecordError(RecordError):
    """No record is there, not even a damaged one."""


@dataclass(frozen=True, eq=False)
class Record:
    """One run as it is on disk.

    ``rows`` are (epoch, metric, value); ``facts`` are the other fields of ``run.json``: profile,
    status, diverged_at, why, versions, device, machine, commit, dataset_md5, seconds, date.
    """

    recipe: Recipe | Study
    seed: int
    rows: list[tuple[int, str, float]]
    facts: dict[str, Any]

    def curve(self, metric: str) -> list[float]:
        """The values of `metric`, epoch by epoch; empty if there are none."""
        return [value for _, name, value in self.rows if name == metric]

    def final(self, metric: str) -> float:
        """The last value of `metric`; NaN for a run that diverged, whatever it had reached."""
        diverged = self.facts["status"] == "diverged"
        return math.nan if diverged else (self.curve(metric) or [math.nan])[-1]

    def table(self) -> pd.DataFrame:
        """The tidy table, with the columns of `COLUMNS`."""
        table = pd.DataFrame(self.rows, columns=["epoch", "metric", "value"])
        table.insert(0, "recipe", self.recipe.name)
        table.insert(1, "seed", self.seed)
        return table


def committed_results() -> Path:
    """The folder ``results`` of the checkout that this is: at or above the working directory, or
    beside the library.

    Raises:
        MissingRecordError: there is none.
    """
    above = [Path.cwd(), *Path.cwd().parents, Path(__file__).parents[1]]
    for folder in above:
        if (folder / "results" / "full").is_dir():
            return folder / "results"
    raise MissingRecordError(
        f"no folder results/full at or above {Path.cwd()}: run this in a clone of the repository"
    )


def record_path(results: Path, profile: str, recipe: Recipe | Study, seed: int) -> Path:
    """Where the record of a run lies.

    Raises:
        TypeError, ValueError: a recipe or a profile whose name is no safe name of a folder, or a
            seed that is no integer from 0.
    """
    require_integer("seed", seed, low=0)
    if not re.fullmatch(r"[a-z]+", profile):
        raise ValueError(f"profile must be a word of a-z, got {profile!r}")
    if not re.fullmatch(r"[a-z0-9][a-z0-9.+-]*", recipe.name):
        raise ValueError(
            f"name of a recipe on record must be of a-z, 0-9, '.', '+' and '-', got {recipe.name!r}"
        )
    return results / profile / recipe.name / f"seed-{seed:03d}"


def write_record(path: Path, record: Record) -> bool:
    """Write `record` to the folder `path`; False if a record is there already, which stays."""
    values = _values(record)
    text = _sealed(
        {
            "format": FORMAT,
            "recipe": as_data(record.recipe),
            "seed": record.seed,
            **record.facts,
            "sha256": hashlib.sha256(values).hexdigest(),
        }
    )
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    temporary.mkdir(parents=True)
    try:
        with naming(path, temporary):
            (temporary / "values.csv").write_bytes(values)
            (temporary / "run.json").write_text(text, encoding="utf-8", newline="\n")
            os.rename(temporary, path)
    except OSError:
        if path.exists():
            return False
        raise
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return True


def read_record(
    path: Path, recipe: Recipe | Study | None = None, seed: int | None = None
) -> Record:
    """The record in the folder `path`, every byte of it checked.

    Args:
        path: a folder that `write_record` wrote.
        recipe: what it must be of, if given.
        seed: what it must be of, if given.

    Raises:
        RecordError: it is damaged, of another run or of a newer version; it is left as it is.
        MissingRecordError: it is not there.
    """
    if not path.exists():
        raise MissingRecordError(f"record {path} is not there")
    facts = _unsealed(path / "run.json")
    found = _recipe(path / "run.json", facts.pop("recipe"))
    values, sha256 = _bytes(path / "values.csv"), facts.pop("sha256")
    if recipe is not None:
        there, here = as_data(found), as_data(recipe)
        for name in [n for n in here if n not in there] + [n for n in there if n not in here]:
            _refuse(path, f"belongs to another kind of run: only one of the two has {name!r}")
        for name in here:
            if there[name] != here[name]:
                difference = f"{name} is {there[name]!r} there, {here[name]!r} here"
                _refuse(path, f"belongs to another recipe: {difference}")
    found_seed = facts.pop("seed")
    if seed is not None and found_seed != seed:
        _refuse(path, f"belongs to another run: seed is {found_seed} there, {seed} here")
    rows = _parsed(path / "values.csv", values, found, found_seed)
    if hashlib.sha256(values).hexdigest() != sha256:
        _refuse(path / "values.csv", "does not have the SHA-256 that run.json says: damaged")
    return Record(found, found_seed, rows, facts)


def as_table(records: Iterable[Record]) -> pd.DataFrame:
    """All values of `records` in one tidy table with the columns of `COLUMNS`."""
    tables = [record.table() for record in records]
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=list(COLUMNS))


def _values(record: Record) -> bytes:
    start = f"{record.recipe.name},{record.seed}"
    lines = [f"{start},{epoch},{metric},{value!r}" for epoch, metric, value in record.rows]
    return "\n".join([",".join(COLUMNS), *lines, ""]).encode()


def _parsed(
    path: Path, values: bytes, recipe: Recipe | Study, seed: int
) -> list[tuple[int, str, float]]:
    """The rows of a table that `_values` wrote."""
    try:
        header, *lines = [line.split(",") for line in values.decode().splitlines()]
    except ValueError as error:
        _refuse(path, f"is no table ({error})")
    for column in COLUMNS:
        if column not in header:
            _refuse(path, f"has no column {column!r}")
    rows = []
    for line in lines:
        if line[:2] != [recipe.name, str(seed)]:
            _refuse(path, f"holds rows of another run: {', '.join(line[:2])}")
        try:
            epoch, metric, value = line[2:]
            rows.append((int(epoch), metric, float(value)))
        except ValueError as error:
            _refuse(path, f"holds a row that cannot be read ({error})")
    return rows


def _text(facts: dict[str, Any]) -> str:
    return json.dumps(facts, indent=1, allow_nan=False) + "\n"


def _sealed(facts: dict[str, Any]) -> str:
    """`facts` as text, with their own digest."""
    return _text({**facts, "digest": hashlib.sha256(_text(facts).encode()).hexdigest()})


def _unsealed(path: Path) -> dict[str, Any]:
    """What `_sealed` was given, from the file `path`."""
    content = _bytes(path)
    try:
        facts: dict[str, Any] = json.loads(content)
        found_format = facts["format"]
    except (ValueError, TypeError, KeyError) as error:
        _refuse(path, f"is damaged ({type(error).__name__})")
    if isinstance(found_format, int) and found_format > FORMAT:
        _refuse(path, f"has format {found_format}, this version reads up to {FORMAT}")
    facts.pop("digest", None)
    if _sealed(facts).encode() != content:
        _refuse(path, "does not have the digest that it says: damaged, or edited")
    return facts


def as_data(recipe: Recipe | Study) -> dict[str, Any]:
    """A recipe or a study as plain values."""
    return recipe.as_data() if isinstance(recipe, Study) else asdict(recipe)


def _recipe(path: Path, data: dict[str, Any]) -> Recipe | Study:
    """A study, or a recipe, from its fields; those that an old record lacks take defaults."""
    kind: type[Recipe | Study] = Study if "function" in data else Recipe
    unknown = sorted(data.keys() - {field.name for field in fields(kind)})
    if unknown:
        _refuse(path, f"has a recipe of a newer version, with {', '.join(unknown)}")
    if kind is Study:
        return Study(**data)
    plain: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in data.items()}
    return Recipe(**plain)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        _refuse(path, f"cannot be read ({error.strerror})")


def _refuse(path: Path, reason: str) -> NoReturn:
    raise RecordError(f"record {path} {reason}; it is left as it is")
