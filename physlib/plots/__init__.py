"""The book's figures: arrays in, a matplotlib Figure out, nothing computed but positions."""

from physlib.plots.experiment import accuracy_curves, digit_grid, seed_intervals
from physlib.plots.fields import (
    coarsening,
    free_energies,
    kinks,
    phase_transition,
    shrinking_disc,
)
from physlib.plots.hyperbolic import (
    boosts,
    gain_range,
    gate_values,
    layer_cost,
    layer_gain,
    scalar_gradients,
)
from physlib.plots.landau import landscape, loss_density, phase_diagram, zero_set
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
from physlib.plots.noise import (
    accuracy_against_damage,
    image_rows,
    points_on_curves,
    ring_fields,
    scores_by_method,
)
from physlib.plots.style import COLOURS, STYLE, styled

__all__ = [
    "COLOURS",
    "STYLE",
    "accuracy_against_damage",
    "accuracy_curves",
    "against_temperature",
    "annealing",
    "boosts",
    "brownian_paths",
    "coarsening",
    "digit_grid",
    "displacement",
    "double_well",
    "escapes",
    "free_energies",
    "gain_range",
    "gate_values",
    "heating",
    "image_rows",
    "kinks",
    "landscape",
    "layer_cost",
    "layer_gain",
    "loss_density",
    "phase_diagram",
    "phase_transition",
    "points_on_curves",
    "ring_fields",
    "scalar_gradients",
    "scheme_temperatures",
    "scores_by_method",
    "seed_intervals",
    "shrinking_disc",
    "styled",
    "well",
    "zero_set",
]
