"""Closed forms, each once: the text quotes them, the tests hold to them, the plots draw them.

Symbols follow ``book/notation.md``. What needs scipy loads it on use: it takes longer to load than
all the rest of the library.
"""

from physlib.theory.array import Array
from physlib.theory.coasting import coasting, expected_minimum, walked_norm
from physlib.theory.coherence import (
    background_for,
    coherence_error,
    coherence_of_spectrum,
    mode_coherence,
    smooth_coherence,
    smooth_spectrum,
    spike_coherence,
    wavenumbers,
)
from physlib.theory.conjugates import (
    coherence_gain,
    dual_norm,
    linear_accuracy,
    random_tangent_share,
)
from physlib.theory.design import effect_variance, family_error, one_at_a_time_variance
from physlib.theory.fields import (
    coarsening_length,
    coherence_length,
    disc_area,
    free_energy_density,
    kink,
    kink_energy,
    order_parameter,
    susceptibility,
)
from physlib.theory.langevin import (
    Scheme,
    boltzmann_density,
    boltzmann_on_grid,
    diffusion,
    double_well,
    exact_noise_factor,
    heating,
    kramers_rate,
    mean_squared_displacement,
    position_temperature,
    stability_limit,
    two_point_excess_kurtosis,
    velocity_temperature,
)
from physlib.theory.layer import boost, layer_cost, layer_gain, layer_gradients, rapidity_limit
from physlib.theory.loss import (
    density_peak,
    error_rate_at_zero_loss,
    loss_at_target,
    loss_density,
    rival_energy,
    sign_change,
)
from physlib.theory.noise import (
    blur_factor,
    clipped_normal,
    matched_filter_accuracy,
    quartic_background,
)
from physlib.theory.replicas import (
    UNIFORM_SAMPLE_CONSTANT,
    bias_rate_factor,
    bias_variance,
    finite_sample_distance,
    magnetisation,
    normal_sample_constant,
    ramp_distance,
)
from physlib.theory.sweeps import (
    chance_given_up,
    expected_attempts,
    expected_seconds,
    makespan_bounds,
)
from physlib.theory.symmetry import norm_growth
from physlib.theory.twins import (
    damped_swing,
    epidemic_peak,
    final_size,
    reinforce_variance,
    spatial_median_efficiency,
)
from physlib.theory.uncertainty import (
    Spreads,
    exponential_spreads,
    gaussian_spreads,
    uncertainty_bound,
)

__all__ = [
    "UNIFORM_SAMPLE_CONSTANT",
    "Array",
    "Scheme",
    "Spreads",
    "background_for",
    "bias_rate_factor",
    "bias_variance",
    "blur_factor",
    "boltzmann_density",
    "boltzmann_on_grid",
    "boost",
    "chance_given_up",
    "clipped_normal",
    "coarsening_length",
    "coasting",
    "coherence_error",
    "coherence_gain",
    "coherence_length",
    "coherence_of_spectrum",
    "damped_swing",
    "density_peak",
    "diffusion",
    "disc_area",
    "double_well",
    "dual_norm",
    "effect_variance",
    "epidemic_peak",
    "error_rate_at_zero_loss",
    "exact_noise_factor",
    "expected_attempts",
    "expected_minimum",
    "expected_seconds",
    "exponential_spreads",
    "family_error",
    "final_size",
    "finite_sample_distance",
    "free_energy_density",
    "gaussian_spreads",
    "heating",
    "kink",
    "kink_energy",
    "kramers_rate",
    "layer_cost",
    "layer_gain",
    "layer_gradients",
    "linear_accuracy",
    "loss_at_target",
    "loss_density",
    "magnetisation",
    "makespan_bounds",
    "matched_filter_accuracy",
    "mean_squared_displacement",
    "mode_coherence",
    "norm_growth",
    "normal_sample_constant",
    "one_at_a_time_variance",
    "order_parameter",
    "position_temperature",
    "quartic_background",
    "ramp_distance",
    "random_tangent_share",
    "rapidity_limit",
    "reinforce_variance",
    "rival_energy",
    "sign_change",
    "smooth_coherence",
    "smooth_spectrum",
    "spatial_median_efficiency",
    "spike_coherence",
    "stability_limit",
    "susceptibility",
    "two_point_excess_kurtosis",
    "uncertainty_bound",
    "velocity_temperature",
    "walked_norm",
    "wavenumbers",
]
