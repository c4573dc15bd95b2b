"""The closed forms against independent ways to the same numbers."""

import math
from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import trapezoid
from scipy.linalg import expm, solve_discrete_lyapunov

from physlib import theory

SCHEMES = get_args(theory.Scheme)


@given(first=st.floats(-5, 5), second=st.floats(-5, 5))
def test_boosts_compose_and_keep_the_interval(first, second):
    both = theory.boost(first) @ theory.boost(second)
    # rounding is relative to the largest intermediate product
    scale = np.exp(abs(first) + abs(second))
    np.testing.assert_allclose(both, theory.boost(first + second), rtol=0, atol=1e-14 * scale)
    metric = np.diag([1, -1])
    kept = theory.boost(first).T @ metric @ theory.boost(first)
    np.testing.assert_allclose(kept, metric, rtol=0, atol=1e-14 * np.exp(2 * abs(first)))


def test_a_boost_is_generated_by_the_exchange_of_its_rows():
    np.testing.assert_allclose(theory.boost(0.7), expm(0.7 * np.array([[0, 1], [1, 0]])))


def test_the_gain_is_the_first_row_of_a_boost():
    for a, t in ((0.0, 0.4), (7.0, -2.0)):
        gain = theory.layer_gain([a], 0.2, t)
        assert gain == pytest.approx((theory.boost(5 * 0.2) @ [a, t])[0])


def test_layer_gradients_are_slopes():
    """Against central differences, whose error is of the order of the squared step."""
    rng = np.random.default_rng(0)
    x, weight, upstream = rng.normal(size=(3, 4)), rng.normal(size=(2, 4)), rng.normal(size=(3, 2))
    point = {"x": x, "weight": weight, "beta": 0.1, "t": 1.3}
    ramp = np.array([0.0, 1.0, -2.0, 5.0])

    def projected(x, weight, beta, t):
        t_of_x = t / (1 + np.exp(-x.mean(axis=1, keepdims=True)))
        gain = ramp * np.cosh(5 * beta) + t_of_x * np.sinh(5 * beta)
        return (upstream * ((x * gain) @ weight.T)).sum()

    step = 1e-5
    gradients = theory.layer_gradients(**point, ramp=ramp, upstream=upstream)
    for (name, value), gradient in zip(point.items(), gradients, strict=True):
        for place in np.ndindex(np.shape(value)):
            shift = np.zeros(np.shape(value))
            shift[place] = step
            ends = [projected(**(point | {name: value + way * shift})) for way in (1, -1)]
            slope = (ends[0] - ends[1]) / (2 * step)
            assert np.asarray(gradient)[place] == pytest.approx(slope, rel=1e-6, abs=1e-7), name


def test_rapidity_limit():
    largest = np.finfo(np.float64).max  # where M / f would overflow
    with np.errstate(over="ignore"):
        for factor in (0.5, 391.5):
            edge = theory.rapidity_limit(largest, factor)
            grows = [np.exp(edge + step + np.log(factor)) for step in (-1e-9, 1e-9)]
            assert [bool(np.isinf(value)) for value in grows] == [False, True]


def step(scheme, damping, lr_k):
    """One step in a quadratic well on (v, θ): the matrix, and what unit velocity noise does."""
    c = 1 - damping
    return {
        "symplectic-euler": ([[c, -lr_k], [c, 1 - lr_k]], [1, 1]),
        "explicit-euler": ([[c, -lr_k], [1, 1]], [1, 0]),
        "overdamped": ([[0, 0], [0, 1 - lr_k / damping]], [0, 1 / damping]),
        "baoab": ([[c, -c * lr_k], [(1 + c) / 2, 1 - (1 + c) * lr_k / 2]], [1, 0.5]),
    }[scheme]


def covariance(scheme, damping, lr_k, kick_variance):
    """Of (v, θ) when each step adds velocity noise of this variance: S = ASAᵀ + Q."""
    matrix, kick = map(np.array, step(scheme, damping, lr_k))
    return solve_discrete_lyapunov(matrix, kick_variance * np.outer(kick, kick))


