"""A site of two pages and a notebook, built with the book's own configuration."""

import shutil
import subprocess
import sys
from pathlib import Path

import nbformat

ROOT = Path(__file__).parents[1]


def lay_out(site: Path) -> None:
    """Write its sources; `pyproject.toml` and `CITATION.cff` may lie in `site` already."""
    for name in ("_config.yml", "pyproject.toml", "CITATION.cff", "book/references.bib"):
        (site / name).parent.mkdir(exist_ok=True)
        if not (site / name).exists():
            shutil.copy(ROOT / name, site / name)
    for folder in ("book/_extensions", "book/_latex", "book/_static", "book/_templates"):
        shutil.copytree(ROOT / folder, site / folder)
    # The link to a page that this small site lacks becomes plain words.
    citing = (ROOT / "book/citing.md").read_text().replace("[the verdicts](verdicts)", "verdicts")
    (site / "book/citing.md").write_text(citing + "\n```{bibliography}\n```\n")
    (site / "index.md").write_text("# A page\n\n[Cite it](book/citing)\n")
    cells = [nbformat.v4.new_markdown_cell("# A chapter", id="title")]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), site / "chapter.ipynb")
    (site / "_toc.yml").write_text(
        "format: jb-book\nroot: index\nchapters:\n- file: book/citing\n- file: chapter\n"
    )


def run(site: Path, builder: str) -> None:
    """Build it as HTML, LaTeX, …; a warning is a failure."""
    command = [sys.executable, "-c", "from jupyter_book.cli.main import main; main()"]
    command += ["build", "--quiet", "-W", "--builder", builder, str(site)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def build(site: Path) -> dict[str, str]:
    """The pages by name."""
    lay_out(site)
    run(site, "html")
    html = site / "_build/html"
    return {
        page: (html / f"{page}.html").read_text() for page in ("index", "book/citing", "chapter")
    }
