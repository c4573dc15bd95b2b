"""Figures of coherence and of noise."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from physlib.plots.style import COLOURS, WIDTH, styled

Ends = tuple[ArrayLike, ArrayLike, ArrayLike]  # x, y, half the length of a bar


@styled
def ring_fields(fields: Mapping[str, ArrayLike]) -> Figure:
    """One small panel a field (C,) over the places of a ring, two panels a row."""
    rows = -(-len(fields) // 2)
    figure, grid = plt.subplots(
        rows, 2, figsize=(WIDTH, 1.35 * rows), sharex=True, sharey=True, squeeze=False
    )
    for axes, (title, field) in zip(grid.flat, fields.items(), strict=False):
        values = np.asarray(field)
        axes.axhline(0, color="0.6", linewidth=0.8)
        axes.vlines(range(len(values)), 0, values, color=COLOURS[1])
        axes.plot(values, "o", color=COLOURS[1], markersize=4)
        axes.set_title(title)
        axes.set(xticks=range(len(values)), yticks=[-1, 0, 1], ylim=(-1.3, 1.3))
    for axes in grid.flat[len(fields) :]:
        axes.axis("off")
    for axes in grid[-1]:
        axes.set_xlabel("class $i$")
    for axes in grid[:, 0]:
        axes.set_ylabel("output")
    return figure


@styled
def points_on_curves(
    panels: Sequence[tuple[str, str, Mapping[str, tuple[ArrayLike, ArrayLike]]]],
    points: Mapping[int, Ends],
    levels: Mapping[str, float],
    height: float = 2.5,
) -> Figure:
    """Stacked panels of (x label, y label, curves by label), bars of 1.96 errors on some of them.

    ``points`` belong to the panel of their number; ``levels`` are marked in all panels, by name.
    """
    figure, grid = plt.subplots(
        len(panels), 1, figsize=(WIDTH, height * len(panels)), squeeze=False
    )
    for n, (axes, (x_label, y_label, curves)) in enumerate(zip(grid.flat, panels, strict=True)):
        for name, level in levels.items():
            axes.axhline(level, color="0.75", linestyle=":", linewidth=1)
            axes.annotate(
                name,
                (1, level),
                xycoords=("axes fraction", "data"),
                ha="right",
                va="bottom",
                fontsize=8,
                color="0.35",
            )
        for (label, (x, y)), colour, style in zip(
            curves.items(),
            COLOURS[1:] + COLOURS[:1],
            ("-", "--", "-.", ":", "-", "-"),
            strict=False,
        ):
            axes.plot(x, y, style, color=colour, label=label)
        if n in points:
            x, y, error = points[n]
            axes.errorbar(
                x, y, yerr=1.96 * np.asarray(error), fmt="o", color=COLOURS[0], markersize=4
            )
        axes.set(xlabel=x_label, ylabel=y_label)
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3)
    return figure


@styled
def image_rows(
    rows: Mapping[str, ArrayLike], titles: Sequence[str] = (), *, signed: bool = False
) -> Figure:
    """Rows of images (N, H, W), each row with its label and a scale of its own if `signed`.

    Signed images have zero in white; others run from black ink at 1 to white paper at 0.
    """
    columns = max(len(np.asarray(images)) for images in rows.values())
    figure, grid = plt.subplots(
        len(rows), columns, figsize=(WIDTH, 1.25 * len(rows) + 0.2), squeeze=False
    )
    for line, (label, images) in zip(grid, rows.items(), strict=True):
        images = np.asarray(images)
        reach = float(np.abs(images).max()) if signed else 1.0
        for axes, image in zip(line, images, strict=False):
            axes.imshow(
                image,
                cmap="PuOr" if signed else "gray_r",
                vmin=-reach if signed else 0,
                vmax=reach,
            )
        for axes in line:
            axes.set(xticks=[], yticks=[])
            axes.spines[:].set_visible(False)
        line[0].set_ylabel(label)
    for axes, title in zip(grid[0], titles, strict=False):
        axes.set_title(title)
    return figure


@styled
def scores_by_method(
    panels: Mapping[str, Mapping[str, ArrayLike]],
    intervals: Mapping[str, Mapping[str, tuple[float, float, float]]],
    levels: Mapping[str, Mapping[str, float]],
    label: str,
) -> Figure:
    """Stacked panels of rows: a dot a seed and (mean, low, high) as a bar, by panel and method.

    ``levels`` are marked by name in the panels that they are given for. A row without a finite
    interval says so.
    """
    size = sum(0.75 + 0.34 * len(rows) for rows in panels.values())
    figure, grid = plt.subplots(
        len(panels),
        1,
        figsize=(WIDTH, 0.5 + size),
        sharex=True,
        squeeze=False,
        height_ratios=[1 + len(rows) for rows in panels.values()],
    )
    for axes, (title, rows) in zip(grid.flat, panels.items(), strict=True):
        for name, level in levels.get(title, {}).items():
            axes.axvline(level, color="0.6", linestyle=":", linewidth=1)
            axes.annotate(
                name, (level, 1), xycoords=("data", "axes fraction"), ha="center", va="bottom",
                fontsize=8, color="0.35",
            )  # fmt: skip
        for row, (name, values) in enumerate(rows.items()):
            _row(axes, row, np.asarray(values, dtype=float), intervals[title][name])
        axes.set_title(title, loc="left")
        axes.set(yticks=range(len(rows)), yticklabels=list(rows))
        axes.set_ylim(len(rows) - 0.5, -0.5)  # the first row on top
    grid[-1, 0].set_xlabel(label)
    return figure


def _row(axes: Axes, row: int, values: np.ndarray, interval: tuple[float, float, float]) -> None:
    mean, low, high = interval
    axes.plot(values, np.full(len(values), row - 0.18), "o", color="0.6", markersize=4)
    if np.isfinite([mean, low, high]).all():
        reach = [[mean - low], [high - mean]]
        axes.errorbar(mean, row + 0.12, xerr=reach, fmt="s", capsize=4, color=COLOURS[1])
    else:
        axes.annotate(
            "no mean: a run diverged", (0.02, row), xycoords=("axes fraction", "data"),
            va="center", fontsize=8, color=COLOURS[0],
        )  # fmt: skip


@styled
def accuracy_against_damage(
    panels: Mapping[str, tuple[ArrayLike, Mapping[str, tuple[ArrayLike, ArrayLike, ArrayLike]]]],
) -> Figure:
    """Stacked panels: per damage, its amounts and, by method, (mean, low, high) in percent."""
    figure, grid = plt.subplots(
        len(panels), 1, figsize=(WIDTH, 2.6 * len(panels)), sharey=True, squeeze=False
    )
    for axes, (label, (amounts, curves)) in zip(grid.flat, panels.items(), strict=True):
        x = np.asarray(amounts, dtype=float)
        for n, (name, (mean, low, high)) in enumerate(curves.items()):
            mean, low, high = (np.asarray(a, dtype=float) for a in (mean, low, high))
            axes.errorbar(
                x + (n - (len(curves) - 1) / 2) * 0.012 * np.ptp(x),  # side by side
                mean,
                yerr=[mean - low, high - mean],
                color=COLOURS[n],
                fmt="osD^vX"[n] + "-",
                markersize=4,
                linewidth=1,
                capsize=2,
                label=name,
            )
        axes.axhline(10, color="0.75", linestyle=":", linewidth=1)
        axes.set(xlabel=label, ylabel="test accuracy (%)", xticks=x)
    low, high = grid[0, 0].get_ylim()  # an interval of few seeds may leave what is possible
    grid[0, 0].set_ylim(max(low, 0), min(high, 102))
    grid[0, 0].legend(loc="lower left")
    return figure
