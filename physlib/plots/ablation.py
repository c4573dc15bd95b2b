"""Figures of factorial experiments."""

import itertools
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, ScalarFormatter
from numpy.typing import ArrayLike

from physlib.plots.style import COLOURS, WIDTH, styled

Range = tuple[float, float, float]  # a middle, its lower and its upper end
Corner = tuple[int, ...]
ZERO: dict[str, Any] = {"color": "0.7", "linewidth": 0.8, "zorder": 0}


@styled
def cube(
    heights: ArrayLike, names: Sequence[str], panels: Mapping[str, Collection[Corner]]
) -> Figure:
    """Eight cells (2, 2, 2) as the corners of a cube, once for each panel.

    A panel's corners show their heights, and the edges between them are drawn through. Index 0,
    s = +1, is to the right, above and behind.
    """
    heights = np.asarray(heights, dtype=float)
    figure, row = plt.subplots(1, len(panels), figsize=(WIDTH, 2.9), squeeze=False)
    turns = ((0.5, -0.34, 0), (-0.26, 0.5, 90), (1.36, 0.12, 40))
    for axes, (title, shown) in zip(row.flat, panels.items(), strict=True):
        for a, b in itertools.combinations(np.ndindex(2, 2, 2), 2):
            if np.abs(np.subtract(a, b)).sum() == 1:
                colour = "black" if a in shown and b in shown else "0.85"
                axes.plot(*zip(_place(a), _place(b), strict=True), color=colour, zorder=1)
        for corner in np.ndindex(2, 2, 2):
            known = corner in shown
            fill = COLOURS[5] if known else "white"
            axes.scatter(*_place(corner), s=560, color=fill, edgecolor="0.6", zorder=2)
            text = f"{heights[corner]:.1f}" if known else "?"
            axes.annotate(text, _place(corner), ha="center", va="center", fontsize=9)
        for name, (x, y, angle) in zip(names, turns, strict=True):
            axes.annotate(f"{name} →", (x, y), ha="center", va="center", rotation=angle)
        axes.set(title=title, aspect="equal", xlim=(-0.4, 1.7), ylim=(-0.45, 1.6))
        axes.axis("off")
    return figure


def _place(corner: Corner) -> tuple[float, float]:
    right, up, behind = (1 - i for i in corner)
    return right + 0.45 * behind, up + 0.38 * behind


@styled
def recovered(planted: Mapping[str, float], found: Mapping[str, Mapping[str, Range]]) -> Figure:
    """Planted effects as ticks, a row each, and what each method finds; it may leave rows out."""
    figure, axes = plt.subplots(figsize=(WIDTH, 1.2 + 0.42 * len(planted)))
    rows = dict(zip(planted, range(len(planted)), strict=True))
    axes.axvline(0, **ZERO)
    ticks = axes.plot(list(planted.values()), range(len(rows)), "k|", label="planted")
    plt.setp(ticks, markersize=17, markeredgewidth=2)
    for i, ((label, ranges), marker) in enumerate(zip(found.items(), "os^", strict=False)):
        places = [rows[name] + 0.22 * i for name in ranges]
        _bars(axes, list(ranges.values()), places, label, COLOURS[1 - i], marker)
    _rows(axes, rows)
    axes.set_xlabel("effect")
    figure.legend(loc="outside upper center", ncols=3)
    return figure


@styled
def rate_searches(
    rates: Sequence[float],
    panels: Mapping[str, Mapping[str, ArrayLike]],
    best: Mapping[str, Mapping[str, float]],
) -> Figure:
    """Errors (%) against the learning rate, up to four panels; NaN is a cross at the top.

    A ring marks the rate `best[panel][curve]`, dotted lines the ends of the grid.
    """
    figure, grid = plt.subplots(2, 2, figsize=(WIDTH, 4.8), sharex=True, sharey=True)
    for axes, (title, curves) in zip(grid.flat, panels.items(), strict=False):
        for edge in (rates[0], rates[-1]):
            axes.axvline(edge, linestyle=":", **ZERO)
        for i, (label, percent) in enumerate(curves.items()):
            y = np.asarray(percent, dtype=float)
            axes.plot(rates, y, ".-" if i == 0 else ".--", color=COLOURS[i], label=label)
            lost = np.asarray(rates)[np.isnan(y)]
            axes.plot(lost, np.full(len(lost), 110 - 25 * i), "x", color=COLOURS[i])
            at = list(rates).index(best[title][label])
            axes.plot(rates[at], y[at], "o", markersize=9, fillstyle="none", color=COLOURS[i])
        axes.set(xscale="log", yscale="log")
        axes.set_title(title)
    grid[0, 0].set_ylim(top=130)  # of all panels, and below whatever the lowest curve needs
    grid[0, 0].yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    grid[0, 0].yaxis.set_major_formatter(ScalarFormatter())
    figure.supxlabel("learning rate $\\alpha$")
    figure.supylabel("validation error (%)")
    handles, labels = grid[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=2)
    return figure