def noise_variance(scheme, damping, lr, temperature):
    exact = scheme == "baoab"
    return (1 - (1 - damping) ** 2 if exact else 2 * damping) * lr * temperature


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("damping", [0.03, 0.1, 0.5, 1.0])
@pytest.mark.parametrize("lr_k", [0.01, 0.5, 1.5])
def test_temperatures_solve_the_lyapunov_equation(scheme, damping, lr_k):
    if lr_k >= theory.stability_limit(damping, scheme):
        return  # no stationary state
    temperature, k = 0.7, 2.0
    lr = lr_k / k
    s = covariance(scheme, damping, lr_k, noise_variance(scheme, damping, lr, temperature))
    hot = theory.position_temperature(temperature, lr_k, damping, scheme)
    assert k * s[1, 1] == pytest.approx(hot, rel=1e-10)
    if scheme != "overdamped":
        kinetic = theory.velocity_temperature(temperature, lr_k, damping, scheme)
        assert s[0, 0] / lr == pytest.approx(kinetic, rel=1e-10)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_heating_solves_the_lyapunov_equation(scheme):
    """Gradient noise alone, T = 0."""
    damping, lr_k, k, variance = 0.4, 0.3, 2.0, 5.0
    lr = lr_k / k
    if scheme == "baoab":  # the kick comes before friction, and half a step moves with it
        c = 1 - damping
        matrix, kick = np.array(step(scheme, damping, lr_k)[0]), np.array([c, (1 + c) / 2])
        s = solve_discrete_lyapunov(matrix, lr**2 * variance * np.outer(kick, kick))
    else:
        s = covariance(scheme, damping, lr_k, lr**2 * variance)
    heat = theory.heating(lr, damping, variance, lr_k, scheme)
    exact = theory.position_temperature(heat, lr_k, damping, scheme)
    assert k * s[1, 1] == pytest.approx(exact, rel=1e-10)


def test_exact_noise_in_the_printed_order_cools_positions():
    damping, lr_k, temperature, k = 0.3, 0.2, 0.7, 2.0
    lr = lr_k / k
    s = covariance(
        "symplectic-euler", damping, lr_k, noise_variance("baoab", damping, lr, temperature)
    )
    printed = theory.position_temperature(temperature, lr_k, damping)
    assert k * s[1, 1] == pytest.approx(printed * theory.exact_noise_factor(damping), rel=1e-10)


def test_the_facts_about_two_orderings():
    """At γ = 0.1 and αk = 0.01 the old velocity is 11 % hot where the new one is 0.26 %."""
    old, new = (
        float(theory.position_temperature(1.0, 0.01, 0.1, scheme))
        for scheme in ("explicit-euler", "symplectic-euler")
    )
    assert old - 1 == pytest.approx(0.114, abs=5e-4)
    assert new - 1 == pytest.approx(0.0026, abs=5e-5)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("damping", [0.03, 0.5, 0.95])
def test_the_spectral_radius_reaches_one_at_the_stability_limit(scheme, damping):
    def radius(lr_k):
        return abs(np.linalg.eigvals(step(scheme, damping, lr_k)[0])).max()

    limit = float(theory.stability_limit(damping, scheme))
    assert radius(0.999 * limit) < 1 < radius(1.001 * limit)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_diffusion_is_the_sum_of_the_velocity_correlations(scheme):
    """Green and Kubo: the late growth is Σ ⟨Δ₀Δₙ⟩ over all n, from the linear update itself."""
    damping, lr, temperature = 0.2, 0.01, 0.7
    matrix, kick = map(np.array, step(scheme, damping, 0.0))
    way_of_noise = kick[1] + matrix[1, 0] / damping * kick[0]  # its whole later way
    variance = noise_variance(scheme, damping, lr, temperature)
    exact = theory.diffusion(temperature, lr, damping, scheme)
    assert way_of_noise**2 * variance == pytest.approx(exact, rel=1e-10)


def test_mean_squared_displacement_is_the_sum_over_kicks():
    lr, damping, temperature, n = 0.01, 0.2, 0.7, 9
    ways = [sum((1 - damping) ** j for j in range(m)) for m in range(1, n + 1)]
    exact = 2 * damping * lr * temperature * sum(w * w for w in ways)
    msd = theory.mean_squared_displacement(n, temperature, lr, damping)
    assert float(msd) == pytest.approx(exact, rel=1e-10)
    late = np.diff(theory.mean_squared_displacement([999, 1000], temperature, lr, damping))
    assert late == pytest.approx(theory.diffusion(temperature, lr, damping), rel=1e-10)


