"""Bad arguments of the closed forms, as data: (formula, good arguments, name, bad values)."""

import math

from physlib import theory

NUMBERS = ["0.1", None, 1j, True, object(), math.nan, math.inf, [1, [2, 3]]]
NEGATIVE, NOT_POSITIVE = [-1.0, [0.5, -1e-9]], [0.0, -1.0]
NO_DAMPING = [0.0, -0.1, 1.5, [0.1, 2.0]]
NO_COUNT = [-1, 2.5, "3", math.nan, None, True, -(10**400)]
WELL = {"temperature": 1.0, "lr_k": 0.1, "damping": 0.1}
FREE = {"temperature": 1.0, "lr": 0.1, "damping": 0.1}
BY_HAND = {
    "x": [[1.0, 2.0]],
    "weight": [[1.0, 2.0]] * 3,
    "beta": 0.1,
    "t": 1.0,
    "ramp": [0, 1],
    "upstream": [[1.0] * 3],
}

THEORY = [
    (theory.coasting, {"steps": 3, "lr": 0.1, "damping": 0.1}, "steps", NUMBERS),
    (theory.coasting, {"steps": 3, "lr": 0.1, "damping": 0.1}, "damping", [0, 1.1, "1"]),
    (theory.walked_norm, {"variance": 1.0, "steps": 3, **FREE}, "count", [0, *NO_COUNT]),
    (theory.expected_minimum, {}, "count", [0, *NO_COUNT]),
    (theory.wavenumbers, {}, "length", [0, *NO_COUNT]),
    (theory.mode_coherence, {"length": 5}, "difference", ["backward", None, 1]),
    (theory.coherence_of_spectrum, {}, "power", [[1, -1], [0, 0], [], 1.0, "12", [[1]]]),
    (theory.coherence_error, {"power": [1, 1, 1]}, "samples", [0, *NO_COUNT]),
    (theory.smooth_spectrum, {"length": 4}, "xi", [-1.0, math.nan, "1"]),
    (theory.spike_coherence, {"background": 0.1}, "classes", [2, *NO_COUNT]),
    (theory.background_for, {}, "coherence", [-0.1, 1.1, math.nan, "0.5"]),
    (theory.effect_variance, {"variance": 1.0, "factors": 2}, "repetitions", [0, *NO_COUNT]),
    (theory.one_at_a_time_variance, {"variance": 1.0, "factors": 2}, "runs", NOT_POSITIVE),
    (theory.family_error, {"members": 3}, "level", [-0.1, 1.0, math.nan, "0.05"]),
    (theory.free_energy_density, {"psi": 1.0, "a": -1.0}, "b", [*NOT_POSITIVE, *NUMBERS]),
    (theory.order_parameter, {}, "a", NUMBERS),
    (theory.susceptibility, {}, "a", NUMBERS),
    (theory.double_well, {}, "theta", NUMBERS),
    (theory.smooth_coherence, {}, "xi", NEGATIVE),
    (theory.exact_noise_factor, {}, "damping", NO_DAMPING),
    (theory.density_peak, {}, "gamma", NOT_POSITIVE),
    (theory.layer_gradients, BY_HAND, "x", [[[1.0]], [1.0, 2.0], [["1", "2"]]]),
    (theory.layer_gradients, BY_HAND, "upstream", [[[1.0]], 1.0, [[1.0, 2.0, 3.0]] * 2]),
    (theory.coherence_length, {}, "a", [0.0, 0.5, [-1.0, 1.0], *NUMBERS]),
    (theory.kink, {"x": 0.0, "a": -1.0}, "c", NOT_POSITIVE),
    (theory.kink_energy, {}, "a", [0.0, 1.0]),
    (theory.disc_area, {"time": 1.0}, "area", [-1.0, "1"]),
    (theory.coarsening_length, {}, "time", NEGATIVE),
    (theory.position_temperature, WELL, "temperature", [*NEGATIVE, *NUMBERS]),
    (theory.position_temperature, WELL, "damping", [*NO_DAMPING, *NUMBERS]),
    (theory.position_temperature, WELL, "lr_k", [3.8, [0.1, 4.0], -0.1]),
    (theory.position_temperature, WELL, "scheme", ["leapfrog", None, 3]),
    (theory.velocity_temperature, WELL, "lr_k", [3.8, -0.1, "1"]),
    (theory.velocity_temperature, WELL, "scheme", ["overdamped"]),
    (theory.stability_limit, {}, "damping", NO_DAMPING),
    (theory.heating, {"lr": 0.1, "damping": 0.1}, "variance", NEGATIVE),
    (theory.two_point_excess_kurtosis, {}, "lr_k", [0.0, 2.0, "1"]),
    (theory.diffusion, FREE, "lr", NEGATIVE),
    (theory.mean_squared_displacement, {"steps": 2, **FREE}, "steps", NEGATIVE),
    (theory.kramers_rate, FREE, "temperature", NOT_POSITIVE),
    (theory.boltzmann_density, {"theta": 0.0}, "temperature", NOT_POSITIVE),
    (theory.boltzmann_on_grid, {"energy": [0.0, 1.0], "temperature": 1.0}, "theta", [[1, 0], [0]]),
    (theory.boost, {}, "rapidity", [[1.0], *NUMBERS]),
    (theory.layer_gain, {"ramp": [1.0], "t_of_x": 0.5}, "beta", [[1.0], "1", math.nan]),
    (theory.rapidity_limit, {"factor": 2.0}, "largest", [0, -1.0, math.inf, math.nan]),
    (theory.rapidity_limit, {"largest": 2.0}, "factor", [0, -1.0, math.inf, math.nan]),
    (theory.layer_cost, {"batch": 1, "inputs": 2, "outputs": 3}, "form", ["dense", None]),
    (theory.layer_cost, {"form": "linear", "batch": 1, "inputs": 2}, "outputs", [0, *NO_COUNT]),
    (theory.loss_density, {}, "d", NUMBERS),
    (theory.sign_change, {}, "gamma", NOT_POSITIVE),
    (theory.sign_change, {}, "alpha", [-1.0, "1", 10**400]),
    (theory.loss_at_target, {}, "classes", [2, *NO_COUNT]),
    (theory.loss_at_target, {"classes": 10}, "axis", ["time", 0]),
    (theory.loss_at_target, {"classes": 10, "axis": "batch"}, "wrap", [False, 1]),
    (theory.error_rate_at_zero_loss, {}, "gamma", [0.001, -1.0, "5"]),
    (theory.rival_energy, {"others": 0.0}, "neighbours", [1.5, [0.0, -2.0]]),
    (theory.matched_filter_accuracy, {"distance": 1.0}, "sigma", NOT_POSITIVE),
    (theory.clipped_normal, {"mean": 0.0}, "sigma", NOT_POSITIVE),
    (theory.blur_factor, {"k": 1.0}, "sigma", NEGATIVE),
    (theory.quartic_background, {}, "wrong", [1.0, -0.1, math.nan, "0.2"]),
    (theory.norm_growth, {"velocity_square": 1.0}, "damping", NO_DAMPING),
]
