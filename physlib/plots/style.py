"""What all the figures share."""

from collections.abc import Callable
from functools import partial, wraps
from io import StringIO
from typing import Any, ParamSpec

import matplotlib.pyplot as plt
from cycler import cycler
from matplotlib.figure import Figure

# Okabe and Ito's colours, which colour-blind readers can tell apart.
COLOURS = ("#D55E00", "#0072B2", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
WIDTH = 5.4  # inches, of every figure: then letters are of one size on a page too
STYLE: dict[str, Any] = {
    "figure.dpi": 150,
    "figure.facecolor": "white",  # figures stay legible on a dark page
    "figure.constrained_layout.use": True,
    "figure.constrained_layout.h_pad": 0.1,
    # Three sizes: words at 10 points, numbers and legends at 9, small notes at 8.
    "font.size": 10,
    "axes.titlesize": 10,
    "figure.titlesize": 10,
    "figure.labelsize": 10,
    "xtick.labelsize": 9,
    "ytick.labelsize": 9,
    "legend.fontsize": 9,
    "legend.title_fontsize": 9,
    "axes.prop_cycle": cycler(color=COLOURS),
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.frameon": False,
    "image.cmap": "cividis",
    "svg.hashsalt": "physlib",  # the same figure is the same file
}
LARGEST_SVG = 150_000  # characters; a figure of many points is lighter as a picture
P = ParamSpec("P")


def styled(plot: Callable[P, Figure]) -> Callable[P, Figure]:
    """Draw in the book's style, and detach the figure from pyplot, which would show it twice.

    A notebook stores it as lines too, where they are few: pages show these, paper the picture.
    """

    @wraps(plot)
    def draw(*args: P.args, **kwargs: P.kwargs) -> Figure:
        with plt.style.context(STYLE):
            figure = plot(*args, **kwargs)
        plt.close(figure)
        figure._repr_svg_ = partial(_lines, figure)  # type: ignore[attr-defined]
        return figure

    return draw


def _lines(figure: Figure) -> str | None:
    """The figure as SVG, or None if that is large."""
    svg = StringIO()
    with plt.style.context(STYLE):
        figure.savefig(
            svg, format="svg", bbox_inches="tight", metadata={"Date": None, "Creator": None}
        )
    return text if len(text := svg.getvalue()) <= LARGEST_SVG else None
