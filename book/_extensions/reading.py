"""What a reader's browser needs and the theme does not give."""

import json
from pathlib import Path
from shutil import copyfile
from typing import Any

from sphinx.application import Sphinx


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


def cost(notebook: Path) -> str:
    """What a chapter's last cell measured when it was executed, as a line under its title."""
    cells = json.loads(notebook.read_text())["cells"]
    outputs = [output for cell in cells for output in cell.get("outputs", ())]
    measured = "".join(outputs[-1].get("text", ())).strip() if outputs else ""
    if "of wall time" not in measured:
        return ""
    return f'<p class="cost">Running this chapter took, when the page was made: {measured}.</p>'


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
        body = body.replace("<img ", '<img loading="lazy" ')  # those far below can wait
        if (source := context.get("sourcename", "")).endswith(".ipynb"):  # pages of code have none
            line = cost(Path(app.srcdir, source))
            body = body.replace("</h1>", f"</h1>\n{line}", 1)
        context["body"] = body


def setup(app: Sphinx) -> dict[str, bool]:
    """Sphinx calls this."""
    app.connect("html-page-context", finish, priority=900)  # after the theme's buttons
    return {"parallel_read_safe": True, "parallel_write_safe": True}
