"""Figures of networks at work."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from physlib.plots.style import COLOURS, styled


@styled
def accuracy_curves(curves: Mapping[str, Sequence[float]], title: str) -> Figure:
    """Accuracies in percent against the epoch, one curve a label."""
    figure, axes = plt.subplots(figsize=(6, 3.4))
    for (label, percent), marker in zip(curves.items(), "os^vDX", strict=False):
        axes.plot(range(1, len(percent) + 1), percent, marker=marker, label=label)
    axes.set(xlabel="epoch", ylabel="test accuracy (%)", title=title)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.legend()
    return figure


@styled
def digit_grid(
    images: ArrayLike, labels: ArrayLike, predictions: ArrayLike, columns: int = 6
) -> Figure:
    """Images (N, 28, 28) with what was predicted above each; mistakes name the truth too."""
    images, labels, predictions = map(np.asarray, (images, labels, predictions))
    rows = -(-len(images) // columns)
    figure, grid = plt.subplots(rows, columns, figsize=(0.87 * columns, 1.05 * rows), squeeze=False)
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
        fontsize=9,
    )
