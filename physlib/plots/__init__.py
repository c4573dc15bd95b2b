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
from physlib.plots.langevin import (
    against_temperature,
    annealing,
    brownian_paths,
    displacement,
    double_well,
    escapes,
    heating,
    scheme_temperatures,
    well,
)
from physlib.plots.style import COLOURS, STYLE, styled

__all__ = [
    "COLOURS",
    "STYLE",
    "accuracy_curves",
    "against_temperature",
    "annealing",
    "boosts",
    "brownian_paths",
    "digit_grid",
    "displacement",
    "double_well",
    "escapes",
    "gain_range",
    "gate_values",
    "heating",
    "layer_cost",
    "layer_gain",
    "loss_density",
    "scalar_gradients",
    "scheme_temperatures",
    "seed_intervals",
    "styled",
    "well",
]