@styled
def cell_scores(
    values: Mapping[str, ArrayLike], intervals: Mapping[str, Range], label: str
) -> Figure:
    """A row for each cell: a dot a seed, and the interval; NaN is counted in words instead."""
    figure, axes = plt.subplots(figsize=(WIDTH, 1.0 + 0.46 * len(values)))
    end = axes.get_yaxis_transform()
    for row, found in enumerate(values.values()):
        seeds = np.asarray(found, dtype=float)
        axes.plot(seeds, np.full(len(seeds), row - 0.2), "o", color="0.6", markersize=4)
        if lost := int(np.isnan(seeds).sum()):
            words = f"{lost} of {len(seeds)} diverged"
            axes.text(1, row + 0.15, words, fontsize=8, ha="right", va="center", transform=end)
    _bars(axes, list(intervals.values()), [i + 0.1 for i in range(len(values))])
    _rows(axes, list(values))
    axes.set_xlabel(label)
    return figure


@styled
def forest(
    names: Sequence[str],
    panels: Mapping[str, tuple[Sequence[ArrayLike], Mapping[str, Sequence[Range]]]],
    label: str,
) -> Figure:
    """Effects in rows, a dot a seed, with the intervals of each kind; panels side by side."""
    size = WIDTH, 1.5 + 0.55 * len(names)
    figure, row = plt.subplots(1, len(panels), figsize=size, sharey=True, squeeze=False)
    for axes, (title, (seeds, intervals)) in zip(row.flat, panels.items(), strict=True):
        axes.axvline(0, **ZERO)
        for place, values in enumerate(seeds):
            axes.plot(np.asarray(values), np.full(np.size(values), place - 0.3), ".", color="0.75")
        for i, ((kind, ranges), marker) in enumerate(zip(intervals.items(), "so^", strict=False)):
            places = [place - 0.08 + 0.18 * i for place in range(len(names))]
            _bars(axes, ranges, places, kind, COLOURS[(1, 0, 2)[i]], marker)
        axes.set_title(title)
        axes.set_xlabel(label)
    _rows(row[0, 0], names)
    handles, labels = row[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=3)
    return figure


@styled
def interactions(
    panels: Mapping[str, tuple[Sequence[str], Mapping[str, Sequence[Range]]]], label: str
) -> Figure:
    """Means at the two levels of a factor, one line for each level of another, a panel a pair."""
    figure, column = plt.subplots(len(panels), 1, figsize=(WIDTH, 2.1 * len(panels)), squeeze=False)
    for axes, (title, (levels, lines)) in zip(column.flat, panels.items(), strict=True):
        for i, (name, ranges) in enumerate(lines.items()):
            places, dashes = [0.03 * i, 1 + 0.03 * i], ("o-", "s--")[i]
            _bars(axes, ranges, places, name, COLOURS[i], dashes, upright=True)
        axes.set(ylabel=label, xlim=(-0.3, 1.3))
        axes.set_xticks(range(len(levels)), levels)
        axes.set_title(title, loc="left")
        axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    return figure


def _bars(
    axes: Axes,
    ranges: Sequence[Range],
    places: Sequence[float],
    label: str | None = None,
    colour: str = COLOURS[1],
    marker: str = "s",
    upright: bool = False,
) -> None:
    """Intervals at these places: along x, each at its height, or upright along y."""
    middle, low, high = np.array(ranges, dtype=float).T
    reach = [middle - low, high - middle]
    style: dict[str, Any] = {"fmt": marker, "markersize": 4, "capsize": 3, "color": colour}
    if upright:
        axes.errorbar(places, middle, yerr=reach, label=label, **style)
    else:
        axes.errorbar(middle, places, xerr=reach, label=label, **style)


def _rows(axes: Axes, names: Collection[str]) -> None:
    """Name the rows, the first on top."""
    axes.set_yticks(range(len(names)), list(names))
    axes.set_ylim(len(names) - 0.4, -0.6)
