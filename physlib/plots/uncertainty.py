"""Figures of the uncertainty relation."""

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from physlib.plots.style import COLOURS, WIDTH, styled

Range = tuple[float, float, float]  # a middle, its lower and its upper end
HALF: dict[str, Any] = {"color": "0.4", "linestyle": "--", "linewidth": 1}


@styled
def states(x: ArrayLike, panels: Mapping[str, ArrayLike]) -> Figure:
    """ψ² on an interval, a panel for each state, with the walls at its ends."""
    x = np.asarray(x, dtype=float)
    figure, row = plt.subplots(1, len(panels), figsize=(WIDTH, 2.4), squeeze=False, sharey=True)
    for axes, (title, density) in zip(row.flat, panels.items(), strict=True):
        axes.fill_between(x, np.asarray(density), color=COLOURS[5], alpha=0.5)
        axes.plot(x, np.asarray(density), color=COLOURS[1])
        for wall in (x[0], x[-1]):
            axes.axvline(wall, color="black", linewidth=2)
        axes.set_title(title)
        axes.set_xlabel("$x$")
    row[0, 0].set(ylabel=r"$\psi^2$", ylim=(0, None))
    return figure


@styled
def corrected_bound(
    boundary: ArrayLike, bound: ArrayLike, points: Mapping[str, tuple[ArrayLike, ArrayLike, float]]
) -> Figure:
    """Δx Δp against the boundary term: the bound as a line, states (B, product, 2σ) as points."""
    figure, axes = plt.subplots(figsize=(WIDTH, 3.4))
    axes.axhline(0.5, label="½, without walls", **HALF)
    axes.plot(boundary, bound, color="black", label=r"$|\frac{1}{2} - B|$")
    for i, (label, (b, product, bar)) in enumerate(points.items()):
        style: dict[str, Any] = {"color": COLOURS[i], "markersize": 5, "capsize": 2}
        axes.errorbar(b, product, yerr=bar, fmt="os^"[i], label=label, **style)
    axes.set(xlabel="boundary term $B$", ylabel=r"$\Delta x\,\Delta p$", ylim=(-0.03, None))
    axes.legend()
    return figure


@styled
def both_sides(groups: Mapping[str, tuple[ArrayLike, ArrayLike]], floor: float) -> Figure:
    """Products against their corrected bounds (bound, product), a colour a group; both log.

    What is below `floor` is drawn there.
    """
    figure, axes = plt.subplots(figsize=(WIDTH, 4.2))
    for i, (label, (bound, product)) in enumerate(groups.items()):
        x, y = (np.maximum(np.asarray(v, dtype=float), floor) for v in (bound, product))
        axes.plot(x, y, "os^D"[i], color=COLOURS[i], markersize=3.5, alpha=0.7, label=label)
    line = np.array([floor, 2])
    axes.plot(line, line, color="black", linewidth=1, label="equality")
    axes.axhline(0.5, label="½", **HALF)
    axes.set(xscale="log", yscale="log", xlim=(floor / 1.3, 2), ylim=(floor / 1.3, None))
    axes.set(xlabel=r"corrected bound $|\frac{1}{2} - B|$", ylabel=r"$\Delta x\,\Delta p$")
    axes.legend(loc="lower right")
    return figure


@styled
def along_epochs(
    panels: Mapping[str, Mapping[str, Sequence[Range]]], labels: Mapping[str, str]
) -> Figure:
    """Means with their intervals after each epoch from 0 on, panels below one another."""
    size = WIDTH, 0.5 + 2.1 * len(panels)
    figure, column = plt.subplots(len(panels), 1, figsize=size, sharex=True, squeeze=False)
    for axes, (panel, curves) in zip(column.flat, panels.items(), strict=True):
        for i, (name, ranges) in enumerate(curves.items()):
            middle, low, high = np.array(ranges, dtype=float).T
            epochs = np.arange(len(middle))
            axes.fill_between(epochs, low, high, color=COLOURS[i], alpha=0.25, linewidth=0)
            axes.plot(epochs, middle, "os^Dv"[i], linestyle="-", color=COLOURS[i],
                      markersize=3.5, label=name)  # fmt: skip
        axes.set_title(panel, loc="left")
        axes.set_ylabel(labels[panel])
    column[-1, 0].set_xlabel("epoch")
    column[-1, 0].xaxis.set_major_locator(MaxNLocator(integer=True))
    handles, names = column[0, 0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside upper center", ncols=3)
    return figure


@styled
def paths(
    panels: Mapping[str, Mapping[str, tuple[ArrayLike, ArrayLike]]],
    labels: Mapping[str, tuple[str, str]],
) -> Figure:
    """Ways through a plane, epoch by epoch; a ring marks where each begins, a dot its end."""
    size = WIDTH, 0.5 + 2.9 * len(panels)
    figure, column = plt.subplots(len(panels), 1, figsize=size, squeeze=False)
    for axes, (panel, ways) in zip(column.flat, panels.items(), strict=True):
        for i, (name, (x, y)) in enumerate(ways.items()):
            x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
            axes.plot(x, y, "-", color=COLOURS[i], linewidth=1.2, label=name)
            axes.plot(x[0], y[0], "o", color=COLOURS[i], fillstyle="none", markersize=7)
            axes.plot(x[-1], y[-1], "o", color=COLOURS[i], markersize=7)
        axes.set_title(panel, loc="left")
        axes.set(xlabel=labels[panel][0], ylabel=labels[panel][1])
    handles, names = column[0, 0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside upper center", ncols=3)
    return figure
