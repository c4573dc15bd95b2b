"""`make pdf`: what it asks for, and the LaTeX that it sets."""

import base64
import os
import re
import shutil
import subprocess
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from small_site import lay_out, run

ROOT = Path(__file__).parents[1]
MAKE = shutil.which("make") or pytest.skip("needs make", allow_module_level=True)
DOT = base64.b64encode((ROOT / "book/_static/accuracy.png").read_bytes()).decode()


@pytest.mark.parametrize("there", [[], ["latexmk"], ["xelatex"]], ids=str)
def test_without_latex_one_line_says_what_to_install(tmp_path, there):
    for tool in there:
        (tmp_path / tool).write_text("#!/bin/sh\n")
        (tmp_path / tool).chmod(0o755)
    done = subprocess.run(
        [MAKE, "pdf"], cwd=ROOT, env={"PATH": str(tmp_path)}, capture_output=True, text=True
    )
    assert done.returncode != 0
    [line, _] = done.stderr.splitlines()  # and make's own
    missing = "xelatex" if there == ["latexmk"] else "latexmk"
    assert line.startswith(f"make pdf needs {missing}, of TeX Live (Debian: apt-get install ")
    assert "texlive-xetex" in line


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A page and a chapter with one of everything that print treats in its own way."""
    site = tmp_path_factory.mktemp("printed")
    lay_out(site)
    picture = new_output("display_data", {"image/png": DOT})
    name = {"mystnb": {"figure": {"name": "fig-dot", "caption": "Two curves."}}}
    cells = [
        new_markdown_cell(
            "# A chapter\n\nSee {numref}`fig-dot`: ✗ and ◐ and `⟨x⟩`, in λ.\n\n## ✗ ◐"
        ),
        new_code_cell("draw()", metadata=name, outputs=[picture]),
        new_markdown_cell("## Exercises\n\n**1.** Why?"),
        new_code_cell("print('because')", metadata={"tags": ["hide-cell"]}),
    ]
    python = {"language_info": {"name": "python", "pygments_lexer": "ipython3"}}
    nbformat.write(new_notebook(cells=cells, metadata=python), site / "chapter.ipynb")
    (site / "index.md").write_text("# A page\n\n![Some bars](book/_static/epochs.*)\n")
    run(site, "latex")
    return site / "_build/latex"


def test_the_latex_has_numbered_figures_and_no_solutions(site):
    text = (site / "physlib-book.tex").read_text()
    assert re.search(r"\\documentclass\[a4paper,.*\]\{jupyterBook\}", text)
    assert r"\caption{Two curves.}" in text
    assert re.search(r"See .*\\ref\{.*fig-dot\}", text)
    assert "draw" in text
    assert "because" not in text
    assert "{{epochs}.pdf}" in text  # of the figures that the site shows as SVG
    assert (site / "epochs.pdf").is_file()


def test_no_page_asks_for_a_figure_that_paper_cannot_have():
    """LaTeX knows no SVG: a page says `name.*`, and a PDF or PNG lies beside it."""
    found = 0
    for page in [*ROOT.glob("book/*.md"), *ROOT.glob("notebooks/*/*.py")]:
        for figure in re.findall(r"!\[[^]]*\]\(([^)]+)\)", page.read_text()):
            found += 1
            assert not figure.endswith((".svg", ".gif")), f"{page.name}: {figure}"
            if figure.endswith(".*"):
                place = page.parent / figure.removesuffix(".*")
                assert {".pdf", ".png"} & {p.suffix for p in place.parent.glob(f"{place.name}.*")}
    assert found > 4


def test_the_book_uses_no_letters_of_the_fonts_that_it_does_without():
    sources = [*ROOT.glob("book/*.md"), *ROOT.glob("notebooks/*/*.py")]
    assert len(sources) > 15
    letters = re.compile(
        r"\\(mathbbm|RR|NN|PP|EE|XX|ZZ|QQ)\b"
    )  # as Jupyter Book's class names them
    assert [p.name for p in sources if letters.search(p.read_text())] == []


def test_latex_sets_it_with_every_sign(site):
    if not (shutil.which("latexmk") and shutil.which("xelatex")):
        pytest.skip("needs latexmk and xelatex (make pdf names the packages), which are not here")
    options = "LATEXMKOPTS=-interaction=nonstopmode -halt-on-error -quiet"
    done = subprocess.run(
        [MAKE, options, "all-pdf"], cwd=site, capture_output=True, text=True, env=os.environ
    )
    assert done.returncode == 0, done.stdout[-2000:]
    assert (site / "physlib-book.pdf").stat().st_size > 20_000
    assert "Missing character" not in (site / "physlib-book.log").read_text(errors="replace")
