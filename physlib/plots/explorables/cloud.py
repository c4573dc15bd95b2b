"""A cloud of particles in a double well under the Langevin update, to play with."""

from collections.abc import Mapping
from typing import Any

import matplotlib.figure
import matplotlib.pyplot as plt
import numpy as np
import torch
from bokeh.models import ColumnDataSource
from bokeh.plotting import figure

from physlib.components.simulation import simulate
from physlib.plots.explorables.explorable import Control, Explorable, clear, plain
from physlib.plots.style import COLOURS, styled
from physlib.theory import boltzmann_on_grid, double_well

REACH, TOP = 2.2, 3.0  # of the positions and the energies that are shown
CONTROLS = (
    Control(
        "temperature",
        "T",
        "temperature",
        (0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.7, 1, 1.5, 2),
        0.4,
    ),
    Control(
        "damping", "γ", "damping per step", (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1), 0.1
    ),
    Control(
        "lr",
        "α",
        "learning rate",
        (0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.45, 0.5),
        0.01,
    ),
)


def _energies() -> figure:
    """Every tenth particle over its place, as high as its energy."""
    drawn = plain(
        height=260,
        x_range=(-REACH, REACH),
        y_range=(0, TOP),
        x_axis_label="position θ",
        y_axis_label="energy",
    )
    theta = np.linspace(-REACH, REACH, 441)
    potential = double_well(theta)
    drawn.line(theta, potential, color="#888888", line_width=2, legend_label="potential U")
    dots = ColumnDataSource(data={"x": [], "y": []}, name="dots")
    style: dict[str, Any] = {"source": dots, "legend_label": "a particle’s U + v²/2α"}
    drawn.scatter("x", "y", size=5, color=COLOURS[0], alpha=0.7, **style)
    clear(drawn)
    return drawn


def _histogram() -> figure:
    """Where all particles are, against Boltzmann's density."""
    drawn = plain(
        height=260,
        x_range=(-REACH, REACH),
        y_range=(0, 1.6),
        x_axis_label="position θ",
        y_axis_label="probability density",
    )
    bars = ColumnDataSource(data={"left": [], "right": [], "top": []}, name="bars")
    boxes: dict[str, Any] = {"left": "left", "right": "right", "top": "top", "source": bars}
    drawn.quad(
        bottom=0, color=COLOURS[0], alpha=0.5, line_color=None, legend_label="the cloud", **boxes
    )
    curve = ColumnDataSource(data={"theta": [], "density": []}, name="boltzmann")
    style: dict[str, Any] = {
        "color": COLOURS[1],
        "line_width": 2.5,
        "legend_label": "Boltzmann, exp(−U/T)/Z",
    }
    drawn.line("theta", "density", source=curve, **style)
    clear(drawn)
    return drawn


@styled
def still() -> matplotlib.figure.Figure:
    """The cloud at the controls' first values, after it has filled both valleys."""
    at = {control.name: control.start for control in CONTROLS}
    positions, velocities = simulate(
        lambda theta: 4 * theta * (theta.square() - 1),
        torch.linspace(-1.4, -0.6, 4000, dtype=torch.float64),
        2000,
        every=2000,
        seed=0,
        **at,
    )
    x, v = positions[-1].numpy(), velocities.numpy()
    energy = double_well(x) + v**2 / (2 * at["lr"])
    theta = np.linspace(-REACH, REACH, 441)
    drawn, (top, bottom) = plt.subplots(2, 1, figsize=(6.4, 5), sharex=True)
    top.plot(theta, double_well(theta), color="#888888", label="potential $U$")
    dots: dict[str, Any] = {
        "alpha": 0.7,
        "markersize": 3,
        "label": r"a particle's $U + v^2/2\alpha$",
    }
    top.plot(x[::10], energy[::10], "o", color=COLOURS[0], **dots)
    top.set(ylabel="energy", ylim=(0, TOP), xlim=(-REACH, REACH))
    top.legend(loc="upper center")
    bins = np.linspace(-REACH, REACH, 56)
    weights = np.full(x.shape, 1 / (len(x) * (bins[1] - bins[0])))
    bottom.hist(x, bins, weights=weights, color=COLOURS[0], alpha=0.5, label="the cloud")
    density = boltzmann_on_grid(theta, double_well(theta), at["temperature"])
    bottom.plot(theta, density, color=COLOURS[1], label="Boltzmann, $e^{-U/T}/Z$")
    bottom.set(xlabel=r"position $\theta$", ylabel="probability density")
    bottom.legend(loc="upper center")
    return drawn


def _draw() -> Mapping[str, figure]:
    return {"energies": _energies(), "histogram": _histogram()}


CLOUD = Explorable(
    controls=CONTROLS,
    buttons={"run": "Run", "leap": "100 steps", "restart": "Start again"},
    draw=_draw,
    labels={
        "energies": "The double well with its two valleys at −1 and 1, and a dot for every tenth "
        "particle, as high as its energy.",
        "histogram": "Histogram of the particles’ positions, and the curve of Boltzmann’s density. "
        "The sentence below the figure compares their mean energies.",
    },
    still=still,
    alt="Top: a double well with valleys at minus and plus one and a ridge of height one between "
    "them. Dots, one for a particle, lie above the curve at the height of their energy: most are "
    "low in the two valleys, a few are above the ridge. Bottom: the histogram of the positions has "
    "two equal peaks over the valleys, and the curve of Boltzmann's density runs along its top.",
)
