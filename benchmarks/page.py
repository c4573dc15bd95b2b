"""The page `book/performance.md`: the lesson in `lesson.md`, its numbers filled in from records.

A place to fill in reads `<<table>>` or `<<table: candidate / other>>`, with a table of
`results/bench`, or one of the names in `_PARTS`.
"""

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.figures import save_figure
from benchmarks.interleaved import Comparison
from physlib.files import atomic_path
from physlib.plots import epoch_times

LESSON = Path(__file__).with_name("lesson.md")
FIGURE = Path("_static") / "epochs.svg"
TABLES = ("layer", "optimizer", "epoch", "seeds", "startup", "scaling", "cluster")
CPU_ONLY = ("startup", "cluster")
Record = dict[str, Any]
Row = tuple[str, str, str, str, str]  # what, where, measured, target, whether it is met
Shelf = dict[str, dict[str, Record]]  # by device, then by table


def read(results: Path) -> Shelf:
    """All records, the CPU's first."""
    folders = sorted((f for f in results.glob("*") if f.is_dir()), key=lambda f: f.name != "cpu")
    return {
        folder.name: {
            table: json.loads((folder / f"{table}.json").read_text(encoding="utf-8"))
            for table in TABLES
            if (folder / f"{table}.json").exists()
        }
        for folder in folders
    }


def write(results: Path, book: Path) -> Path:
    """The page and its figure into the folder `book`."""
    shelf = read(results)
    if times := epochs(shelf):
        figure = epoch_times(
            times, {t[0]: duration(t[0]) for p in times.values() for t in p.values()}
        )
        save_figure(figure, book / FIGURE)
    path = book / "performance.md"
    with atomic_path(path) as temporary:
        temporary.write_text(page(shelf), encoding="utf-8", newline="\n")
    return path


def page(shelf: Shelf) -> str:
    """The page in Markdown."""

    def fill(place: re.Match[str]) -> str:
        what, pair = place[1], place[2]
        if what in _PARTS:
            return _PARTS[what](shelf)
        return _table(_rows(shelf, what, pair))

    return re.sub(r"<<(\w+)(?:: (.+?))?>>", fill, LESSON.read_text(encoding="utf-8"))


def epochs(shelf: Shelf) -> dict[str, dict[str, tuple[float, float, float]]]:
    """Seconds of an epoch with their interval, by device and loop."""
    return {
        _device(records): {name: found.ratio(name) for name in found.rounds}
        for records in shelf.values()
        for record in [records.get("epoch")]
        if record
        for found in [Comparison.from_json(record["comparisons"][0])]
    }


def duration(seconds: float) -> str:
    """Three digits and a unit."""
    for unit, size in (("s", 1), ("ms", 1e-3)):
        if seconds >= size:
            return f"{_digits(seconds / size)} {unit}"
    return f"{_digits(seconds / 1e-6)} µs"


def _digits(x: float) -> str:
    return f"{x:.0f}" if x >= 100 else f"{x:.3g}"


def _rows(shelf: Shelf, table: str, pair: str | None) -> Iterator[Row]:
    """One table, for each device and setting; one pair of candidates, or all."""
    for records in shelf.values():
        for found in records.get(table, {}).get("comparisons", []):
            where = ", ".join([_device(records), *_setting(found["settings"])])
            for t in found["targets"]:
                what = f"{t['of']} / {t['to']}" if t["to"] else t["of"]
                if pair in (None, what):
                    yield what, where, _interval(t, "" if t["to"] else " s"), *_judged(t)
            if power := found.get("power"):
                what = found["settings"]["what"]
                value = _interval({"median": power["exponent"], **power}, "")
                yield f"exponent, {what}", _device(records), value, *_judged(power)


def _extra_memory(shelf: Shelf) -> Iterator[Row]:
    for records in shelf.values():
        for t in records.get("layer", {}).get("memory", {}).get("targets", []):
            yield f"memory, {t['what']}", _device(records), f"{t['extra']:.2f}", *_judged(t)


