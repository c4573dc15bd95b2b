"""Figures of the loss and of the field theory behind it."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import TwoSlopeNorm
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from physlib.plots.style import COLOURS, WIDTH, styled


@styled
def loss_density(d: ArrayLike, density: ArrayLike, sign_change: float) -> Figure:
    """The density of the loss against the error d, whole and near zero, with its absolute value."""
    d, density = np.asarray(d), np.asarray(density)
    figure, (whole, near) = plt.subplots(2, 1, figsize=(WIDTH, 5.4))
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


@styled
def landscape(h: ArrayLike, panels: Mapping[str, Mapping[str, ArrayLike]], top: float) -> Figure:
    """The loss up to `top` over the height of the wrong classes, a panel for each weight."""
    figure, grid = plt.subplots(len(panels), 1, figsize=(WIDTH, 2.3 * len(panels)), sharex=True)
    for axes, (title, curves) in zip(np.atleast_1d(grid), panels.items(), strict=True):
        for label, loss in curves.items():
            axes.plot(h, loss, label=label)
        axes.axvline(0, color="0.5", linestyle=":", linewidth=1)
        axes.set_title(title, loc="left")
        axes.set(ylabel="loss $L$", ylim=(-0.02 * top, top))
        beside = {"loc": "lower right", "bbox_to_anchor": (1, 1), "borderaxespad": 0.1}
        axes.legend(ncols=len(curves), columnspacing=1, **beside)
    axes.set_xlabel("height of all wrong classes, $h$ (target: $h = 0$)")
    return figure


@styled
def zero_set(neighbours: ArrayLike, others: ArrayLike, energy: ArrayLike) -> Figure:
    """The bracket (G, N) over the heights of the neighbours and of the others; its zeros black."""
    figure, axes = plt.subplots(figsize=(WIDTH, 4.4))
    energy = np.asarray(energy)
    norm = TwoSlopeNorm(0, -4 * energy.max(), energy.max())  # the deep corners are cut off
    shown = axes.pcolormesh(neighbours, others, energy, norm=norm, cmap="PuOr", rasterized=True)
    axes.contour(neighbours, others, energy, levels=[0], colors="black")
    axes.plot(0, 0, "*", color=COLOURS[2], markersize=13, markeredgecolor="black")
    axes.annotate(
        "target", (0, 0), (0, -16), textcoords="offset points", ha="center", color="white"
    )
    axes.set(
        xlabel="height of the target's two neighbours, $n$",
        ylabel="height of the other wrong classes, $g$",
    )
    figure.colorbar(
        shown,
        ax=axes,
        label="bracket $Q$ (the loss is its absolute value)",
        extend="min",
        spacing="proportional",
    )
    return figure


@styled
def phase_diagram(
    alpha: ArrayLike,
    gamma: ArrayLike,
    heights: Mapping[str, ArrayLike],
    marks: Mapping[str, tuple[float, float]],
) -> Figure:
    """Where the least loss sits, one map (G, A) a sign, over α/κ and γ/κ."""
    figure, grid = plt.subplots(
        1, len(heights), figsize=(WIDTH, 3.9), sharey=True, squeeze=False, sharex=True
    )
    for axes, (title, height) in zip(grid.flat, heights.items(), strict=True):
        shown = axes.pcolormesh(alpha, gamma, height, vmin=0, vmax=1, rasterized=True)
        axes.set(title=title, xlabel=r"$\alpha/\kappa$", xscale="log", yscale="log")
        _mark(axes, marks)
    grid[0, 0].set_ylabel(r"$\gamma/\kappa$")
    figure.colorbar(
        shown, ax=grid, location="bottom", label="height $h$ of the wrong classes at the minimum"
    )
    return figure


def _mark(axes: Axes, marks: Mapping[str, tuple[float, float]]) -> None:
    for (label, place), marker in zip(marks.items(), "o^sv", strict=False):
        axes.plot(
            *place, marker, color="white", markeredgecolor="black", linestyle="none", label=label
        )
    axes.legend(loc="lower right", labelcolor="white", handletextpad=0.2, borderaxespad=0.2)
