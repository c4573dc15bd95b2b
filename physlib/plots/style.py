"""What all the figures share."""

from collections.abc import Callable
from functools import wraps
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
    "font.size": 10,
    "axes.prop_cycle": cycler(color=COLOURS),
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.frameon": False,
    "image.cmap": "cividis",
}
P = ParamSpec("P")


def styled(plot: Callable[P, Figure]) -> Callable[P, Figure]:
    """Draw in the book's style, and detach the figure from pyplot, which would show it twice."""

    @wraps(plot)
    def draw(*args: P.args, **kwargs: P.kwargs) -> Figure:
        with plt.style.context(STYLE):
            figure = plot(*args, **kwargs)
        plt.close(figure)
        return figure

    return draw
