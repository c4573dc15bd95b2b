"""The book's figures: arrays in, a matplotlib Figure out, nothing computed but positions."""

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any, ParamSpec

import matplotlib.pyplot as plt
import numpy as np
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

# Okabe and Ito's colours, which colour-blind readers can tell apart.
COLOURS = ("#D55E00", "#0072B2", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
STYLE: dict[str, Any] = {
    "figure.dpi": 150,
    "figure.facecolor": "white",  # figures stay legible on a dark page
    "figure.constrained_layout.use": True,
    "figure.constrained_layout.h_pad": 0.1,
    "font.size": 10,
    "axes.prop_cycle": cycler(color=COLOURS),
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.frameon": False,
    "image.cmap": "cividis",
}
P = ParamSpec("P")


def _styled(plot: Callable[P, Figure]) -> Callable[P, Figure]:
    """Draw in the book's style, and detach the figure from pyplot, which would show it twice."""

    @wraps(plot)
    def draw(*args: P.args, **kwargs: P.kwargs) -> Figure:
        with plt.style.context(STYLE):
            figure = plot(*args, **kwargs)
        plt.close(figure)
        return figure

    return draw


@_styled
def loss_density(d: ArrayLike, density: ArrayLike, sign_change: float) -> Figure:
    """The density of the loss against the error d, whole and near zero, with its absolute value."""
    d, density = np.asarray(d), np.asarray(density)
    figure, (whole, near) = plt.subplots(2, 1, figsize=(5.2, 5.4))
    for axes, reach in ((whole, d.max()), (near, 1.6 * sign_change)):
        shown = np.abs(d) <= reach
        axes.axhline(0, color="0.8", linewidth=0.8)
        axes.plot(d[shown], density[shown], label=r"$\alpha d^2 - \gamma d^4$")
        axes.plot(d[shown], np.abs(density[shown]), "--", label="its absolute value")
        axes.set_xlabel("error of every output, $d$")
    near.set_ylabel("energy density")
    whole.set(ylabel="energy density", title="The whole range: a hill, folded into a well")
    near.set_title("Near zero: where the sign changes")
    near.ticklabel_format(axis="y", scilimits=(0, 0), useMathText=True)
    for position in (-sign_change, sign_change):
        near.axvline(position, color="0.5", linestyle=":")
    near.annotate(
        r"$d = \sqrt{\alpha/\gamma}$",
        (sign_change, 0.75 * np.abs(density[np.abs(d) <= 1.6 * sign_change]).max()),
        ha="right",
        xytext=(-4, 0),
        textcoords="offset points",
    )
    whole.legend()
    return figure


@_styled
def layer_gain(gains: Mapping[str, ArrayLike], side: int) -> Figure:
    """The gain of each input: as curves over the pixel index, and the first one as an image."""
    figure, (curves, image) = plt.subplots(1, 2, figsize=(5.2, 2.9), width_ratios=[1.2, 1])
    for label, gain in gains.items():
        curves.plot(np.asarray(gain), label=label)
    curves.set(xlabel="pixel index $i$", ylabel="gain of pixel $i$", title="Along the ramp")
    curves.legend()
    label, gain = next(iter(gains.items()))
    shown = image.imshow(np.asarray(gain).reshape(side, side))
    image.set(title=f"{label}, as an image", xticks=[], yticks=[])
    figure.colorbar(shown, ax=image, label="gain", location="bottom")
    return figure


@_styled
def well(
    paths: ArrayLike, positions: ArrayLike, theta: ArrayLike, densities: Mapping[str, ArrayLike]
) -> Figure:
    """Paths (steps, particles) in a well, and the positions of a cloud against densities."""
    figure, (left, right) = plt.subplots(2, 1, figsize=(5.2, 5.4))
    left.plot(np.asarray(paths), linewidth=0.8)
    left.set(xlabel="step", ylabel=r"position $\theta$", title="A few particles")
    right.hist(np.asarray(positions), bins=60, density=True, color="0.8", label="simulated")
    for (label, density), style in zip(densities.items(), ("--", "-"), strict=False):
        right.plot(theta, density, style, label=label)
    right.set(xlabel=r"position $\theta$", ylabel="probability density", title="The cloud")
    right.legend()
    return figure


@_styled
def accuracy_curves(curves: Mapping[str, Sequence[float]], title: str) -> Figure:
    """Accuracies in percent against the epoch, one curve a label."""
    figure, axes = plt.subplots(figsize=(6, 3.4))
    for (label, percent), marker in zip(curves.items(), "os^vDX", strict=False):
        axes.plot(range(1, len(percent) + 1), percent, marker=marker, label=label)
    axes.set(xlabel="epoch", ylabel="test accuracy (%)", title=title)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.legend()
    return figure


@_styled
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
