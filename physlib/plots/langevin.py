"""Figures of particles under the optimizer."""

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from physlib.plots.style import COLOURS, WIDTH, styled

Points = tuple[ArrayLike, ArrayLike, ArrayLike]  # x, y, standard error of y
BARS: dict[str, Any] = {"fmt": "o", "markersize": 4, "capsize": 3, "linewidth": 1}


@styled
def well(
    paths: ArrayLike, positions: ArrayLike, theta: ArrayLike, densities: Mapping[str, ArrayLike]
) -> Figure:
    """Paths (steps, particles) in a well, and the positions of a cloud against densities."""
    figure, (left, right) = plt.subplots(2, 1, figsize=(WIDTH, 5.4))
    left.plot(np.asarray(paths), linewidth=0.8)
    left.set(xlabel="step", ylabel=r"position $\theta$", title="A few particles")
    right.hist(np.asarray(positions), bins=60, density=True, color="0.8", label="simulated")
    for (label, density), style in zip(densities.items(), ("--", "-"), strict=False):
        right.plot(theta, density, style, label=label)
    right.set(xlabel=r"position $\theta$", ylabel="probability density", title="The cloud")
    right.legend()
    return figure


@styled
def brownian_paths(paths: ArrayLike) -> Figure:
    """Paths (steps, particles, 2) in the plane, each from the origin; a dot where it ends."""
    paths = np.asarray(paths)
    figure, axes = plt.subplots(figsize=(WIDTH, 5.0))
    for path, colour in zip(paths.swapaxes(0, 1), COLOURS, strict=False):
        axes.plot(*path.T, linewidth=0.6, color=colour)
        axes.plot(*path[-1], "o", markersize=5, color=colour)
    axes.plot(0, 0, "+", color="black", markersize=9)
    axes.set(xlabel=r"$\theta_1$", ylabel=r"$\theta_2$")
    axes.set_aspect("equal", adjustable="datalim")
    return figure


@styled
def displacement(measured: Points, steps: ArrayLike, exact: ArrayLike, late: ArrayLike) -> Figure:
    """Mean squared displacement against the number of steps, on two logarithmic axes."""
    figure, axes = plt.subplots(figsize=(WIDTH, 3.6))
    axes.plot(steps, late, "--", color="0.5", label=r"diffusion alone, $2(\alpha/\gamma)T\,n$")
    axes.plot(steps, exact, color=COLOURS[1], label="closed form")
    axes.errorbar(*_bars(measured), color=COLOURS[0], label="simulated", **BARS)
    axes.set(xscale="log", yscale="log", xlabel="steps $n$", ylabel=r"$\langle\theta_n^2\rangle$")
    axes.legend()
    return figure


@styled
def scheme_temperatures(
    lr_k: ArrayLike,
    positions: Mapping[str, tuple[ArrayLike, Points | None]],
    velocities: Mapping[str, tuple[ArrayLike, Points | None]],
) -> Figure:
    """Temperatures over T against αk: for each label a curve, and points simulated for it."""
    figure, panels = plt.subplots(2, 1, figsize=(WIDTH, 6.6), sharex=True)
    colours = dict(zip(positions, COLOURS, strict=False))
    for axes, schemes in zip(panels, (positions, velocities), strict=True):
        for label, (curve, points) in schemes.items():
            line = "-" if points else ":"
            axes.plot(lr_k, curve, color=colours[label], linestyle=line, label=label)
            if points:
                axes.errorbar(*_bars(points), color=colours[label], **BARS)
        axes.set(xscale="log", ylim=(0.6, 1.8))
        axes.axhline(1, color="0.8", linewidth=0.8, zorder=0)
    panels[0].set(ylabel=r"positions, $k\langle\theta^2\rangle / T$")
    panels[1].set(ylabel=r"velocities, $\langle v^2\rangle / (\alpha T)$", xlabel=r"$\alpha k$")
    panels[0].legend(loc="upper left")
    return figure


@styled
def double_well(
    theta: ArrayLike, energy: ArrayLike, positions: ArrayLike, density: ArrayLike
) -> Figure:
    """The potential, and below it where a cloud of particles is found, against Boltzmann."""
    figure, (top, bottom) = plt.subplots(
        2, 1, figsize=(WIDTH, 4.8), sharex=True, height_ratios=[1, 1.6]
    )
    top.plot(theta, energy, color="black")
    top.set(ylabel=r"$U(\theta)$", ylim=(0, 2.5))
    bottom.hist(np.asarray(positions), bins=80, density=True, color="0.8", label="simulated")
    bottom.plot(theta, density, color=COLOURS[1], label=r"$e^{-U/T}/Z$")
    bottom.set(xlabel=r"position $\theta$", ylabel="probability density")
    bottom.legend()
    return figure


