"""The closed forms against independent ways to the same numbers."""

import numpy as np
import pytest
from scipy.integrate import trapezoid
from scipy.linalg import solve_discrete_lyapunov

from physlib import theory


@pytest.mark.parametrize("damping", [0.03, 0.1, 0.5, 1.0])
@pytest.mark.parametrize("lr_k", [0.01, 0.5, 1.5])
def test_temperatures_solve_the_lyapunov_equation(damping, lr_k):
    """The update is linear in (v, θ): its stationary covariance solves S = ASAᵀ + Q."""
    temperature, k = 0.7, 2.0
    lr = lr_k / k
    update = np.array([[1 - damping, -lr * k], [1 - damping, 1 - lr * k]])
    noise = 2 * damping * lr * temperature * np.ones((2, 2))
    covariance = solve_discrete_lyapunov(update, noise)
    hot = theory.position_temperature(temperature, lr_k, damping)
    kinetic = theory.velocity_temperature(temperature, lr_k, damping)
    assert k * covariance[1, 1] == pytest.approx(hot, rel=1e-10)
    assert covariance[0, 0] / lr == pytest.approx(kinetic, rel=1e-10)


@pytest.mark.parametrize("damping", [0.03, 0.5, 1.0])
def test_the_spectral_radius_reaches_one_at_the_stability_limit(damping):
    def radius(lr_k):
        update = np.array([[1 - damping, -lr_k], [1 - damping, 1 - lr_k]])
        return abs(np.linalg.eigvals(update)).max()

    limit = float(theory.stability_limit(damping))
    assert radius(0.999 * limit) < 1 < radius(1.001 * limit)


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
        with pytest.raises(ValueError, match=r"a must be negative .* got 0\.5"):
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
