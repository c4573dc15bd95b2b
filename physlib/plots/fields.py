"""Figures of Ginzburg and Landau's field."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import LogFormatter, ScalarFormatter
from numpy.typing import ArrayLike

from physlib.plots.style import COLOURS, WIDTH, styled


@styled
def free_energies(psi: ArrayLike, energies: Mapping[str, ArrayLike]) -> Figure:
    """The energy of a uniform field against the field, one curve a temperature, minima dotted."""
    figure, axes = plt.subplots(figsize=(WIDTH, 3.2))
    axes.axhline(0, color="0.8", linewidth=0.8)
    psi = np.asarray(psi)
    for (label, energy), colour in zip(energies.items(), COLOURS, strict=False):
        energy = np.asarray(energy)
        axes.plot(psi, energy, color=colour, label=label)
        lowest = np.isclose(energy, energy.min(), atol=1e-9)
        axes.plot(psi[lowest], energy[lowest], "o", color=colour)
    axes.set(xlabel=r"order parameter $\psi$", ylabel=r"energy density $f(\psi)$")
    axes.legend()
    return figure


@styled
def phase_transition(
    temperature: ArrayLike,
    order: ArrayLike,
    response: ArrayLike,
    exact: tuple[ArrayLike, ArrayLike, ArrayLike],
) -> Figure:
    """Order parameter and susceptibility against T/Tc: found, and exact (T/Tc, order, response)."""
    figure, (top, bottom) = plt.subplots(2, 1, figsize=(WIDTH, 5.0), sharex=True)
    exact_temperature, *curves = exact
    for axes, found, curve in zip((top, bottom), (order, response), curves, strict=True):
        axes.plot(exact_temperature, curve, color=COLOURS[1], label="closed form")
        axes.plot(temperature, found, "o", color=COLOURS[0], markersize=4, label="minimised")
        axes.axvline(1, color="0.5", linestyle=":", linewidth=1)
    top.set(ylabel=r"order parameter $\psi_0$")
    bottom.set(xlabel=r"temperature $T/T_c$", ylabel=r"susceptibility $\chi$", yscale="log")
    top.legend()
    return figure


@styled
def kinks(
    profiles: Mapping[str, tuple[ArrayLike, ArrayLike]],
    exact: tuple[ArrayLike, ArrayLike],
    depths: ArrayLike,
    energies: ArrayLike,
    exact_energies: ArrayLike,
) -> Figure:
    """Relaxed walls on one rescaled curve, and their energies against −a."""
    figure, (top, bottom) = plt.subplots(2, 1, figsize=(WIDTH, 5.6))
    top.plot(*exact, color="0.6", linewidth=4, label=r"$\tanh(x/\sqrt{2}\,\xi)$")
    for (label, (x, psi)), marker in zip(profiles.items(), "os^vDX", strict=False):
        top.plot(x, psi, marker, markersize=4, fillstyle="none", label=label)
    top.set(xlabel=r"distance from the wall, $x/\xi$", ylabel=r"$\psi/\psi_0$")
    top.legend()
    bottom.loglog(depths, exact_energies, color="0.6", label=r"$\frac{2\sqrt{2}}{3}(-a)^{3/2}$")
    bottom.loglog(depths, energies, "o", color=COLOURS[0], label="relaxed")
    bottom.set(xlabel=r"depth below the transition, $-a$", ylabel="energy of a wall")
    bottom.legend()
    return figure


@styled
def shrinking_disc(
    snapshots: ArrayLike, times: ArrayLike, areas: ArrayLike, exact: ArrayLike
) -> Figure:
    """Three snapshots (3, X, Y) of a disc, and its area against time."""
    figure, panels = plt.subplot_mosaic("abc;ddd", figsize=(WIDTH, 4.8), height_ratios=[1, 1.5])
    for key, field, title in zip("abc", np.asarray(snapshots), _ends(times), strict=True):
        panels[key].imshow(field, vmin=-1, vmax=1)
        panels[key].set(title=title, xticks=[], yticks=[])
        panels[key].spines[:].set_visible(False)
    panels["d"].plot(times, exact, color="0.6", label=r"$A_0 - 2\pi c t$")
    panels["d"].plot(times, areas, "o", color=COLOURS[0], markersize=4, label="simulated")
    panels["d"].set(xlabel="time $t$", ylabel="area of the disc")
    panels["d"].legend()
    return figure


def _ends(times: ArrayLike) -> list[str]:
    times = np.asarray(times)
    return [f"$t = {times[i]:g}$" for i in (0, len(times) // 2, -1)]


@styled
def coarsening(
    snapshots: ArrayLike,
    titles: Sequence[str],
    times: ArrayLike,
    lengths: ArrayLike,
    curves: Mapping[str, ArrayLike],
) -> Figure:
    """Three snapshots (3, X, Y) of a quench, and every field's length (T, N) against time."""
    figure, panels = plt.subplot_mosaic("abc;ddd", figsize=(WIDTH, 5.2), height_ratios=[1, 1.8])
    for key, field, title in zip("abc", np.asarray(snapshots), titles, strict=True):
        panels[key].imshow(field, vmin=-1, vmax=1)
        panels[key].set(title=title, xticks=[], yticks=[])
        panels[key].spines[:].set_visible(False)
    axes = panels["d"]
    lengths = np.asarray(lengths)
    axes.loglog(times, lengths, color="0.8", linewidth=0.8)
    axes.loglog(times, lengths.mean(axis=1), "o", color=COLOURS[0], label="mean of the fields")
    for (label, curve), colour, style in zip(
        curves.items(), COLOURS[1:], ("-", "--"), strict=False
    ):
        axes.loglog(times, curve, style, color=colour, label=label)
    axes.set(xlabel="time $t$", ylabel=r"wall spacing $\ell$")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(ScalarFormatter())
        axis.set_minor_formatter(LogFormatter(labelOnlyBase=False, minor_thresholds=(2, 0.5)))
    axes.legend()
    return figure