def test_kramers_has_its_two_known_limits():
    """Weak friction: transition-state theory. Strong: Smoluchowski's ω_a ω_b / 2πγ."""
    lr, temperature = 1e-4, 0.2
    well, top, escape = math.sqrt(8 * lr), math.sqrt(4 * lr), math.exp(-1 / temperature)
    weak, strong = (float(theory.kramers_rate(temperature, lr, g)) for g in (1e-6, 1.0))
    assert weak == pytest.approx(well / (2 * math.pi) * escape, rel=1e-3)
    assert strong == pytest.approx(well * top / (2 * math.pi) * escape, rel=1e-3)


def test_the_double_well_has_the_curvatures_that_kramers_uses():
    h = 1e-4
    for at, curvature in ((1.0, 8.0), (0.0, -4.0)):
        left, here, right = theory.double_well([at - h, at, at + h])
        assert (left - 2 * here + right) / h**2 == pytest.approx(curvature, rel=1e-6)
    assert theory.double_well(0.0) - theory.double_well(1.0) == 1


def test_boltzmann_on_a_grid_agrees_with_the_closed_form():
    theta = np.linspace(-30, 30, 100_001)
    density = theory.boltzmann_on_grid(theta, theta**2, temperature=3.0)
    np.testing.assert_allclose(density, theory.boltzmann_density(theta, 3.0, 2.0), atol=1e-12)


def test_unknown_schemes_are_named():
    for closed_form in (theory.position_temperature, theory.velocity_temperature):
        with pytest.raises(ValueError, match="scheme must be one of .* got 'leapfrog'"):
            closed_form(1.0, 0.1, 0.1, "leapfrog")
    with pytest.raises(ValueError, match="scheme must be one with a velocity"):
        theory.velocity_temperature(1.0, 0.1, 0.1, "overdamped")


def test_boltzmann_density_is_normalised_and_has_its_variance():
    theta = np.linspace(-30, 30, 100_001)
    density = theory.boltzmann_density(theta, temperature=3.0, curvature=2.0)
    assert trapezoid(density, theta) == pytest.approx(1, rel=1e-9)
    assert trapezoid(theta**2 * density, theta) == pytest.approx(3 / 2, rel=1e-9)


@pytest.mark.parametrize("b", [0.5, 2.0])
@pytest.mark.parametrize("a", [-1.5, 0.7])
def test_the_order_parameter_and_its_susceptibility_solve_the_equation_of_state(a, b):
    """aψ + bψ³ = h, differentiated: (a + 3bψ²) χ = 1."""
    psi = theory.order_parameter(a, b)
    assert a * psi + b * psi**3 == pytest.approx(0, abs=1e-14)
    assert (psi > 0) == (a < 0)
    assert (a + 3 * b * psi**2) * theory.susceptibility(a) == pytest.approx(1)
    nearby = [theory.free_energy_density(psi + step, a, b) for step in (-0.01, 0.01)]
    assert theory.free_energy_density(psi, a, b) < min(nearby)


def test_at_the_transition_the_susceptibility_is_infinite():
    assert theory.susceptibility(0.0) == np.inf


@pytest.mark.parametrize(("a", "b", "c"), [(-1, 1, 1), (-0.5, 2, 3), (-4, 0.3, 0.2)])
def test_the_kink_is_stationary_and_has_its_energy(a, b, c):
    xi = float(theory.coherence_length(a, c))
    x, dx = np.linspace(-20 * xi, 20 * xi, 40_001, retstep=True)
    psi = theory.kink(x, a, b, c)
    slope = np.gradient(psi, dx, edge_order=2)
    curvature = (psi[2:] - 2 * psi[1:-1] + psi[:-2]) / dx**2
    residual = a * psi + b * psi**3
    assert abs(residual[1:-1] - c * curvature).max() < 1e-5 * abs(residual).max()
    uniform = theory.free_energy_density(theory.order_parameter(a, b), a, b)
    excess = theory.free_energy_density(psi, a, b, c, slope) - uniform
    assert trapezoid(excess, x) == pytest.approx(theory.kink_energy(a, b, c), rel=1e-5)


