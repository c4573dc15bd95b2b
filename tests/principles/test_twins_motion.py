"""The two systems against closed forms, each term of their equations apart."""

import dataclasses
import math

import numpy as np
import pytest
import torch
from scipy.special import ellipj, ellipk

from physlib import theory
from physlib.principles.twins.systems import DRIVE_FREQUENCY, SYSTEMS, trajectories

PENDULUM, EPIDEMIC = SYSTEMS["pendulum"], SYSTEMS["epidemic"]
LONG = dataclasses.replace(PENDULUM, steps=400)  # 50 s


def f64(*values):
    return torch.tensor(values, dtype=torch.float64)


def test_wide_swings_are_jacobis():
    r"""Without friction or drive, sin(θ/2) = sin(θ₀/2) sn(K − ωt): the sine is in the force."""
    stiffness, angle = 5.0, 1.5
    moved = trajectories(PENDULUM, f64(stiffness, 0.0, 0.0), f64(angle, 0.0), substeps=4)
    modulus = math.sin(angle / 2) ** 2
    phase = ellipk(modulus) - math.sqrt(stiffness) * PENDULUM.times.numpy()
    exact = 2 * np.arcsin(math.sin(angle / 2) * ellipj(phase, modulus)[0])
    np.testing.assert_allclose(moved[:, 0], exact, atol=1e-3)


def test_a_weak_drive_ends_in_the_linear_response():
    stiffness, damping, drive = 3.0, 0.85, 1e-3
    moved = trajectories(LONG, f64(stiffness, damping, drive), f64(0.0, 0.0))[-100:, 0]
    inverse = stiffness - DRIVE_FREQUENCY**2 + 1j * damping * DRIVE_FREQUENCY
    exact = (drive / inverse * np.exp(1j * DRIVE_FREQUENCY * LONG.times[-100:].numpy())).real
    np.testing.assert_allclose(moved, exact, atol=2e-3 * drive / abs(inverse))


@pytest.mark.parametrize("how", ["kick", "torque"])
def test_a_steady_push_ends_where_gravity_balances_it(how):
    stiffness, push = 4.0, 1.2
    pushed = (
        {"kicks": torch.full((LONG.steps,), push, dtype=torch.float64)}
        if how == "kick"
        else {"control": lambda t, state: f64(push).squeeze()}
    )
    end = trajectories(LONG, f64(stiffness, 0.85, 0.0), f64(0.0, 0.0), **pushed)[-1]
    np.testing.assert_allclose(end, [math.asin(push / stiffness), 0.0], atol=1e-6)


def test_an_outbreak_begins_at_the_rate_of_infection_less_that_of_recovery():
    b, g, begin = 0.6, 0.2, f64(1 - 1e-8, 1e-8, 0.0)
    infected = trajectories(EPIDEMIC, f64(b, g), begin)[:11, 1]
    assert float(torch.log(infected[10] / infected[0])) == pytest.approx(10 * (b - g), rel=1e-3)


def test_a_kick_multiplies_the_rate_of_infection_by_its_exponential():
    kick, begin = 0.4, f64(0.99, 0.01, 0.0)
    kicked = trajectories(EPIDEMIC, f64(0.4, 0.1), begin, kicks=f64(kick).expand(EPIDEMIC.steps))
    moved = trajectories(EPIDEMIC, f64(0.4 * math.exp(kick), 0.1), begin)
    torch.testing.assert_close(kicked, moved, rtol=0, atol=1e-12)


@pytest.mark.parametrize("dimension", [2, 3])
def test_a_spatial_median_wastes_what_the_closed_form_says(dimension):
    cloud = np.random.default_rng(dimension).standard_normal((3000, 100, dimension))
    median = cloud.mean(1, keepdims=True)
    for _ in range(25):  # Weiszfeld's iteration
        away = np.linalg.norm(cloud - median, axis=-1, keepdims=True)
        weight = 1 / np.maximum(away, 1e-9)  # it may end on a reading
        median = (weight * cloud).sum(1, keepdims=True) / weight.sum(1, keepdims=True)
    of_mean, of_median = (np.square(x).sum(-1) for x in (cloud.mean(1), median[:, 0]))
    ratio = of_mean.mean() / of_median.mean()
    error = (of_mean - ratio * of_median).std() / of_median.mean() / math.sqrt(len(cloud))
    assert error < 0.01  # so that five percent fails
    # a hundredth part: what a hundred readings are still away from infinitely many
    exact = theory.spatial_median_efficiency(dimension)
    assert abs(ratio - exact) < 3 * error + 0.01 * exact
