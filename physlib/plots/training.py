"""Figures of training: curves over seeds, searches, and what the parts of a step cost."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter
from numpy.typing import ArrayLike

from physlib.plots.style import COLOURS, WIDTH, styled

Band = tuple[ArrayLike, ArrayLike, ArrayLike]  # mean, low, high


@styled
def learning_curves(
    curves: Mapping[str, Band], label: str, levels: Mapping[str, float] | None = None
) -> Figure:
    """Curves against the epoch, from 1, on a logarithmic axis, with bands; dotted levels."""
    figure, axes = plt.subplots(figsize=(WIDTH, 3.8))
    for (name, (mean, low, high)), colour in zip(curves.items(), COLOURS, strict=False):
        epochs = np.arange(1, np.size(mean) + 1)
        axes.plot(epochs, mean, color=colour, label=name)
        axes.fill_between(epochs, low, high, color=colour, alpha=0.25, linewidth=0)
    for name, height in (levels or {}).items():
        axes.axhline(height, color="0.5", linestyle=":", linewidth=1)
        axes.annotate(name, (1, height), xytext=(2, 2), textcoords="offset points", fontsize=8)
    axes.set(xscale="log", xlabel="epoch", ylabel=label)
    axes.xaxis.set_major_formatter("{x:g}")
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.legend()
    return figure


@styled
def search_trials(accuracies: Mapping[str, ArrayLike], label: str) -> Figure:
    """Every trial of each search as a dot, the best one as a square."""
    figure, axes = plt.subplots(figsize=(WIDTH, 0.9 + 0.5 * len(accuracies)))
    for row, values in enumerate(accuracies.values()):
        values = np.asarray(values)
        axes.plot(values, np.full(values.shape, row), "o", color="0.6")
        axes.plot(np.nanmax(values), row, "s", color=COLOURS[1])
    axes.set(xlabel=label, yticks=range(len(accuracies)), yticklabels=list(accuracies))
    axes.set_ylim(len(accuracies) - 0.5, -0.5)  # the first row on top
    return figure


@styled
def step_costs(panels: Mapping[str, Mapping[str, Mapping[str, float]]]) -> Figure:
    """Stacked bars: for each panel's label, networks, and the share of each part."""
    figure, grid = plt.subplots(len(panels), 1, figsize=(WIDTH, 2.4 * len(panels)), squeeze=False)
    for axes, (label, networks) in zip(grid.flat, panels.items(), strict=True):
        left = np.zeros(len(networks))
        for i, part in enumerate(next(iter(networks.values()))):
            width = np.array([parts[part] for parts in networks.values()])
            shade = COLOURS[i % len(COLOURS)]
            axes.barh(list(networks), width, left=left, height=0.6, color=shade, label=part)
            left += width
        axes.set_xlabel(label)
        axes.invert_yaxis()
        axes.legend(ncols=3, loc="lower center", bbox_to_anchor=(0.4, 1.0))
    return figure


@styled
def norm_thermometer(
    temperatures: ArrayLike, measured: Mapping[str, Band], exact: Mapping[str, ArrayLike]
) -> Figure:
    """Squared length of weights against T, on logarithmic axes: points with bars, and lines."""
    figure, axes = plt.subplots(figsize=(WIDTH, 3.8))
    for (name, band), colour in zip(measured.items(), COLOURS, strict=False):
        axes.plot(temperatures, exact[name], color=colour, linewidth=1, label=f"{name}, predicted")
        _points(axes, temperatures, band, colour, f"{name}, on record")
    axes.set(xscale="log", yscale="log", xlabel="temperature $T$ (units of the loss)")
    axes.set_ylabel("squared length over the initial one")
    axes.legend()
    return figure


@styled
def coverage(
    seeds: ArrayLike, measured: Mapping[str, Band], exact: Mapping[str, ArrayLike]
) -> Figure:
    """How often intervals hold the truth (%), against the number of seeds: points and lines."""
    figure, axes = plt.subplots(figsize=(WIDTH, 3.4))
    for (name, band), colour in zip(measured.items(), COLOURS, strict=False):
        axes.plot(seeds, exact[name], color=colour, linewidth=1)
        _points(axes, seeds, band, colour, name)
    axes.set(xlabel="number of seeds", ylabel="intervals that hold the mean (%)")
    axes.legend(loc="lower right")
    return figure


def _points(axes: Axes, x: ArrayLike, band: Band, colour: str, label: str) -> None:
    mean, low, high = map(np.asarray, band)
    bars = [mean - low, high - mean]
    axes.errorbar(x, mean, bars, fmt="o", capsize=3, color=colour, label=label)
