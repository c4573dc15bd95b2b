"""Figures of the input's conjugate."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from physlib.plots.style import COLOURS, WIDTH, styled

Band = tuple[ArrayLike, ArrayLike, ArrayLike, ArrayLike]  # x, mean, low, high


@styled
def pushes(
    axis: ArrayLike,
    height: ArrayLike,
    points: ArrayLike,
    arrows: ArrayLike,
    start: tuple[float, float],
    size: float,
    ends: Mapping[str, tuple[float, float]],
) -> Figure:
    """A landscape (N, N) over two inputs, with arrows (M, 2) at points (M, 2).

    A square and a circle of radius `size` are drawn around `start`, and `ends` are marked by name.
    """
    x, values = np.asarray(axis, dtype=float), np.asarray(height, dtype=float)
    where, arrow = np.asarray(points, dtype=float), np.asarray(arrows, dtype=float)
    figure, axes = plt.subplots(figsize=(WIDTH, 4.4))
    levels = np.linspace(values.min(), values.max(), 13)
    axes.contour(x, x, values, levels=levels, colors="0.75", linewidths=0.8)
    axes.quiver(*where.T, *arrow.T, color="0.35", angles="xy", width=0.004)
    angle = np.linspace(0, 2 * np.pi, 200)
    axes.plot(
        start[0] + size * np.cos(angle), start[1] + size * np.sin(angle), "--", color=COLOURS[1]
    )
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]]) * size + start
    axes.plot(*corners.T, color=COLOURS[0])
    axes.plot(*start, "o", color="black", markersize=5)
    for (name, end), colour, marker in zip(ends.items(), COLOURS, "sD^v", strict=False):
        axes.plot(*end, marker, color=colour, markersize=7, label=name)
    axes.set(xlabel="first input $x_1$", ylabel="second input $x_2$", aspect="equal")
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2)
    return figure


@styled
def accuracy_under_attack(
    panels: Mapping[str, Mapping[str, Band]], label: str, height: float = 2.3
) -> Figure:
    """Stacked panels by title: accuracy in percent against the size of an attack, by method.

    Bands are the intervals; chance is dotted.
    """
    figure, grid = plt.subplots(
        len(panels),
        1,
        figsize=(WIDTH, 0.6 + height * len(panels)),
        sharex=True,
        sharey=True,
        squeeze=False,
    )
    for axes, (title, curves) in zip(grid.flat, panels.items(), strict=True):
        axes.axhline(10, color="0.75", linestyle=":", linewidth=1)
        for n, (name, (x, mean, low, high)) in enumerate(curves.items()):
            colour = COLOURS[n % len(COLOURS)]
            axes.plot(x, mean, "osD^vX"[n % 6] + "-", color=colour, markersize=4, label=name)
            axes.fill_between(x, low, high, color=colour, alpha=0.2, linewidth=0)
        axes.set_title(title, loc="left")
        axes.set(ylabel="accuracy (%)", ylim=(-3, 103))
    grid[-1, 0].set_xlabel(label)
    handles, names = grid[0, 0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside upper center", ncols=3)
    return figure


@styled
def gain_in_phase(
    counts: ArrayLike, found: ArrayLike, errors: ArrayLike, curve: tuple[ArrayLike, ArrayLike]
) -> Figure:
    """Points with bars of 1.96 errors on the curve (counts, gains), both axes logarithmic."""
    figure, axes = plt.subplots(figsize=(WIDTH, 3.0))
    axes.plot(*curve, color=COLOURS[1], label=r"$\sqrt{2n/\pi}$")
    axes.errorbar(
        counts, found, yerr=1.96 * np.asarray(errors), fmt="o", color=COLOURS[0], markersize=4,
        capsize=2, label="simulated",
    )  # fmt: skip
    axes.set(
        xscale="log", yscale="log", xlabel="number of inputs $n$",
        ylabel="work in phase over\nroot mean square out of phase",
    )  # fmt: skip
    axes.set_yticks([2, 5, 10, 20, 50], ["2", "5", "10", "20", "50"], minor=False)
    axes.minorticks_off()
    axes.legend()
    return figure
