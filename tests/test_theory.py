"""The closed forms against independent ways to the same numbers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import trapezoid
from scipy.linalg import expm, solve_discrete_lyapunov

from physlib import theory


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
