"""Figures of networks at work."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from physlib.plots.style import COLOURS, WIDTH, styled


@styled
def accuracy_curves(curves: Mapping[str, Sequence[float]], title: str) -> Figure:
    """Accuracies in percent against the epoch, one curve a label."""
    figure, axes = plt.subplots(figsize=(WIDTH, 3.4))
    for (label, percent), marker in zip(curves.items(), "os^vDX", strict=False):
        axes.plot(range(1, len(percent) + 1), percent, marker=marker, label=label)
    axes.set(xlabel="epoch", ylabel="test accuracy (%)", title=title)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.legend()
    return figure


@styled
def seed_intervals(
    values: Mapping[str, ArrayLike],
    intervals: Mapping[str, tuple[float, float, float]],
    label: str,
    band: float = 0.0,
) -> Figure:
    """One row a label: a dot for each seed, and (mean, low, high) as a bar; zero is marked.

    ``band`` shades what lies within ± that value.
    """
    figure, axes = plt.subplots(figsize=(WIDTH, 0.9 + 0.5 * len(values)))
    axes.axvspan(-band, band, color="0.93")
    axes.axvline(0, color="0.6", linewidth=0.8)
    for row, name in enumerate(values):
        mean, low, high = intervals[name]
        axes.plot(np.asarray(values[name]), [row - 0.2] * np.size(values[name]), "o", color="0.6")
        reach = [[mean - low], [high - mean]]
        axes.errorbar(mean, row + 0.1, xerr=reach, fmt="s", capsize=4, color=COLOURS[1])
    axes.set(xlabel=label, yticks=range(len(values)), yticklabels=list(values))
    axes.set_ylim(len(values) - 0.5, -0.5)  # the first row on top
    return figure


@styled
def digit_grid(
    images: ArrayLike, labels: ArrayLike, predictions: ArrayLike, columns: int = 6
) -> Figure:
    """Images (N, 28, 28) with what was predicted above each; mistakes name the truth too."""
    images, labels, predictions = map(np.asarray, (images, labels, predictions))
    rows = -(-len(images) // columns)
    figure, grid = plt.subplots(
        rows, columns, figsize=(WIDTH, 1.2 * WIDTH * rows / columns), squeeze=False
    )
    for axes in grid.flat:
        axes.axis("off")
    for axes, image, label, prediction in zip(grid.flat, images, labels, predictions, strict=False):
        _digit(axes, image, int(label), int(prediction))
    return figure


def _digit(axes: Axes, image: ArrayLike, label: int, prediction: int) -> None:
    right = label == prediction
    axes.imshow(image, cmap="gray_r")
    axes.set_title(
        f"{prediction}" if right else f"{prediction}, not {label}",
        color="black" if right else COLOURS[0],
    )
