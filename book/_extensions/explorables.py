"""Figures to play with: the directive `explorable`, and Bokeh's scripts from the site itself.

The HTML is made when the site is built. There is a still for other media, and until scripts run.
"""

import json
import os
from pathlib import Path
from typing import Any

from docutils import nodes
from jinja2 import Template
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util.docutils import SphinxDirective

SCRIPTS = ["bokeh.min.js", *(f"explorables/{s}.js" for s in ("explorable", "landscape", "cloud"))]
TEMPLATE = Path(__file__).parents[1] / "_templates" / "explorable.html"


class ExplorableDirective(SphinxDirective):
    """``{explorable} NAME``, of `physlib.plots.explorables.EXPLORABLES`."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """A still for every medium, and the live figure for HTML."""
        from bokeh.embed import json_item

        from physlib.plots import explorables

        name = self.arguments[0]
        if name not in explorables.EXPLORABLES:
            raise self.error(f"explorable must be one of {list(explorables.EXPLORABLES)}: {name}")
        explorable = explorables.EXPLORABLES[name]
        for source in (TEMPLATE, *Path(explorables.__file__).parent.glob("*.py")):
            self.env.note_dependency(str(source))
        figures = {
            place: json.dumps(json_item(figure), separators=(",", ":")).replace("</", "<\\/")
            for place, figure in explorable.draw().items()
        }
        template = Template(TEMPLATE.read_text(), autoescape=True, trim_blocks=True)
        live = template.render(name=name, it=explorable, figures=figures)
        return [self.still(name, explorable), nodes.raw("", live, format="html")]

    def still(self, name: str, explorable: Any) -> nodes.image:
        """The still, drawn into the folder of what is built."""
        path = Path(self.env.app.outdir).parent / "explorables" / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        explorable.still().savefig(path)
        uri = Path(os.path.relpath(path, self.env.srcdir)).as_posix()
        still = nodes.image(uri=f"/{uri}", alt=explorable.alt)
        still["classes"] = ["explorable-still"]
        return still


def ship_bokeh(app: Sphinx, config: Config) -> None:
    """Its script among the site's own."""
    import bokeh

    config.html_static_path.append(
        str(Path(bokeh.__file__).parent / "server" / "static" / "js" / "bokeh.min.js")
    )


def load_scripts(app: Sphinx, page: str, template: str, context: dict[str, Any], tree: Any) -> None:
    """On the pages that have something to play with, and on no other."""
    if "data-explorable=" not in context.get("body", ""):
        return
    for script in SCRIPTS:
        app.add_js_file(script, loading_method="defer")
    app.add_css_file("explorables/explorable.css")


def setup(app: Sphinx) -> dict[str, bool]:
    """Sphinx calls this."""
    app.add_directive("explorable", ExplorableDirective)
    app.connect("config-inited", ship_bokeh)
    app.connect("html-page-context", load_scripts)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
