"""Figures of digital twins."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from physlib.plots.style import COLOURS, WIDTH, styled

# time, readings, and the twins by name
Motion = tuple[ArrayLike, ArrayLike, Mapping[str, ArrayLike]]
# calls, middles, lower and upper ends
Curve = tuple[ArrayLike, ArrayLike, ArrayLike, ArrayLike]
# The controls are black and grey, dashed; methods keep a colour in both panels.
CONTROLS = {"no tuning": "black", "random twins": "0.5"}
MARKERS = "osD^v<"


@styled
def motions(panels: Mapping[tuple[str, str], Motion]) -> Figure:
    """What was read, as dots, and what twins do, as curves; a panel for each (time, state)."""
    figure, column = plt.subplots(len(panels), 1, figsize=(WIDTH, 2.4 * len(panels)), squeeze=False)
    for axes, ((time, state), (at, readings, twins)) in zip(
        column.flat, panels.items(), strict=True
    ):
        axes.plot(at, readings, ".", color="0.45", label="readings")
        for (name, curve), dashes, colour in zip(twins.items(), ("--", "-"), COLOURS, strict=False):
            axes.plot(at, curve, dashes, color=colour, label=name)
        axes.set(xlabel=time, ylabel=state)
    handles, labels = column[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=3)
    return figure


@styled
def epidemic_sizes(
    reproduction: ArrayLike,
    curves: Mapping[str, ArrayLike],
    at: ArrayLike,
    points: Mapping[str, ArrayLike],
) -> Figure:
    """Closed forms against the reproduction number as curves, and simulated ones as points."""
    figure, axes = plt.subplots(figsize=(WIDTH, 3.0))
    for i, (name, curve) in enumerate(curves.items()):
        axes.plot(reproduction, curve, color=COLOURS[i], label=name)
        axes.plot(at, points[name], MARKERS[i], color=COLOURS[i])
    axes.set(
        xlabel="reproduction number $R_0$", ylabel="share of the population", ylim=(-0.03, 1.05)
    )
    figure.legend(loc="outside upper center", ncols=2)
    return figure


@styled
def baselines(
    baseline: ArrayLike,
    variance: ArrayLike,
    points: tuple[ArrayLike, ArrayLike, ArrayLike],
    marked: Mapping[str, float],
) -> Figure:
    """Variance of a gradient against its baseline: closed form, points with 95 % bars, marks."""
    figure, axes = plt.subplots(figsize=(WIDTH, 3.0))
    axes.plot(baseline, variance, color=COLOURS[1], label="closed form")
    at, middle, error = points
    bars = 1.96 * np.asarray(error)
    axes.errorbar(at, middle, yerr=bars, fmt="o", capsize=3, color=COLOURS[0], label="sampled")
    for (name, place), height in zip(marked.items(), (0.17, 0.09, 0.09), strict=False):
        axes.axvline(place, color="0.6", linewidth=0.8, linestyle=":")
        axes.text(
            place, height, f" {name}", transform=axes.get_xaxis_transform(), fontsize=9, va="top"
        )
    axes.set(xlabel="baseline $B$", ylabel="variance of one sample", ylim=(0, None))
    axes.legend(loc="upper center")
    return figure


@styled
def errors_by_calls(panels: Mapping[str, Mapping[str, Curve]], label: str) -> Figure:
    """Error against simulated trajectories, both logarithmic: a line and a band a method."""
    figure, column = plt.subplots(
        len(panels), 1, figsize=(WIDTH, 3.1 * len(panels)), sharex=True, squeeze=False
    )
    for axes, (title, curves) in zip(column.flat, panels.items(), strict=True):
        colours = iter(zip(COLOURS, MARKERS, strict=True))
        for name, (calls, middle, low, high) in curves.items():
            if name in CONTROLS:
                colour, marker, dashes = CONTROLS[name], "", "--"
            else:
                (colour, marker), dashes = next(colours), "-"
            if np.size(calls) == 1:
                axes.axhline(float(np.ravel(middle)[0]), color=colour, linestyle=":", label=name)
                continue
            axes.plot(calls, middle, dashes, color=colour, marker=marker, ms=4, label=name)
            axes.fill_between(calls, low, high, color=colour, alpha=0.12, linewidth=0)
        axes.set(xscale="log", yscale="log")
        axes.set_title(title)
    figure.supylabel(label)
    column[-1, 0].set_xlabel("calls: simulated trajectories")
    handles, labels = column[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=3, fontsize=8)
    return figure


@styled
def two_worlds(
    panels: Mapping[str, Mapping[str, tuple[ArrayLike, ArrayLike]]],
    label: tuple[str, str],
) -> Figure:
    """What a twin says against what nature does, a point for each controller and seed."""
    figure, row = plt.subplots(
        1, len(panels), figsize=(WIDTH, 2.9), sharex=True, sharey=True, squeeze=False
    )
    points = [np.ravel(x) for panel in panels.values() for pair in panel.values() for x in pair]
    ends = 0.8 * np.concatenate(points).min(), 1.25 * np.concatenate(points).max()
    for axes, (title, controllers) in zip(row.flat, panels.items(), strict=True):
        axes.plot(ends, ends, color="0.7", linewidth=0.8, zorder=0)
        for (name, (physical, twin)), colour, marker in zip(
            controllers.items(), COLOURS, MARKERS, strict=False
        ):
            axes.plot(physical, twin, marker, color=colour, label=name, markersize=4)
        axes.set(xscale="log", yscale="log", xlim=ends, ylim=ends, aspect="equal")
        axes.set_title(title)
    figure.supxlabel(label[0])
    figure.supylabel(label[1])
    handles, labels = row[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=3)
    return figure
