"""Figures of replicas that part."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from physlib.plots.style import COLOURS, WIDTH, styled


@styled
def quenches(panels: Mapping[str, tuple[ArrayLike, Sequence[float]]]) -> Figure:
    """Magnetisations (steps, copies) side by side, with the levels that theory gives dotted."""
    figure, row = plt.subplots(
        1, len(panels), figsize=(WIDTH, 2.6), sharex=True, sharey=True, squeeze=False
    )
    for axes, (title, (m, levels)) in zip(row.flat, panels.items(), strict=True):
        axes.plot(np.asarray(m), color=COLOURS[1], linewidth=0.9, alpha=0.8)
        for level in levels:
            axes.axhline(level, color="black", linestyle=":", linewidth=1.2)
        axes.set_title(title)
        axes.set(xlabel="step", ylim=(-1.05, 1.05))
    row[0, 0].set_ylabel("magnetisation m")
    return figure


@styled
def degrees(
    rows: Sequence[str], moments: Mapping[str, Sequence[tuple[float, float, float]]], label: str
) -> Figure:
    """Intervals (mean, low, high) in rows, one for each moment of training; zero is marked."""
    figure, axes = plt.subplots(figsize=(WIDTH, 1.2 + 0.42 * len(rows)))
    axes.axvline(0, color="0.6", linewidth=0.8)
    for i, (moment, ranges) in enumerate(moments.items()):
        middle, low, high = np.array(ranges, dtype=float).T
        axes.errorbar(
            middle,
            np.arange(len(rows)) + 0.2 * (i - (len(moments) - 1) / 2),
            xerr=[middle - low, high - middle],
            fmt="o^s"[i],
            markersize=4,
            capsize=3,
            color=COLOURS[(2, 4, 1)[i]],
            label=moment,
        )
    axes.set_yticks(range(len(rows)), list(rows))
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_xlabel(label)
    figure.legend(loc="outside upper center", ncols=3)
    return figure


@styled
def foresight(
    panels: Mapping[str, Mapping[str, tuple[float, float]]], x_label: str, y_label: str
) -> Figure:
    """A point for each configuration, named beside it, panel by panel."""
    figure, row = plt.subplots(1, len(panels), figsize=(WIDTH, 3.4), squeeze=False)
    for axes, (title, points) in zip(row.flat, panels.items(), strict=True):
        axes.axhline(0, color="0.75", linewidth=0.8)
        axes.axvline(0, color="0.75", linewidth=0.8)
        for number, (name, (x, y)) in enumerate(points.items(), start=1):
            axes.plot(x, y, "o", color=COLOURS[1], markersize=4)
            axes.annotate(
                str(number), (x, y), xytext=(4, 3), textcoords="offset points", fontsize=9
            )
            axes.plot([], [], " ", label=f"{number} {name}")
        axes.set_title(title)
        axes.set_xlabel(x_label)
        axes.locator_params(axis="x", nbins=4)
    row[0, 0].set_ylabel(y_label)
    handles, labels = row[0, -1].get_legend_handles_labels()
    figure.legend(
        handles,
        labels,
        loc="outside lower center",
        ncols=4,
        fontsize=8,
        handlelength=0,
        handletextpad=0,
    )
    return figure
