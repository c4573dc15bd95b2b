"""What every figure of the book has in common, and what a given figure lacks of it."""

import re
from itertools import chain

from matplotlib.axes import Axes
from matplotlib.colors import to_hex, to_rgb
from matplotlib.contour import ContourSet
from matplotlib.figure import Figure
from matplotlib.text import Text

from physlib.plots.style import COLOURS, WIDTH

PALETTE = {to_hex(colour) for colour in COLOURS}
COLOUR_MAPS = {"cividis", "PuOr", "gray_r"}  # one for amounts, one with a middle, one for ink
A_NUMBER = re.compile(r"\$?\\?m?a?t?h?d?e?f?a?u?l?t?\{?[−-]?\d")
MEASURED_IN = {"accuracy": ("%", "points", "fraction"), "seconds": ("seconds",)}


def says_what_is_seen(alternative: str) -> bool:
    """Whether an alternative text can: at least a dozen words or so, few of them twice."""
    words = re.findall(r"[a-zA-Zα-ωé]{2,}", alternative.lower())
    return len(alternative) > 40 and len(set(words)) >= 8 and len(words) < 4 * len(set(words))


def faults(figure: Figure) -> list[str]:
    """In words, one a fault; none if the figure is in the book's style."""
    figure.draw_without_rendering()
    return list(chain(_page(figure), *map(_labels, figure.axes), *map(_colours, figure.axes)))


def _page(figure):
    if figure.get_figwidth() != WIDTH:
        yield f"it is {figure.get_figwidth()} inches wide"
    if to_hex(figure.get_facecolor(), keep_alpha=True) != "#ffffffff":
        yield "its paper is not white"
    for text in figure.findobj(Text):
        if text.get_visible() and text.get_text().strip() and not 8 <= text.get_fontsize() <= 10:
            yield f"{text.get_text()!r} has {text.get_fontsize()} points"


def _labels(axes: Axes):
    if not axes.axison:
        return
    for name, axis, of_all in (
        ("x", axes.xaxis, axes.figure.get_supxlabel()),
        ("y", axes.yaxis, axes.figure.get_supylabel()),
    ):
        label = axis.get_label_text() or of_all
        shown = [t.get_text() for t in axis.get_ticklabels() if t.get_visible()]
        if any(map(A_NUMBER.match, shown)) and not label.strip():
            yield f"numbers along {name} without a label"
        for quantity, units in MEASURED_IN.items():
            if quantity in label and not any(unit in label for unit in units):
                yield f"{label!r} has no unit"


def _colours(axes: Axes):
    if hasattr(axes, "_colorbar"):  # made of its map
        return
    named = [line.get_color() for line in axes.lines]
    named += [patch.get_facecolor() for patch in axes.patches]
    named += [text.get_color() for text in axes.texts]
    mapped = [*axes.images]
    for drawn in axes.collections:
        if drawn.get_array() is None or isinstance(drawn, ContourSet):
            named += [*drawn.get_facecolor(), *drawn.get_edgecolor()]
        else:
            mapped.append(drawn)
    for colour in map(to_rgb, named):
        if to_hex(colour) not in PALETTE and len(set(colour)) > 1:  # greys are welcome
            yield f"{to_hex(colour)} is not of the palette"
    for drawn in mapped:
        if drawn.get_cmap().name not in COLOUR_MAPS:
            yield f"the colour map {drawn.get_cmap().name}"
