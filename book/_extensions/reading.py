"""What a reader's browser needs and the theme does not give."""

import json
from pathlib import Path
from shutil import copyfile
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config

from physlib.notebook import COST


def offer_the_script(app: Sphinx, context: dict[str, Any]) -> None:
    """A chapter's .py half beside the .ipynb in the download menu."""
    half = Path(app.srcdir, context.get("sourcename", "")).with_suffix(".py")
    menus = [b for b in context.get("header_buttons", ()) if b["label"] == "download-buttons"]
    if not menus or not half.is_file():
        return
    published = Path("_sources", context["sourcename"]).with_suffix(".py")
    copy = Path(app.outdir) / published
    copy.parent.mkdir(parents=True, exist_ok=True)
    copyfile(half, copy)
    script = {
        "type": "link",
        "url": context["pathto"](published.as_posix(), 1),
        "text": ".py",
        "tooltip": "Download the chapter as a script",
        "icon": "fas fa-file-code",
        "label": "download-script-button",
    }
    menus[0]["buttons"].insert(1, script)


def cost(notebook: Path) -> tuple[str, dict[str, Any]] | None:
    """What a chapter's last cell measured when it was executed, in words and in numbers."""
    cells = json.loads(notebook.read_text())["cells"]
    outputs = [output for cell in cells for output in cell.get("outputs", ())]
    if not outputs or COST not in outputs[-1].get("metadata", {}):
        return None
    return "".join(outputs[-1]["data"]["text/plain"]), outputs[-1]["metadata"][COST]


def costs(root: Path) -> str:
    """Time and memory of every chapter that has been executed, as rows of a table."""
    rows = []
    for notebook in sorted(root.glob("notebooks/*/*.ipynb")):
        if measured := cost(notebook):
            _, numbers = measured
            rows.append(
                f"| [](/{notebook.relative_to(root).with_suffix('').as_posix()}) "
                f"| {numbers['seconds']:.0f}\u00a0s | {numbers['memory'] / 2**30:.1f}\u00a0GiB "
                f"| {numbers['device']} |"
            )
    head = ["| chapter | time | memory, at most | on |", "|---|--:|--:|---|"]
    return "\n".join(head + rows) if rows else "No chapter says it."


def configure(app: Sphinx, config: Config) -> None:
    """Give the pages the table of costs."""
    config.myst_substitutions = {**config.myst_substitutions, "costs": costs(Path(app.confdir))}


def read(app: Sphinx, doctree: nodes.document) -> None:
    """What is done to each page after it is read: toggles and the header of a chapter."""
    for cell in doctree.findall(nodes.container):
        if cell.get("hide_mode") == "all":  # cells that are hidden whole are solutions
            cell["prompt_show"] = cell["prompt_hide"] = "Solution"
    source = Path(app.env.doc2path(app.env.docname))
    if source.suffix == ".ipynb" and (measured := cost(source)):
        title = next(doctree.findall(nodes.title))
        title.parent.insert(1, nodes.paragraph("", measured[0], classes=["cost"]))


def finish(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """What is done to each page before it is written."""
    offer_the_script(app, context)
    # Jupyter Book loads Thebe everywhere, twice. It is not used, and lives on another host.
    context["script_files"] = [
        script
        for script in context["script_files"]
        if "thebe" not in getattr(script, "attributes", {}).get("body", str(script)).lower()
    ]
    if "body" in context:
        # Docutils' role for an entry is deprecated, and screen readers lose the list with it.
        body = context["body"].replace('role="doc-biblioentry"', 'role="listitem"')
        # A toggle is called what it says, in every ear.
        body = body.replace('<summary aria-label="Toggle hidden content">', "<summary>")
        body = body.replace("<img ", '<img loading="lazy" ')  # those far below can wait
        context["body"] = body


def setup(app: Sphinx) -> dict[str, bool]:
    """Sphinx calls this."""
    app.connect("config-inited", configure)
    app.connect("doctree-read", read)
    app.connect("html-page-context", finish, priority=900)  # after the theme's buttons
    return {"parallel_read_safe": True, "parallel_write_safe": True}
