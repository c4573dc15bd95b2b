"""Figures of the layer."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from physlib.plots.style import WIDTH, styled


@styled
def layer_gain(gains: Mapping[str, ArrayLike], side: int) -> Figure:
    """The gain of each input: as curves over the pixel index, and the first one as an image."""
    figure, (curves, image) = plt.subplots(1, 2, figsize=(WIDTH, 2.9), width_ratios=[1.2, 1])
    for label, gain in gains.items():
        curves.plot(np.asarray(gain), label=label)
    curves.set(xlabel="pixel index $i$", ylabel="gain of pixel $i$", title="Along the ramp")
    curves.legend()
    label, gain = next(iter(gains.items()))
    shown = image.imshow(np.asarray(gain).reshape(side, side))
    image.set(title=f"{label}, as an image", xticks=[], yticks=[])
    image.spines[:].set_visible(False)
    figure.colorbar(shown, ax=image, label="gain", location="bottom")
    return figure


@styled
def boosts(orbits: Mapping[str, ArrayLike], rapidity: ArrayLike) -> Figure:
    """Pairs (a, t) under boosts, each orbit (steps, 2) against the rapidities (steps,).

    Above in the plane, where the first coordinate is the height; below that height against the
    rapidity. A dot marks the rapidity zero.
    """
    rapidity = np.asarray(rapidity)
    start = int(np.abs(rapidity).argmin())
    figure, (plane, height) = plt.subplots(2, 1, figsize=(WIDTH, 6.4), height_ratios=[1.2, 1])
    reach = max(float(np.abs(np.asarray(orbit)).max()) for orbit in orbits.values())
    for slope in (-1, 1):
        plane.axline((0, 0), slope=slope, color="0.7", linestyle=":", linewidth=1)
    for label, orbit in orbits.items():
        a, t = np.asarray(orbit).T
        plane.plot(t, a, label=label)
        height.plot(rapidity, a)
        colour = plane.lines[-1].get_color()
        plane.plot(t[start], a[start], "o", color=colour)
        height.plot(rapidity[start], a[start], "o", color=colour)
    plane.set(
        xlim=(-reach, reach),
        xlabel=r"second row, $a\,\sinh\rho + t\,\cosh\rho$",
        ylabel=r"first row, $a\,\cosh\rho + t\,\sinh\rho$",
        title="Boosts move a pair along its hyperbola",
    )
    plane.legend(loc="upper center", ncols=2)
    height.set(xlabel=r"rapidity $\rho = 5\beta$", ylabel="gain", title="The gain is the height")
    return figure


@styled
def layer_cost(
    counted: Mapping[str, tuple[float, float]], measured: Mapping[str, tuple[float, float]]
) -> Figure:
    """Flops and bytes of each form: bars for the closed form, dots for what was measured."""
    figure, both = plt.subplots(2, 1, figsize=(WIDTH, 4.4), sharey=True)
    labels = ("flops of matrix products", "bytes kept for the backward pass")
    for quantity, (axes, label) in enumerate(zip(both, labels, strict=True)):
        axes.barh(
            list(counted),
            [pair[quantity] for pair in counted.values()],
            height=0.5,
            color="0.8",
            label="closed form",
        )
        axes.plot([pair[quantity] for pair in measured.values()], list(measured), "o", label="run")
        axes.set(xlabel=label, xscale="log")
    both[0].set_xlim(1e6, 1e10)  # room for the legend
    both[0].legend(loc="center right")
    both[1].set_xlim(1e5, 1e9)
    return figure


@styled
def scalar_gradients(
    beta: ArrayLike, by_hand: ArrayLike, beta_run: ArrayLike, by_autograd: ArrayLike
) -> Figure:
    """Gradients (N, 2) with respect to β and t against β: curves by hand, dots by autograd."""
    by_hand, by_autograd = np.asarray(by_hand), np.asarray(by_autograd)
    figure, panels = plt.subplots(2, 1, figsize=(WIDTH, 4.6), sharex=True)
    for axes, name, curve, dots in zip(panels, ("β", "t"), by_hand.T, by_autograd.T, strict=True):
        axes.axhline(0, color="0.8", linewidth=0.8)
        axes.plot(beta, curve, label="by hand")
        axes.plot(beta_run, dots, "o", markersize=4, label="autograd")
        axes.set_ylabel(f"gradient of {name}")
    panels[0].legend()
    panels[1].set_xlabel("β")
    return figure


@styled
def gain_range(
    beta: ArrayLike, gains: Mapping[str, ArrayLike], limits: Mapping[str, float]
) -> Figure:
    """The largest gain against β in each dtype, up to its overflow, and the predicted limits.

    Shown is its decimal logarithm: matplotlib's own would overflow with float64.
    """
    figure, axes = plt.subplots(figsize=(WIDTH, 3.4))
    for (label, gain), width in zip(gains.items(), (9, 6, 3.5, 1.5), strict=True):  # all in view
        gain = np.asarray(gain, dtype=float)
        finite = np.where(np.isfinite(gain), gain, np.nan)
        (line,) = axes.plot(beta, np.log10(finite), linewidth=width, label=label)
        axes.axvline(limits[label], color=line.get_color(), linestyle=":", linewidth=1)
    axes.set(xscale="log", yscale="log", xlabel="β", ylabel="decimal logarithm of the gain")
    axes.legend()
    return figure


@styled
def gate_values(values: Mapping[str, ArrayLike]) -> Figure:
    """Histograms of t(x) over images, one a label."""
    figure, axes = plt.subplots(figsize=(WIDTH, 2.9))
    pooled = np.concatenate([np.asarray(v) for v in values.values()])
    bins = np.linspace(pooled.min(), pooled.max(), 60).tolist()
    for label, value in values.items():
        axes.hist(np.asarray(value), bins=bins, density=True, histtype="step", label=label)
    axes.set(xlabel="$t(x)$", ylabel="probability density")
    axes.legend()
    return figure
