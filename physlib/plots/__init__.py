"""The book's figures: arrays in, a matplotlib Figure out, nothing computed but positions."""

from physlib.plots.ablation import (
    cell_scores,
    cube,
    forest,
    interactions,
    rate_searches,
    recovered,
)
from physlib.plots.conjugates import accuracy_under_attack, gain_in_phase, pushes
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
    gains_against_temperature,
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
from physlib.plots.published import (
    collapses,
    kept_and_forgotten,
    published_curves,
    reading_distances,
    walks,
)
from physlib.plots.speed import epoch_times
from physlib.plots.style import COLOURS, STYLE, styled
from physlib.plots.training import (
    coverage,
    learning_curves,
    norm_thermometer,
    search_trials,
    step_costs,
)

__all__ = [
    "COLOURS",
    "STYLE",
    "accuracy_against_damage",
    "accuracy_curves",
    "accuracy_under_attack",
    "against_temperature",
    "annealing",
    "boosts",
    "brownian_paths",
    "cell_scores",
    "coarsening",
    "collapses",
    "coverage",
    "cube",
    "digit_grid",
    "displacement",
    "double_well",
    "epoch_times",
    "escapes",
    "forest",
    "free_energies",
    "gain_in_phase",
    "gain_range",
    "gains_against_temperature",
    "gate_values",
    "heating",
    "image_rows",
    "interactions",
    "kept_and_forgotten",
    "kinks",
    "landscape",
    "layer_cost",
    "layer_gain",
    "learning_curves",
    "loss_density",
    "norm_thermometer",
    "phase_diagram",
    "phase_transition",
    "points_on_curves",
    "published_curves",
    "pushes",
    "rate_searches",
    "reading_distances",
    "recovered",
    "ring_fields",
    "scalar_gradients",
    "scheme_temperatures",
    "scores_by_method",
    "search_trials",
    "seed_intervals",
    "shrinking_disc",
    "step_costs",
    "styled",
    "walks",
    "well",
    "zero_set",
]
