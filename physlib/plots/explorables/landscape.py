"""The landscape of the loss over two heights of the wrong classes, to play with."""

from collections.abc import Mapping
from typing import Any

import matplotlib.figure
import matplotlib.pyplot as plt
import numpy as np
from bokeh.models import ColumnDataSource, HoverTool, LinearColorMapper
from bokeh.plotting import figure
from matplotlib import colormaps
from matplotlib.colors import to_hex

from physlib.plots.explorables.explorable import Control, Explorable, clear, plain
from physlib.plots.style import COLOURS, styled
from physlib.theory import rival_energy

POINTS = 101  # a side of the map, as in landscape.js
DEPTH = 0.1  # the colours' range: what is deeper or higher has the last one
TOP = 0.25  # the cut's
PAPER = "PuOr_r"  # orange is above zero, purple below
CONTROLS = (
    Control(
        "alpha",
        "α",
        "weight of d²",
        (0.0035, 0.0095, 0.03, 0.1, 0.3, 0.5, 1, 2, 3, 4, 5, 6, 8, 10),
        0.0035,
    ),
    Control(
        "gamma",
        "γ",
        "weight of −d⁴",
        (-10, -5, -2, -1, 0, 0.5, 1, 2, 3, 4, 5, 6.5, 8, 10, 15, 20),
        5,
    ),
    Control(
        "kappa",
        "κ",
        "weight of the gradient",
        (0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 1.5, 2),
        0.5,
    ),
)


def _map() -> figure:
    """The loss over both heights, and where it is least."""
    drawn = plain(
        height=360,
        x_range=(-1, 1),
        y_range=(-1, 1),
        x_axis_label="n, height of the target’s two neighbours",
        y_axis_label="g, height of the other wrong classes",
    )
    palette = [to_hex(colour) for colour in colormaps[PAPER](np.linspace(0, 1, 256))]
    scale: dict[str, Any] = {
        "color_mapper": LinearColorMapper(palette=palette, low=-DEPTH, high=DEPTH)
    }
    field = ColumnDataSource(data={"loss": []}, name="field")
    step = 2 / (POINTS - 1)
    low, side = -1 - step / 2, 2 + step  # a point of the grid is the middle of its square
    shown = drawn.image("loss", low, low, side, side, source=field, **scale)
    zeros = ColumnDataSource(data={key: [] for key in ("x0", "y0", "x1", "y1")}, name="zeros")
    drawn.segment("x0", "y0", "x1", "y1", line_width=2, color="black", source=zeros)
    drawn.line([-1, 1], [-1, 1], color="black", alpha=0.5, line_dash="dotted")
    lows = ColumnDataSource(data={"x": [], "y": []}, name="lows")
    style: dict[str, Any] = {"line_color": "white", "line_width": 1.5}
    drawn.scatter(0, 0, size=17, marker="star", fill_color=COLOURS[2], **style)
    drawn.scatter("x", "y", size=11, fill_color=COLOURS[1], source=lows, **style)
    tooltips = [("n", "$x{0.00}"), ("g", "$y{0.00}"), ("loss", "@loss{0.0000}")]
    drawn.add_tools(HoverTool(renderers=[shown], tooltips=tooltips))
    return drawn


def _cut() -> figure:
    """The loss along the diagonal of the map."""
    drawn = plain(
        height=360,
        x_range=(-1, 1),
        y_range=(-TOP, TOP),
        x_axis_label="h, one height of all wrong classes",
        y_axis_label="loss L",
    )
    curves = ColumnDataSource(data={"h": [], "bracket": [], "loss": []}, name="curves")
    drawn.vspan(x=[0], line_color=COLOURS[2], line_dash="dotted")
    line: dict[str, Any] = {"source": curves, "line_width": 2}
    drawn.line("h", "loss", color=COLOURS[0], legend_label="the loss", **line)
    dashed: dict[str, Any] = {"line_dash": "dashed", "legend_label": "its bracket, signed"}
    drawn.line("h", "bracket", color="#888888", **dashed, **line)
    minima = ColumnDataSource(data={"x": [], "y": []}, name="minima")
    style: dict[str, Any] = {
        "line_color": "white",
        "line_width": 1.5,
        "legend_label": "least nearby",
    }
    drawn.scatter("x", "y", size=11, fill_color=COLOURS[1], source=minima, **style)
    clear(drawn)
    return drawn


@styled
def still() -> matplotlib.figure.Figure:
    """The map and the cut at the post's weights."""
    grid, h = np.linspace(-1, 1, 201), np.linspace(-1, 1, 801)
    drawn, (left, right) = plt.subplots(1, 2, figsize=(8, 3.7))
    loss = abs(rival_energy(grid[None, :], grid[:, None]))
    left.pcolormesh(grid, grid, loss, vmin=-DEPTH, vmax=DEPTH, cmap=PAPER, rasterized=True)
    bracket = rival_energy(grid[None, :], grid[:, None])
    left.contour(grid, grid, bracket, levels=[0], colors="black")
    left.plot([-1, 1], [-1, 1], ":", color="black", alpha=0.5)
    left.plot(0, 0, "*", color=COLOURS[2], markersize=13, markeredgecolor="white")
    left.set(
        xlabel="height $n$ of the target's two neighbours",
        ylabel="height $g$ of the other wrong classes",
    )
    bracket = rival_energy(h, h)
    right.axvline(0, color=COLOURS[2], linestyle=":")
    right.plot(h, abs(bracket), label="the loss")
    right.plot(h, bracket, "--", color="#888888", label="its bracket, signed")
    zeros = h[1:][np.diff(np.sign(bracket)) != 0]
    right.plot(zeros, 0 * zeros, "o", color=COLOURS[1], label="least nearby")
    right.set(xlabel="one height $h$ of all wrong classes", ylabel="loss $L$", ylim=(-TOP, TOP))
    right.legend()
    return drawn


def _draw() -> Mapping[str, figure]:
    return {"map": _map(), "cut": _cut()}


LANDSCAPE = Explorable(
    controls=CONTROLS,
    switches={"absolute": "absolute value"},
    buttons={"post": "The post’s values"},
    draw=_draw,
    labels={
        "map": "Map of the loss over the two heights. The sentence below the figure says where "
        "the loss is least.",
        "cut": "Curve of the loss along the diagonal of the map, with a dot at each minimum.",
    },
    still=still,
    alt="Left: a map of the loss at the post's weights over the height of the target's two "
    "neighbours and the height of the other wrong classes. A black closed curve, on which the loss "
    "is zero, surrounds the target; outside of it the loss rises steeply. Right: the loss along "
    "the diagonal. Its signed bracket is a hill with its top near the target, below zero on both "
    "sides; the absolute value folds the sides up, and the loss touches zero once on either side.",
)
