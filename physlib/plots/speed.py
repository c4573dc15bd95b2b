"""Figures of speed, and of what it costs."""

import math
from collections.abc import Mapping

import matplotlib.pyplot as plt
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter

from physlib.plots.style import COLOURS, WIDTH, styled


@styled
def epoch_times(
    panels: Mapping[str, Mapping[str, tuple[float, float, float]]], labels: Mapping[float, str]
) -> Figure:
    """Seconds as (median, low, high) on a logarithmic axis, a panel a device, a row a loop.

    The fastest is on top. ``labels`` has the words to stand beside each median.
    """
    height = sum(0.8 + 0.36 * len(loops) for loops in panels.values())
    ratios = [len(loops) for loops in panels.values()]
    figure, grid = plt.subplots(
        len(panels), 1, figsize=(WIDTH, height), squeeze=False, height_ratios=ratios
    )
    for axes, (title, loops) in zip(grid.flat, panels.items(), strict=True):
        names = sorted(loops, key=lambda name: loops[name][0])
        for row, name in enumerate(names):
            median, low, high = loops[name]
            reach = [[median - low], [high - median]] if math.isfinite(high) else None
            axes.errorbar(median, row, xerr=reach, fmt="s", capsize=4, color=COLOURS[1])
            axes.annotate(
                labels[median], (median, row), (8, 5), textcoords="offset points", fontsize=8
            )
        axes.set(xscale="log", xlabel="seconds for one epoch", title=title)
        axes.set(yticks=range(len(names)), yticklabels=names, ylim=(len(names) - 0.5, -0.7))
        axes.xaxis.set_major_formatter("{x:g}")
        axes.xaxis.set_minor_formatter(NullFormatter())
        axes.grid(axis="x", color="0.9", linewidth=0.8)
        axes.set_axisbelow(True)
        axes.margins(x=0.15)
    return figure


@styled
def sweep_times(
    steady: Mapping[int, float],
    mortal: Mapping[int, float],
    ideal: Mapping[int, float],
    floors: Mapping[str, float],
) -> Figure:
    """Wall time in seconds against the number of workers, both logarithmic, drawn in hours.

    `steady` workers do not die, `mortal` ones do, `ideal` is the sum over the workers; `floors`
    are the times that no number of workers undercuts.
    """
    figure, axes = plt.subplots(figsize=(WIDTH, 4.0))
    curves = (
        ("workers that do not die", steady, "-", COLOURS[1]),
        ("workers that die", mortal, ":", COLOURS[0]),
        ("core hours / workers", ideal, "--", "0.45"),
    )
    for label, curve, line, colour in curves:
        hours = [s / 3600 for s in curve.values()]
        axes.plot(list(curve), hours, line, color=colour, label=label, linewidth=1.8)
    for row, (name, seconds) in enumerate(floors.items()):
        axes.axhline(seconds / 3600, color=COLOURS[2 + row], linewidth=0.9)
        axes.annotate(
            name,
            (min(ideal) * 8**row, seconds / 3600),  # side by side, since floors may be close
            (2, -10 if row % 2 else 3),
            textcoords="offset points",
            fontsize=8,
        )
    axes.set(xscale="log", yscale="log", xlabel="workers", ylabel="wall time (hours)")
    axes.set_xticks([1, 10, 100, 1000, 10_000], labels=["1", "10", "100", "1,000", "10,000"])
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.yaxis.set_major_formatter("{x:g}")
    axes.legend(loc="upper right")
    return figure
