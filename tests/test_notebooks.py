"""What every chapter must be, before nbval runs it."""

import ast
import json
from pathlib import Path

import jupytext
import nbformat
import pytest
from figure_style import says_what_is_seen

from physlib.notebook import COST, source

ROOT = Path(__file__).parents[1]
CHAPTERS = sorted((ROOT / "notebooks").glob("*/*.ipynb"))
chapters = pytest.mark.parametrize("path", CHAPTERS, ids=lambda p: p.stem)


def code_cells(path):
    return [c for c in nbformat.read(path, as_version=4).cells if c.cell_type == "code"]


def test_there_are_chapters_and_each_is_a_pair():
    assert CHAPTERS
    halves = sorted((ROOT / "notebooks").glob("*/*.py"))
    assert [p.with_suffix("") for p in CHAPTERS] == [p.with_suffix("") for p in halves]
    toc = (ROOT / "_toc.yml").read_text()
    assert all(f"{p.relative_to(ROOT).with_suffix('')}" in toc for p in CHAPTERS)


@chapters
def test_the_halves_agree(path):
    """Converts and compares: a clone's file times mean nothing."""
    notebook = jupytext.reads(jupytext.writes(jupytext.read(path), "py:percent"), "py:percent")
    half = jupytext.read(path.with_suffix(".py"))
    assert len(notebook.cells) == len(half.cells)
    for stored, edited in zip(notebook.cells, half.cells, strict=True):
        assert stored.cell_type == edited.cell_type
        assert stored.source == edited.source
        assert stored.metadata == edited.metadata


@chapters
def test_the_kernel_is_the_one_everybody_has(path):
    assert nbformat.read(path, as_version=4).metadata.kernelspec.name == "python3"


@chapters
def test_it_was_executed_in_order_without_an_error(path):
    cells = code_cells(path)
    assert [c.execution_count for c in cells] == list(range(1, len(cells) + 1))
    outputs = [output for cell in cells for output in cell.outputs]
    assert not any(o.output_type == "error" for o in outputs)
    assert not any(o.get("name") == "stderr" for o in outputs), "warnings or progress bars"


@chapters
def test_at_least_three_outputs_are_checked(path):
    checked = [c for c in code_cells(path) if "nbval-check-output" in c.metadata.get("tags", [])]
    assert len(checked) >= 3
    assert all(c.outputs for c in checked)


@chapters
def test_every_figure_has_an_alternative_text(path):
    texts = [
        cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "")
        for cell in code_cells(path)
        if any(kind.startswith("image/") for o in cell.outputs for kind in o.get("data", {}))
    ]
    assert [text for text in texts if not says_what_is_seen(text)] == []
    assert len(set(texts)) == len(texts)  # each says what this one shows


@chapters
def test_every_figure_has_a_caption_and_the_text_refers_to_it(path):
    cells = nbformat.read(path, as_version=4).cells
    text = "".join(c.source for c in cells if c.cell_type == "markdown")
    for cell in cells:
        if any("image/png" in o.get("data", {}) for o in cell.get("outputs", ())):
            figure = cell.metadata.mystnb.get("figure", {})
            assert len(figure.get("caption", "")) > 15, cell.source
            assert f"{{numref}}`{figure['name']}`" in text


@chapters
def test_it_has_three_to_five_exercises_each_with_a_hidden_solution_that_is_checked(path):
    cells = nbformat.read(path, as_version=4).cells
    first = next(i for i, c in enumerate(cells) if "## Exercises" in c.source)
    last = next(i for i, c in enumerate(cells) if "## Further reading" in c.source)
    told, solutions = cells[first:last:2], cells[first + 1 : last : 2]
    assert 3 <= len(solutions) <= 5
    for number, (exercise, solution) in enumerate(zip(told, solutions, strict=True), start=1):
        assert exercise.source.split("## Exercises")[-1].lstrip().startswith(f"**{number}.** ")
        assert {"hide-cell", "nbval-check-output"} <= set(solution.metadata.tags)
        assert solution.source.startswith("# @title Solution\n")  # what Colab shows of it
        assert solution.metadata.cellView == "form"
        assert solution.metadata.jupyter == {"source_hidden": True, "outputs_hidden": True}
        assert solution.outputs
    elsewhere = [
        c for c in cells[:first] + cells[last:] if "hide-cell" in c.metadata.get("tags", ())
    ]
    assert elsewhere == []


@chapters
def test_its_last_cell_says_what_it_cost_and_that_fits_binder(path):
    last = code_cells(path)[-1]
    assert last.source == "cost(start)"
    [output] = last.outputs
    measured = output.metadata[COST]
    assert {"seconds", "memory", "device", "date", "versions"} <= set(measured)
    assert 0.2 * 2**30 < measured["memory"] < 1.6 * 2**30  # of 2, beside the server


@chapters
def test_pages_are_not_published_with_the_stand_in(path):
    assert "stand-in" not in json.dumps([c.outputs for c in code_cells(path)])


@chapters
def test_the_code_that_it_shows_is_the_librarys(path):
    """As it is now: a docstring that has changed since would stay on the page."""
    names = {"source": source}
    for cell in code_cells(path):
        for node in ast.walk(ast.parse(cell.source)):
            if isinstance(node, ast.ImportFrom) and node.module.startswith("physlib"):
                exec(ast.unparse(node), names)
        if cell.source.startswith("source("):
            (output,) = cell.outputs
            assert output.data["text/markdown"] == eval(cell.source, names).data
