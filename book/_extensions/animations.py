"""Animations that lie still until a reader plays them, and lie still on paper.

A page names an animation, `![what it shows](…/animations/NAME.webp)`, which also moves in Jupyter.
Every builder gets the still beside it, `NAME.png`. On the site, `animations.js` adds a button that
exchanges the still for the animation.
"""

from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.transforms.post_transforms import SphinxPostTransform


class Stills(SphinxPostTransform):
    """Put the still where a page has an animation."""

    default_priority = 100  # before images are converted for a builder that cannot show them

    def run(self, **kwargs: object) -> None:
        """Exchange every animation of the page."""
        for image in self.document.findall(nodes.image):
            moving = Path(image["uri"])
            if moving.parent.name != "animations" or moving.suffix != ".webp":
                continue
            still = moving.with_suffix(".png").as_posix()
            if not Path(self.app.srcdir, still).is_file():
                raise ExtensionError(f"the animation {moving} has no still: {still}")
            image["uri"], image["candidates"] = still, {"*": still}
            image["classes"].append("animation")
            self.env.images.add_file(self.env.docname, still)


def setup(app: Sphinx) -> dict[str, bool]:
    """Sphinx calls this."""
    app.add_post_transform(Stills)
    app.add_js_file("animations.js", defer="defer")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
