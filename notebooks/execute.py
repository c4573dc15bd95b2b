"""Run every chapter's .py half afresh and store its .ipynb half with outputs: `make execute`.

The notebook is made from nothing but the .py half and what it prints, so that running it again
changes only outputs: no timestamps, and cell ids that follow from the cells. A cell that the site
hides, `hide-cell`, is the solution of an exercise; notebook programs are told to hide it as well.
"""

import hashlib
import os
import sys
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient

from physlib.files import atomic_path

NOTEBOOKS = Path(__file__).parent
# JupyterLab, Notebook and VS Code read the first, Colab the second. The
# .py halves go without: their jupytext header filters both out.
HIDDEN = {
    "jupyter": {"source_hidden": True, "outputs_hidden": True},
    "cellView": "form",
}


def execute(half: Path) -> None:
    notebook = jupytext.read(half)
    seen: list[str] = []
    for cell in notebook.cells:
        twins = seen.count(
            cell.source
        )  # ids must differ even where sources do not
        cell.id = hashlib.sha256(
            f"{twins} {cell.source}".encode()
        ).hexdigest()[:8]
        seen.append(cell.source)
        if "hide-cell" in cell.metadata.get("tags", ()):
            cell.metadata.update(HIDDEN)
    NotebookClient(
        notebook,
        timeout=600,
        kernel_name="python3",
        record_timing=False,
        coalesce_streams=True,  # what one cell prints is one output
        resources={"metadata": {"path": str(half.parent)}},
    ).execute()
    with atomic_path(half.with_suffix(".ipynb")) as temporary:
        nbformat.write(notebook, temporary)


if __name__ == "__main__":
    os.environ["TQDM_DISABLE"] = "1"  # a page has no use for progress bars
    for half in [Path(name) for name in sys.argv[1:]] or sorted(
        NOTEBOOKS.glob("*/*.py")
    ):
        print(half, flush=True)
        execute(half.resolve())
