"""The book's figures: arrays in, a matplotlib Figure out, nothing computed but positions."""

from physlib.plots.experiment import accuracy_curves, digit_grid, seed_intervals
from physlib.plots.hyperbolic import (
    boosts,
    gain_range,
    gate_values,
    layer_cost,
    layer_gain,
    scalar_gradients,
)
from physlib.plots.landau import loss_density
from physlib.plots.langevin import well
from physlib.plots.style import COLOURS, STYLE, styled

__all__ = [
    "COLOURS",
    "STYLE",
    "accuracy_curves",
    "boosts",
    "digit_grid",
    "gain_range",
    "gate_values",
    "layer_cost",
    "layer_gain",
    "loss_density",
    "scalar_gradients",
    "seed_intervals",
    "styled",
    "well",
]
