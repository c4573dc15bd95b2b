"""The book's figures: arrays in, a matplotlib Figure out, nothing computed but positions."""

from physlib.plots.experiment import accuracy_curves, digit_grid
from physlib.plots.hyperbolic import layer_gain
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
    "brownian_paths",
    "digit_grid",
    "displacement",
    "double_well",
    "escapes",
    "heating",
    "layer_gain",
    "loss_density",
    "scheme_temperatures",
    "styled",
    "well",
]
