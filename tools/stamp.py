"""Write the address of the repository wherever it has to stand: `make repository URL=…`.

`pyproject.toml` holds it, and the site reads it there. What others read without the site needs a
copy: CITATION.cff, the badges of the README, and the first code cell of every chapter, which also
has the version. Without a URL, the copies are written again from `pyproject.toml`, as after a new
version or a new chapter; where there is no address yet, there are no badges and no buttons.
"""

import hashlib
import re
import sys
import tomllib
from pathlib import Path
from typing import Any

import nbformat

from physlib.files import atomic_path

ROOT = Path(__file__).parents[1]
FIRST = "notebooks/experiment/00_quickstart"  # what the badges open
COLAB_LACKS = (
    "plotext",
    "torchdiffeq",
    "cmaes",
)  # of what the library needs; Colab has the rest, and keeps its torch
MARKER = '# %% tags=["remove-cell"]\n'  # the page does not show the cell
TITLE = "# On Colab, fetch the book and install its library; elsewhere, do nothing."
CELL = """\
{title}
import os
import subprocess
import sys

URL, VERSION = "{url}", "{version}"  # `make repository` writes them
if "google.colab" in sys.modules:
    home = os.path.expanduser("~/physlib-book")
    steps = (
        f"rm -rf {{home}} && git clone -q --depth 1 -b v{{VERSION}} {{URL}} {{home}}"
        f" && {{sys.executable}} -m pip install -q --no-deps {{home}}"
        " {lacking}"
    )
    if not URL or subprocess.run(steps, shell=True).returncode:
        where = URL or "anywhere, for it names no repository"
        raise RuntimeError(
            f"This notebook cannot install physlib {{VERSION}} from {{where}}."
        )
    os.chdir(home)"""


def repository(text: str) -> str:
    """The address without its decorations.

    Raises:
        ValueError: it is none of a repository on GitHub, which Colab and Binder need.
    """
    match = re.fullmatch(r"(https://github\.com/[\w-]+/[\w.-]+?)(\.git)?/?", text, re.ASCII)
    if not match:
        raise ValueError(f"URL must be like https://github.com/owner/name, got {text!r}")
    return match[1]


def first_cell(project: dict[str, Any], url: str) -> str:
    """The source of the first code cell of every chapter; `project` is `pyproject.toml`'s table."""
    lacking = [line for line in project["dependencies"] if line.startswith(COLAB_LACKS)]
    return CELL.format(
        title=TITLE, url=url, version=project["version"], lacking=" ".join(map(repr, lacking))
    )


def badges(url: str) -> str:
    """The line of badges under the README's title; nothing without an address."""
    if not url:
        return ""
    name = url.removeprefix("https://github.com/")
    colab = f"https://colab.research.google.com/github/{name}/blob/main/{FIRST}.ipynb"
    binder = f"https://mybinder.org/v2/gh/{name}/main?urlpath=lab/tree/{FIRST}.ipynb"
    tests = f"{url}/actions/workflows/notebooks.yml"
    pictures = (
        ("Notebooks", f"{tests}/badge.svg", tests),
        ("Open in Colab", "https://colab.research.google.com/assets/colab-badge.svg", colab),
        ("Open in Binder", "https://mybinder.org/badge_logo.svg", binder),
    )
    return " ".join(f"[![{text}]({image})]({link})" for text, image, link in pictures) + "\n\n"


def in_project(text: str, url: str) -> str:
    """`pyproject.toml` with this address."""
    text = re.sub(r'\[project\.urls\]\nRepository = ".*"\n\n', "", text)
    table = f'[project.urls]\nRepository = "{url}"\n\n' if url else ""
    return text.replace("[project.scripts]\n", f"{table}[project.scripts]\n")


def in_citation(text: str, url: str) -> str:
    """`CITATION.cff` with this address."""
    text = re.sub(r"repository-code: .*\n", "", text)
    line = f"repository-code: {url}\n" if url else ""
    return text.replace("keywords:\n", f"{line}keywords:\n")


def in_readme(text: str, url: str) -> str:
    """`README.md` with these badges under its title."""
    title, rest = text.split("\n\n", 1)
    rest = re.sub(r"^\[!\[.*\n\n", "", rest)
    return f"{title}\n\n{badges(url)}{rest}"


def in_half(text: str, source: str) -> str:
    """A chapter's .py half with this first code cell."""
    text = re.sub(
        rf"^{re.escape(MARKER + TITLE)}.*?(?=^# %%)", "", text, count=1, flags=re.M | re.S
    )
    at = re.search(r"^# %%(?! \[markdown\])", text, re.M)
    assert at, "a chapter has code"
    return f"{text[: at.start()]}{MARKER}{source}\n\n{text[at.start() :]}"


def in_notebook(text: str, source: str) -> str:
    """A chapter's .ipynb half with this first code cell, which prints nothing, as if executed."""
    notebook = nbformat.reads(text, as_version=4)
    notebook.cells = [c for c in notebook.cells if not c.source.startswith(TITLE)]
    cell = nbformat.v4.new_code_cell(
        source, id=hashlib.sha256(f"0 {source}".encode()).hexdigest()[:8]
    )
    cell.metadata["tags"] = ["remove-cell"]
    first = next(i for i, c in enumerate(notebook.cells) if c.cell_type == "code")
    notebook.cells.insert(first, cell)
    for count, cell in enumerate((c for c in notebook.cells if c.cell_type == "code"), start=1):
        cell.execution_count = count
        for output in cell.outputs:
            if "execution_count" in output:
                output.execution_count = count
    return nbformat.writes(notebook) + "\n"


def stamp(root: Path, url: str | None = None) -> list[Path]:
    """Write `url` everywhere under `root`; what was changed. None keeps the address that is there.

    Raises:
        ValueError: the URL is none of a repository; nothing has been written.
    """
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    url = project.get("urls", {}).get("Repository", "") if url is None else repository(url)
    cell = first_cell(project, url)
    texts = {
        root / "pyproject.toml": (in_project, url),
        root / "CITATION.cff": (in_citation, url),
        root / "README.md": (in_readme, url),
        **dict.fromkeys(sorted(root.glob("notebooks/*/*.py")), (in_half, cell)),
        **dict.fromkeys(sorted(root.glob("notebooks/*/*.ipynb")), (in_notebook, cell)),
    }
    new = {path: edit(path.read_text(), value) for path, (edit, value) in texts.items()}
    changed = [path for path, text in new.items() if path.read_text() != text]
    for path in changed:
        with atomic_path(path) as temporary:
            temporary.write_text(new[path])
    return changed


if __name__ == "__main__":
    try:
        for path in stamp(ROOT, *sys.argv[1:2]):
            print(path.relative_to(ROOT))
    except ValueError as error:
        sys.exit(str(error))
