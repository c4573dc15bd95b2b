"""The book's figures: arrays in, a matplotlib Figure out, nothing computed but positions."""

from physlib.plots.experiment import accuracy_curves, digit_grid
from physlib.plots.fields import (
    coarsening,
    free_energies,
    kinks,
    phase_transition,
    shrinking_disc,
)
from physlib.plots.hyperbolic import layer_gain
from physlib.plots.landau import landscape, loss_density, paired, phase_diagram, zero_set
from physlib.plots.langevin import well
from physlib.plots.style import COLOURS, STYLE, styled

__all__ = [
    "COLOURS",
    "STYLE",
    "accuracy_curves",
    "coarsening",
    "digit_grid",
    "free_energies",
    "kinks",
    "landscape",
    "layer_gain",
    "loss_density",
    "paired",
    "phase_diagram",
    "phase_transition",
    "shrinking_disc",
    "styled",
    "well",
    "zero_set",
]
