"""Figures that move: arrays in, a `Film` out, nothing computed but positions."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.contour import QuadContourSet
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter
from numpy.typing import ArrayLike

from physlib.plots.style import COLOURS, STYLE, WIDTH, styled

CLASS_COLOURS = (COLOURS[1], COLOURS[0])


class Film(NamedTuple):
    """A figure, and how to bring it to each of its frames."""

    figure: Figure
    show: Callable[[int], object]
    frames: int


def _film(figure: Figure, update: Callable[[int], object], frames: int) -> Film:
    """The film, with the layout of its last frame in every frame: nothing but the data moves."""

    def show(frame: int) -> None:
        with plt.style.context(STYLE):
            update(frame)

    show(frames - 1)
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    return Film(figure, show, frames)


def boundaries(
    points: Mapping[str, tuple[ArrayLike, ArrayLike]],
    margins: Mapping[str, Mapping[str, ArrayLike]],
    accuracies: Mapping[str, Mapping[str, ArrayLike]],
    reach: float,
) -> Film:
    """Which part of the plane each network gives to which class, epoch by epoch.

    A row a set of points (N, 2) with classes (N,), a column a network. Margins are (E + 1, G, G)
    on a square grid within ± ``reach``, rows along the second coordinate; positive is class 1.
    """
    rows, columns = list(points), list(next(iter(margins.values())))
    first = np.asarray(margins[rows[0]][columns[0]])
    side = np.linspace(-reach, reach, first.shape[-1])

    @styled
    def draw() -> Figure:
        figure, grid = plt.subplots(
            len(rows), len(columns), figsize=(WIDTH, 5.6), sharex=True, sharey=True, squeeze=False
        )
        for line, row in zip(grid, rows, strict=True):
            xy, classes = map(np.asarray, points[row])
            for axes in line:
                for i, (colour, marker) in enumerate(zip(CLASS_COLOURS, "os", strict=True)):
                    axes.plot(*xy[classes == i].T, marker, color=colour, markersize=2, zorder=3)
                axes.set(aspect="equal", xlim=(-reach, reach), ylim=(-reach, reach))
            line[0].set_ylabel(f"{row}, $x_2$")
        for axes in grid[-1]:
            axes.set_xlabel("$x_1$")
        return figure

    figure = draw()
    panels = list(zip(figure.axes, ((r, c) for r in rows for c in columns), strict=True))
    areas: dict[Axes, QuadContourSet] = {}

    def update(frame: int) -> None:
        figure.suptitle(f"epoch {frame}; test accuracy above each panel")
        for axes, (row, column) in panels:
            if axes in areas:
                areas[axes].remove()
            margin = np.asarray(margins[row][column])[frame]
            areas[axes] = axes.contourf(
                side, side, margin, [-np.inf, 0, np.inf], colors=CLASS_COLOURS, alpha=0.25
            )
            percent = 100 * float(np.asarray(accuracies[row][column])[frame])
            axes.set_title(f"{column}: {percent:.0f} %")

    return _film(figure, update, len(first))


def double_well_crossing(
    theta: ArrayLike,
    energy: ArrayLike,
    path: ArrayLike,
    crossings: ArrayLike,
    every: int,
    temperature: float,
) -> Film:
    """A particle in its potential, and its position against time.

    Positions (S,) of every step and the `crossings` (S,) so far; a frame is ``every`` steps.
    """
    path, crossings = np.asarray(path), np.asarray(crossings)
    theta, energy = np.asarray(theta), np.asarray(energy)
    steps = np.arange(1, len(path) + 1)

    @styled
    def draw() -> Figure:
        figure, (top, bottom) = plt.subplots(2, 1, figsize=(WIDTH, 4.6), height_ratios=[1, 1.1])
        top.plot(theta, energy, color="black")
        top.axhline(temperature, color="0.5", linestyle=":")
        note = f"temperature $T = {temperature:g}$"
        top.annotate(note, (0, temperature), (0, -3), textcoords="offset points", ha="center",
                     va="top", fontsize=8)  # fmt: skip
        top.plot([], [], color=COLOURS[0], linewidth=4, alpha=0.5)
        top.plot([], [], "o", color=COLOURS[0], markersize=10)
        top.set(xlabel=r"position $\theta$", ylabel=r"energy $U(\theta)$", ylim=(-0.1, 2.5))
        for well in (-1, 1):
            bottom.axhline(well, color="0.8", linewidth=0.8)
        bottom.plot([], [], color=COLOURS[1], linewidth=0.8)
        bottom.plot([], [], "o", color=COLOURS[0], markersize=6, clip_on=False)
        bottom.set(xlabel="step", ylabel=r"position $\theta$", xlim=(0, len(path)))
        bottom.set_ylim(theta.min(), theta.max())
        return figure

    figure = draw()
    top, bottom = figure.axes
    tail, particle = top.lines[2:]
    trace, dot = bottom.lines[2:]

    def update(frame: int) -> None:
        now = (frame + 1) * every
        recent, height = path[max(now - every - 1, 0) : now], np.interp(path[:now], theta, energy)
        tail.set_data(recent, height[-len(recent) :])
        particle.set_data(recent[-1:], height[-1:])
        trace.set_data(steps[:now], path[:now])
        dot.set_data(steps[now - 1 : now], recent[-1:])
        bottom.set_title(f"over the ridge so far: {crossings[now - 1]}")

    return _film(figure, update, len(path) // every)


def quench(fields: ArrayLike, times: ArrayLike, lengths: ArrayLike, law: ArrayLike) -> Film:
    """A field (T, X, Y) that coarsens, and beside it the spacing of its walls with a law (T,)."""
    fields, times, lengths = map(np.asarray, (fields, times, lengths))

    @styled
    def draw() -> Figure:
        figure, (left, right) = plt.subplots(1, 2, figsize=(WIDTH, 2.7), width_ratios=[1.15, 1])
        left.imshow(fields[0], vmin=-1, vmax=1, interpolation="nearest")
        left.set(xticks=[], yticks=[])
        left.spines[:].set_visible(False)
        right.plot(times, law, "--", color=COLOURS[1], label=r"$\sqrt{8ct}$")
        right.plot([], [], color=COLOURS[0], label="this field")
        right.plot([], [], "o", color=COLOURS[0])
        right.set(xscale="log", yscale="log", xlabel="time $t$", ylabel=r"wall spacing $\ell$")
        both = np.concatenate([lengths, law])
        right.set(xlim=(times[0], times[-1] * 1.1), ylim=(both.min() / 1.1, both.max() * 1.1))
        for axis in (right.xaxis, right.yaxis):
            axis.set_major_formatter("{x:g}")
            axis.set_minor_formatter(NullFormatter())
        right.legend(loc="upper left")
        return figure

    figure = draw()
    left, right = figure.axes
    _, curve, dot = right.lines

    def update(frame: int) -> None:
        left.images[0].set_data(fields[frame])
        left.set_title(f"$t$ = {times[frame]:.0f}")
        curve.set_data(times[: frame + 1], lengths[: frame + 1])
        dot.set_data(times[frame : frame + 1], lengths[frame : frame + 1])

    return _film(figure, update, len(fields))
