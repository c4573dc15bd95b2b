"""Numbers on the pages of results come from records: their prose holds none that was typed."""

import re
from pathlib import Path

import jupytext
import pytest

from physlib.claims import claims
from physlib.claims.judging import Shelf
from physlib.verdicts import _section, judge, page

ROOT = Path(__file__).parents[1]
CHAPTERS = sorted((ROOT / "notebooks" / "experiment").glob("1[0-9]_*.py"))

# What is no prose: displayed and inline mathematics, code, quotations of the post, links' targets.
APART = re.compile(r"\$\$.*?\$\$|\$[^$]*\$|`[^`]*`|^>.*$|\]\([^)]*\)|\{\w+\}`[^`]*`", re.S | re.M)
UNITS = "%|percent|points?\\b|seconds?\\b|minutes?\\b|epochs?\\b|times\\b|ms\\b|MiB|GiB"
RESULT = re.compile(rf"(?<![\w.])\d+\.\d+|\d[\d,]*\s*(?:{UNITS})")
CONVENTION = "95 %"  # the confidence of every interval in the book


def typed_results(markdown):
    return [r for r in RESULT.findall(APART.sub(" ", markdown)) if r != CONVENTION]


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda p: p.stem)
def test_no_chapter_of_the_experiment_types_a_result(path):
    cells = [c.source for c in jupytext.read(path).cells if c.cell_type == "markdown"]
    assert cells
    assert [r for cell in cells for r in typed_results(cell)] == []


# On the page of verdicts: the post's words, definitions and thresholds, which the claims state.
STATED = ("> ", "*We measure*", "*Threshold*")


def test_the_page_of_verdicts_has_no_number_but_from_claims_and_records(tmp_path):
    """Without records, nothing that looks like a result is left."""
    empty = Shelf(tmp_path, "full")
    opening, rest = page(empty, tmp_path).split("| claim | verdict | measured |", 1)
    closing = rest[rest.index("## Where this comes from") :]
    from_records = [c for c in claims.values() if c.experiment != "none"]
    lines = [line for j in judge(empty, from_records) for line in _section(j, tmp_path)]
    prose = [line for line in lines if not line.startswith(STATED)]
    unnamed = [re.sub(r"^\|[^|]*\|", "|", line) for line in prose]  # a definition's name
    assert typed_results("\n".join([opening, *unnamed, closing])) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("reaches 96.1 % at most", ["96.1"]),
        ("by 3 points", ["3 points"]),
        ("after 1,200 seconds", ["1,200 seconds"]),
        ("an interval of 95 % on MNIST, 28×28", []),
        ("> quoted: 89%\n\nand $0.5\\alpha$, `0.1`, [x](y#0.1)", []),
    ],
)
def test_the_scan_sees_what_it_must(text, found):
    assert typed_results(text) == found
