"""Figures of a published curve and of runs that try to follow it."""

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from physlib.plots.langevin import BARS, Points
from physlib.plots.style import COLOURS, WIDTH, styled

Ours = Sequence[tuple[ArrayLike, bool]]  # of each seed: its curve, and whether it diverged


@styled
def published_curves(
    panels: Mapping[str, Mapping[str, tuple[ArrayLike, Ours]]], label: str, band: float
) -> Figure:
    """One panel a title, in it for each label a published curve and those of our seeds.

    Curves hold one value an epoch, from epoch 1. The published one is dashed, in a band of
    ± ``band``; panels end with our longest curve, or with theirs if there is none of ours. A cross
    ends a run that diverged, at the last epoch that it finished.
    """
    figure, rows = plt.subplots(len(panels), 1, figsize=(WIDTH, 3.1 * len(panels)), squeeze=False)
    for axes, (title, curves) in zip(rows.flat, panels.items(), strict=True):
        lengths = [np.size(curve) for _, ours in curves.values() for curve, _ in ours]
        last = max(lengths) if lengths else max(np.size(c) for c, _ in curves.values())
        for (name, (theirs, ours)), colour in zip(curves.items(), COLOURS, strict=False):
            _theirs(axes, np.asarray(theirs, dtype=float)[:last], band, colour, name)
            for curve, diverged in ours:
                _ours(axes, np.asarray(curve, dtype=float), diverged, colour)
        if lengths:
            axes.plot([], [], color="0.4", label="ours, each seed")
        axes.set(xlabel="epoch", ylabel=label, title=title)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.legend()
    return figure


def _theirs(axes: Axes, curve: np.ndarray, band: float, colour: str, name: str) -> None:
    epochs = np.arange(1, len(curve) + 1)
    seen = np.isfinite(curve)  # a line bridges the epochs at which it is hidden
    label = f"{name}, published"
    low, high = curve[seen] - band, curve[seen] + band
    axes.fill_between(epochs[seen], low, high, color=colour, alpha=0.25, linewidth=0)
    axes.plot(epochs[seen], curve[seen], "--", color=colour, zorder=3, label=label)


def _ours(axes: Axes, curve: np.ndarray, diverged: bool, colour: str) -> None:
    epochs = np.arange(1, len(curve) + 1)
    marker = "." if len(curve) < 3 else ""  # a point has no line
    axes.plot(epochs, curve, marker=marker, color=colour, linewidth=0.9, alpha=0.5)
    if diverged and len(curve):
        axes.plot(epochs[-1], curve[-1], "x", color=colour, markersize=8, markeredgewidth=2)


@styled
def reading_distances(
    labels: Sequence[str], distances: Mapping[str, ArrayLike], label: str, band: float
) -> Figure:
    """One row a reading, in it one dot for each name; the smallest of each name is ringed.

    NaN, of a run that diverged, is a cross at the right edge. Up to ``band`` is shaded.
    """
    figure, axes = plt.subplots(figsize=(WIDTH, 1.4 + 0.27 * len(labels)))
    arrays = {name: np.asarray(values, dtype=float) for name, values in distances.items()}
    finite = np.concatenate([values[np.isfinite(values)] for values in arrays.values()])
    low, high = min(finite.min(), band) / 1.6, finite.max() * 2.5
    axes.axvspan(low, band, color="0.92")
    rows = np.arange(len(labels))
    for (name, values), colour, marker in zip(arrays.items(), COLOURS, "os^v", strict=False):
        bad = ~np.isfinite(values)
        axes.plot(values, rows, marker, color=colour, markersize=5, label=name)
        axes.plot(np.full(bad.sum(), high / 1.3), rows[bad], "x", color=colour, markersize=7)
        if not bad.all():
            best = int(np.nanargmin(values))
            ring: dict[str, Any] = {
                "markersize": 12,
                "markerfacecolor": "none",
                "markeredgewidth": 1.4,
            }
            axes.plot(values[best], best, "o", color=colour, **ring)
    axes.set(xscale="log", xlim=(low, high), xlabel=label, yticks=rows)
    axes.set_yticks(rows, labels, fontsize=8)
    axes.set_ylim(len(labels) - 0.5, -0.5)  # the first row on top
    figure.legend(*axes.get_legend_handles_labels(), loc="outside upper center", ncols=2)
    return figure


@styled
def kept_and_forgotten(paths: Mapping[str, ArrayLike]) -> Figure:
    """Positions (steps, particles) of a few particles in a well, one panel a label."""
    figure, rows = plt.subplots(
        len(paths), 1, figsize=(WIDTH, 2.4 * len(paths)), sharex=True, squeeze=False
    )
    for axes, (label, path) in zip(rows.flat, paths.items(), strict=True):
        axes.axhline(0, color="0.7", linewidth=0.8)
        axes.plot(np.asarray(path), linewidth=0.9)
        axes.set(ylabel=r"position $\theta$", title=label)
    rows[-1, 0].set_xlabel("step")
    return figure


@styled
def walks(
    steps: ArrayLike, walks: Mapping[str, tuple[ArrayLike, Points]], marks: Mapping[str, float]
) -> Figure:
    """Root mean square displacements against steps, both logarithmic; heights that are marked.

    For each label a closed form at ``steps``, and simulated points with their errors.
    """
    figure, axes = plt.subplots(figsize=(WIDTH, 3.8))
    for (label, (exact, points)), colour in zip(walks.items(), COLOURS, strict=False):
        x, y, error = points
        axes.plot(steps, exact, color=colour, label=label)
        axes.errorbar(x, y, 1.96 * np.asarray(error), color=colour, **BARS)
    for (label, height), line in zip(marks.items(), (":", "--"), strict=False):
        axes.axhline(height, color="0.4", linestyle=line, linewidth=1, label=label)
    axes.set(xscale="log", yscale="log", xlabel="steps $n$")
    axes.set_ylabel(r"$\langle\theta_n^2\rangle^{1/2}$")
    axes.legend()
    return figure


@styled
def collapses(predicted: ArrayLike, recorded: Mapping[str, ArrayLike]) -> Figure:
    """The part that has collapsed after each epoch from 1: predicted, and by label on record."""
    figure, axes = plt.subplots(figsize=(WIDTH, 3.4))
    epochs = np.arange(1, np.size(predicted) + 1)
    axes.plot(epochs, 100 * np.asarray(predicted), color="0.4", label="free walk, predicted")
    for (label, part), colour, marker in zip(recorded.items(), COLOURS, "os^v", strict=False):
        percent = 100 * np.asarray(part)
        places = np.arange(1, len(percent) + 1)
        axes.step(places, percent, where="post", color=colour, marker=marker, label=label)
    axes.set(xlabel="epoch", ylabel="runs that have collapsed (%)", ylim=(-5, 105))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.legend()
    return figure