def _with_target(shelf: Shelf) -> list[Row]:
    rows = [row for table in TABLES for row in _rows(shelf, table, None)]
    return [row for row in (*rows, *_extra_memory(shelf)) if row[-1]]


def _table(rows: Iterable[Row]) -> str:
    found = [f"| {' | '.join(row)} |" for row in rows]
    if not found:
        return "*Not measured yet: `make bench` does that.*"
    return "\n".join(["| what | where | measured | target | |", "|---|---|---|---|---|", *found])


def _interval(t: Record, unit: str) -> str:
    if t["high"] is None:
        return f"{_digits(t['median'])}{unit}"
    return f"{_digits(t['median'])} [{_digits(t['low'])}, {_digits(t['high'])}]{unit}"


def _judged(t: Record) -> tuple[str, str]:
    """The bound in words, and whether it is met."""
    for key, words in (("at_most", "at most"), ("at_least", "at least")):
        if t.get(key) is not None:
            return f"{words} {t[key]:g}", "met" if t["met"] else "**missed**"
    return "–", ""


def _setting(settings: Record) -> list[str]:
    words = []
    if count := settings.get("threads"):
        words.append(f"{count} thread{'s' * (count > 1)}")
    if "input_gradient" in settings:
        words.append(f"input with{'' if settings['input_gradient'] else 'out'} gradient")
    if count := settings.get("seeds"):
        words.append(f"{count} seeds")
    return words


def _device(records: dict[str, Record]) -> str:
    name: str = next(iter(records.values()))["device"]
    return name.upper() if name == "cpu" else name


def _tally(shelf: Shelf) -> str:
    rows = _with_target(shelf)
    missed = sum(row[-1] != "met" for row in rows)
    return f"Of {len(rows)} targets, {len(rows) - missed} are met and {missed} missed."


def _figure(shelf: Shelf) -> str:
    panels = [
        f"on {device}: "
        + ", ".join(f"{name} {duration(t[0])}" for name, t in sorted(p.items(), key=lambda i: i[1]))
        for device, p in epochs(shelf).items()
    ]
    alt = f"Seconds for one epoch on a logarithmic axis, {'; '.join(panels)}"
    return f"![{alt}]({FIGURE.with_suffix('.*').as_posix()})" if panels else ""


def _missing(shelf: Shelf) -> str:
    gone = {m for records in shelf.values() for m in records.get("epoch", {}).get("missing", [])}
    return f"Not installed, and so not measured: {', '.join(sorted(gone))}." if gone else ""


def _gpu(shelf: Shelf) -> str:
    gpus = [_device(records) for folder, records in shelf.items() if folder != "cpu"]
    if gpus:
        return f"Measured on {', '.join(gpus)}: see the rows of the tables that say so."
    wanted = ", ".join(f"`{table}`" for table in TABLES if table not in CPU_ONLY)
    return (
        "**No GPU has been measured yet**, so all of these figures are missing: the tables "
        f"{wanted}. On a machine with one, `make bench` adds them, under the GPU's name."
    )


def _origin(shelf: Shelf) -> str:
    lines = []
    for folder, records in shelf.items():
        every = list(records.values())
        first, machine = every[0], every[0]["machine"]
        commits = sorted({(r["commit"]["id"] or "unknown")[:10] for r in every})
        dirty = ", with changes" if any(r["commit"]["dirty"] for r in every) else ""
        lines.append(
            f"- `results/bench/{folder}`: {_device(records)}; {machine['cores']} cores, "
            f"{machine['architecture']} ({machine['instructions']}), torch "
            f"{first['versions']['torch']}, Python {first['versions']['python']}; "
            f"{max(r['date'] for r in every)[:10]}, {sum(r['seconds'] for r in every) / 60:.1f} "
            f"minutes in all; commit {', '.join(commits)}{dirty}."
        )
    return "\n".join(lines) or "There are no records yet."


_PARTS = {
    "tally": _tally,
    "memory": lambda shelf: _table(_extra_memory(shelf)),
    "all": lambda shelf: _table(_with_target(shelf)),
    "figure": _figure,
    "missing": _missing,
    "gpu": _gpu,
    "origin": _origin,
}
