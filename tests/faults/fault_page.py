"""The page `book/faults.md`: the list of faults, with what their tests saw."""

from pathlib import Path

from faults import FAULTS, GROUPS

SEEN = Path(__file__).with_name("seen.json")
PAGE = Path(__file__).parents[2] / "book" / "faults.md"

OPENING = """# When things break

<!-- Written by `pytest tests/faults --record-faults`; a test writes it again. -->

A run of hours meets full disks, lost networks and impatient people. This page lists what we break
on purpose, and what becomes of your files. Every row is a test: it does the damage, and holds what
you see against this page, word for word. `…` stands for a folder of yours.

Three rules hold in all of them. A file is written beside its place and then renamed, so that you
never meet half of one. A file that cannot be trusted is named, and left as it is or set aside,
never deleted. And a finished record is never lost, unless somebody deletes it: what was on record
before the fault still is after it, and the same command makes the rest.

Where the command gives up, it ends with exit code 1 and one line on standard error; `--debug` shows
the traceback as well.
"""


def page(seen):
    """The page in Markdown, with what was `seen` by fault."""
    parts = [OPENING]
    for group, title in GROUPS.items():
        rows = [
            f"| {fault.happens} | {_lines(seen.get(name, ''))} | {fault.kept} |"
            for name, fault in FAULTS.items()
            if fault.group == group
        ]
        head = ["| what happens | what you see | what is kept |", "|---|---|---|"]
        start = ["```{table}", ":class: wrapped", ":widths: 28 42 30", ""]
        parts.append("\n".join([f"## {title}", "", *start, *head, *rows, "```", ""]))
    return "\n".join(parts)


def _lines(text):
    return "<br>".join(f"`{line}`" for line in text.splitlines()) or "nothing: it goes on"
