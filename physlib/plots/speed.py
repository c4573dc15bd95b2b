"""Figures of speed."""

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