@styled
def escapes(measured: Points, inverse: ArrayLike, kramers: ArrayLike) -> Figure:
    """Escape rates per step against ΔU/T, on a logarithmic axis, with Kramers' line."""
    figure, axes = plt.subplots(figsize=(WIDTH, 3.4))
    axes.plot(inverse, kramers, color=COLOURS[1], label="Kramers")
    axes.errorbar(*_bars(measured), color=COLOURS[0], label="simulated", **BARS)
    axes.set(yscale="log", xlabel=r"barrier over temperature, $\Delta U/T$")
    axes.set(ylabel="escapes per step and particle")
    axes.legend()
    return figure


@styled
def heating(batch_sizes: Sequence[int], measured: Points, exact: ArrayLike, cold: float) -> Figure:
    """The temperature of positions against the size of the minibatch."""
    figure, axes = plt.subplots(figsize=(WIDTH, 3.4))
    axes.axhline(cold, color="0.5", linestyle="--", label="thermostat alone")
    axes.plot(batch_sizes, exact, color=COLOURS[1], label=r"$T + \alpha S/2\gamma$, finite steps")
    axes.errorbar(*_bars(measured), color=COLOURS[0], label="simulated", **BARS)
    axes.set(xscale="log", yscale="log", xlabel="batch size")
    axes.set(ylabel=r"$k\,\langle(\theta - \bar\theta)^2\rangle$")
    axes.set_xticks(batch_sizes, map(str, batch_sizes))
    axes.minorticks_off()
    axes.legend()
    return figure


@styled
def annealing(
    theta: ArrayLike, energy: ArrayLike, fractions: Mapping[str, Points], title: str
) -> Figure:
    """A tilted double well, and the fraction in its deeper side against the steps of cooling."""
    figure, (top, bottom) = plt.subplots(2, 1, figsize=(WIDTH, 5.2), height_ratios=[1, 1.6])
    top.plot(theta, energy, color="black")
    top.set(xlabel=r"position $\theta$", ylabel=r"$U(\theta)$", title=title)
    for (label, points), colour in zip(fractions.items(), COLOURS, strict=False):
        bottom.errorbar(*_bars(points), color=colour, label=label, **{**BARS, "fmt": "o-"})
    bottom.set(xscale="log", xlabel="steps of cooling", ylabel="fraction in the deeper well")
    bottom.legend()
    return figure


@styled
def against_temperature(
    temperatures: Sequence[float], panels: Mapping[str, tuple[ArrayLike, ArrayLike, ArrayLike]]
) -> Figure:
    """Mean, low and high end of an interval against T, one panel a label; T = 0 comes first."""
    figure, rows = plt.subplots(
        len(panels), 1, figsize=(WIDTH, 2.5 * len(panels)), sharex=True, squeeze=False
    )
    places = range(len(temperatures))
    for axes, (label, (mean, low, high)) in zip(rows.flat, panels.items(), strict=True):
        mean, low, high = map(np.asarray, (mean, low, high))
        spread = np.stack([mean - low, high - mean])
        axes.errorbar(places, mean, spread, color=COLOURS[0], **{**BARS, "fmt": "o-"})
        axes.set_ylabel(label)
    names = ["0" if t == 0 else f"$10^{{{np.log10(t):.0f}}}$" for t in temperatures]
    rows[-1, 0].set_xticks(places, names)
    rows[-1, 0].set_xlabel("temperature $T$")
    return figure


@styled
def gains_against_temperature(
    temperatures: Sequence[float],
    panels: Mapping[str, tuple[Sequence[tuple[float, float, float]], float]],
) -> Figure:
    """Differences from T = 0, each (mean, low, high); linear within ± a number, then log."""
    figure, rows = plt.subplots(
        len(panels), 1, figsize=(WIDTH, 2.6 * len(panels)), sharex=True, squeeze=False
    )
    for axes, (label, (ranges, linear)) in zip(rows.flat, panels.items(), strict=True):
        mean, low, high = np.array(ranges, dtype=float).T
        axes.set(xscale="log", ylabel=label, xlim=(temperatures[0] / 2, temperatures[-1] * 2))
        axes.set_yscale("symlog", linthresh=linear)  # before the points: margins are of the scale
        axes.axhline(0, color="0.7", linewidth=0.8)
        axes.errorbar(temperatures, mean, [mean - low, high - mean], color=COLOURS[1], **BARS)
        for t in np.asarray(temperatures)[np.isnan(mean)]:
            axes.text(t, 0, "diverged", rotation=90, ha="center", va="bottom", fontsize=8)
    rows[-1, 0].set_xlabel("temperature $T$")
    return figure


def _bars(points: Points) -> tuple[ArrayLike, ArrayLike, ArrayLike]:
    """The points with twice their standard errors as bars: 95 % intervals."""
    x, y, error = points
    return x, y, 1.96 * np.asarray(error)
