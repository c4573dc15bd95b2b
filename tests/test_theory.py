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


def test_two_classes_have_no_closed_form():
    with pytest.raises(ValueError, match="classes must be at least 3, got 2"):
        theory.loss_at_target(2)