def test_no_wall_without_order():
    for formula in (theory.coherence_length, theory.kink_energy):
        with pytest.raises(ValueError, match=r"a must be finite and in \(-inf, 0\), got 0\.5"):
            formula(0.5)


def test_the_density_peaks_where_its_slope_vanishes():
    d = np.linspace(0, 0.05, 500_001)
    density = theory.loss_density(d)
    where, height = theory.density_peak()
    assert d[density.argmax()] == pytest.approx(where, abs=2e-7)
    assert density.max() == pytest.approx(height, rel=1e-9)
    # upside down it is Landau's, with a = −2α and b = 4γ
    np.testing.assert_allclose(-density, theory.free_energy_density(d, -0.007, 20.0))
    assert where == pytest.approx(theory.order_parameter(-0.007, 20.0))


def test_a_disc_is_gone_after_its_time():
    assert theory.disc_area([0, 1, 100], 4 * np.pi) == pytest.approx([4 * np.pi, 2 * np.pi, 0])


def test_coarsening_length_is_that_of_a_spreading_gaussian_field():
    """Zero lines of a smoothed white noise: length per area √(−G″(0))/2 for its correlation G."""
    time, c, n, dx = 20.0, 1.5, 256, 1.0
    k = 2 * np.pi * np.fft.fftfreq(n, dx)
    k2 = k[:, None] ** 2 + k**2
    power = np.exp(-2 * (c / 2) * time * k2)  # noise after diffusion with c/2
    second = (power * k2).sum() / power.sum() / 2  # −G″(0) along one axis
    assert theory.coarsening_length(time, c) == pytest.approx(2 / np.sqrt(second), rel=1e-6)


@pytest.mark.parametrize(
    ("formula", "arguments", "message"),
    [
        (theory.loss_at_target, {"classes": 2}, "classes must be at least 3, got 2"),
        (theory.loss_at_target, {"classes": 9, "axis": "batch", "wrap": False}, "wrap must be"),
        (theory.error_rate_at_zero_loss, {"gamma": 0.001}, "gamma must exceed alpha, got 0.001"),
        (theory.rival_energy, {"neighbours": 0, "others": 0, "classes": 4}, "at least 5, got 4"),
    ],
)
def test_where_there_is_no_closed_form(formula, arguments, message):
    with pytest.raises(ValueError, match=message):
        formula(**arguments)


@given(damping=st.floats(0.01, 1), temperature=st.floats(0.1, 10))
def test_lengths_of_free_particles_grow_by_diffusion(damping, temperature):
    free = float(theory.velocity_temperature(temperature, 0.0, damping))
    growth = theory.norm_growth(free, damping)  # α = 1: the velocity's temperature is ⟨v²⟩
    assert growth == pytest.approx(float(theory.diffusion(temperature, 1.0, damping)))


@given(damping=st.floats(0.05, 1), seed=st.integers(0, 100))
def test_lengths_grow_so_under_any_force_at_right_angles(damping, seed):
    """An exact sum: growth per step over a run that ends with the θ·v that it started with."""
    rng = np.random.default_rng(seed)
    theta, v = rng.normal(size=3), rng.normal(size=3)
    before, squares, kicks, start = theta @ theta, [], [], theta @ v
    for _ in range(50):
        force = np.cross(theta, rng.normal(size=3))  # perpendicular to θ
        kick = rng.normal(size=3)
        kicks.append(theta @ kick)
        v = (1 - damping) * v + force + kick
        theta = theta + v
        squares.append(v @ v)
    steady = theory.norm_growth(np.mean(squares), damping) * len(squares)
    # What is not steady: θ·v at the ends, and the work of the kicks along θ, zero on average.
    edge = 2 * (1 - damping) / damping * (start - theta @ v) + 2 / damping * np.sum(kicks)
    assert theta @ theta - before == pytest.approx(steady + edge, rel=1e-9, abs=1e-9)
