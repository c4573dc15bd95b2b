"""The book's figures: arrays in, a matplotlib Figure out, nothing computed but positions."""

from physlib.plots.experiment import accuracy_curves, digit_grid
from physlib.plots.hyperbolic import layer_gain
from physlib.plots.landau import loss_density
from physlib.plots.langevin import well
from physlib.plots.style import COLOURS, STYLE, styled

__all__ = [
    "COLOURS",
    "STYLE",
    "accuracy_curves",
    "digit_grid",
    "layer_gain",
    "loss_density",
    "styled",
    "well",
]
