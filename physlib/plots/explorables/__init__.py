"""Figures that a reader plays with on the site, without a kernel: drawn here, moved by its scripts.

They need Bokeh, which comes with the extra ``book``.
"""

from physlib.plots.explorables.cloud import CLOUD
from physlib.plots.explorables.explorable import Control, Explorable
from physlib.plots.explorables.landscape import LANDSCAPE

EXPLORABLES = {"landscape": LANDSCAPE, "cloud": CLOUD}

__all__ = ["EXPLORABLES", "Control", "Explorable"]
