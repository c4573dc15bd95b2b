"""Twins move as physics says, are judged as defined, and cost what they are said to cost."""

import dataclasses
import math
from itertools import pairwise

import numpy as np
import pytest
import torch
from scipy.integrate import solve_ivp

from physlib import theory
from physlib.principles.twins.control import (
    LIMIT,
    NOMINAL,
    agreement,
    control_errors,
    controllers,
    regulator_gains,
)
from physlib.principles.twins.errors import mean_state_error, state_errors
from physlib.principles.twins.peers import METHODS, expected_improvement
from physlib.principles.twins.problem import Problem, hidden_place, observe
from physlib.principles.twins.study import calibrate, robustness
from physlib.principles.twins.systems import SYSTEMS, trajectories

PENDULUM, EPIDEMIC = SYSTEMS["pendulum"], SYSTEMS["epidemic"]


def stream(seed=0):
    return torch.Generator().manual_seed(seed)


def f64(*values):
    return torch.tensor(values, dtype=torch.float64)


# ---- motion ----


def test_small_swings_are_those_of_the_closed_form():
    moved = trajectories(PENDULUM, f64(5.0, 0.4, 0.0), f64(1e-4, 0.0), substeps=4)
    exact = theory.damped_swing(PENDULUM.times, 1e-4, stiffness=5.0, damping=0.4)
    np.testing.assert_allclose(moved[:, 0], exact, atol=2e-4 * 1e-4)


@pytest.mark.parametrize("system", SYSTEMS.values(), ids=SYSTEMS)
def test_motion_is_scipys_and_of_fourth_order(system):
    """With a kick that changes at each step, which a solver of fixed step must not smear."""
    place, start = torch.full((len(system.low),), 0.6), system.starts(1, stream(3))[0]
    kicks = 0.3 * torch.randn(system.steps, generator=stream(4), dtype=torch.float64)
    parameters, state, states = system.at(place.double()), start.numpy(), [start.numpy()]
    kick = kicks[0]

    def rate(t, y):
        at = torch.as_tensor(y)
        return system.rate(torch.tensor(t), at, parameters, kick, torch.tensor(0.0)).numpy()

    for step, t in enumerate(system.times[:-1]):
        kick, span = kicks[step], (float(t), float(t) + system.step)
        state = solve_ivp(rate, span, state, rtol=1e-9, atol=1e-11).y[:, -1]
        states.append(state)
    off = [
        float(
            (trajectories(system, parameters, start, kicks=kicks, substeps=n) - exact).abs().max()
        )
        for exact in [torch.as_tensor(np.array(states))]
        for n in (1, 2, 4)
    ]
    assert off[0] < 5e-3
    # halving the step divides the error by 2⁴, less what the next order adds
    assert all(11 < a / b < 24 for a, b in pairwise(off)), off


def test_an_epidemic_peaks_and_ends_where_the_closed_forms_say():
    b = torch.arange(0.3, 0.9, 0.1, dtype=torch.float64)
    g = torch.full_like(b, 0.15)
    start = f64(1 - 1e-6, 1e-6, 0.0)
    system = dataclasses.replace(EPIDEMIC, steps=400, step=0.5)
    states = trajectories(system, torch.stack((b, g), -1), start)
    np.testing.assert_allclose(states.sum(-1), 1.0, atol=1e-12)
    for path, reproduction in zip(states, (b / g).tolist(), strict=True):
        assert float(path[:, 1].max()) == pytest.approx(
            theory.epidemic_peak(reproduction, 1e-6), rel=3e-3
        )
        assert float(path[-1, 2]) == pytest.approx(theory.final_size(reproduction), rel=1e-4)


def test_shares_are_conserved_when_kicked():
    kicks = torch.randn(EPIDEMIC.steps, generator=stream(), dtype=torch.float64)
    states = trajectories(EPIDEMIC, f64(0.8, 0.1), f64(0.98, 0.02, 0.0), kicks=kicks)
    np.testing.assert_allclose(states.sum(-1), 1.0, atol=1e-12)


def test_the_gradient_through_the_solver_is_that_of_differences():
    start = f64(1.0, 0.0)

    def end(parameters):
        return trajectories(PENDULUM, parameters, start)[-1]

    assert torch.autograd.gradcheck(end, (f64(4.0, 0.3, 1.0).requires_grad_(),), rtol=1e-6)


# ---- nature ----


def test_hidden_places_fill_the_cube_but_for_its_margin():
    places = torch.stack([hidden_place(EPIDEMIC, stream(s)) for s in range(200)])
    assert 0.15 <= float(places.min()) < 0.17
    assert 0.83 < float(places.max()) <= 0.85


# ---- errors and calls ----


def test_mste_by_hand():
    twin, physical = torch.zeros(3, 2), torch.tensor([[3.0, 8.0], [0.0, 0.0], [0.6, 0.0]])
    apart = state_errors(twin, physical, (1.0, 2.0))
    torch.testing.assert_close(apart, torch.tensor([5.0, 0.0, 0.6]))
    assert float(mean_state_error(twin, physical, (1.0, 2.0), "sum")) == pytest.approx(5.6)
    assert float(mean_state_error(twin, physical, (1.0, 2.0))) == pytest.approx(5.6 / 3)


def problem(budget=60, system=EPIDEMIC, seed=0):
    nature = stream(seed)
    readings = observe(system, system.at(hidden_place(system, nature)), 1, nature)
    return Problem(system, readings, budget)


def test_every_trajectory_is_a_call_and_a_gradient_is_two():
    asked = problem()
    asked.simulate(torch.full((3, 2), 0.5, dtype=torch.float64))
    assert asked.calls == 3
    asked.simulate(torch.full((1, 2), 0.5, dtype=torch.float64, requires_grad=True))
    assert asked.calls == 5


@pytest.mark.parametrize("method", sorted({*METHODS} - {"untuned", "policy", "policy-raw"}))
def test_peers_find_the_twin_and_count_its_price(method, monkeypatch):
    """The solver is asked as often as the count says, a gradient's backward pass apart."""
    asked, rows = problem(budget=160 if method == "random" else 60), []
    simulate = asked.simulate

    def counted(place):
        rows.append(len(place) * (2 if place.requires_grad else 1))
        return simulate(place)

    monkeypatch.setattr(asked, "simulate", counted)
    METHODS[method](asked, stream(7))
    assert sum(rows) == asked.calls >= asked.budget
    middle = problem()
    METHODS["untuned"](middle, stream())
    assert asked.trace[-1][1] < (0.5 if method == "random" else 0.3) * middle.trace[-1][1]
    errors = [error for _, error, _ in asked.trace]
    assert errors == sorted(errors, reverse=True)
    assert asked.trace[-1][0] <= asked.budget
    assert torch.equal(asked.best(10**6), asked.trace[-1][2])


def test_what_is_simulated_past_the_budget_does_not_count():
    asked = problem(budget=2)
    hidden = hidden_place(EPIDEMIC, stream())
    asked.simulate(torch.stack([torch.zeros(2).double(), torch.ones(2).double(), hidden]))
    assert asked.trace[-1][0] <= 2
    assert not torch.equal(asked.best(3), hidden)


def test_expected_improvement_is_the_mean_of_what_falls_below():
    draws = np.random.default_rng(0).normal(0.3, 0.5, 400_000)
    gain = np.maximum(0.1 - draws, 0)
    error = gain.std() / math.sqrt(len(draws))
    found = expected_improvement(np.array([0.3]), np.array([0.5]), 0.1)[0]
    assert abs(found - gain.mean()) < 4 * error


# ---- control ----


def test_feed_forward_cancels_a_drive_of_its_strength():
    """A pendulum at rest with that drive stays there; with none, it is driven."""
    control, rest = controllers()["feed-forward"], torch.zeros(2, dtype=torch.float64)
    still = trajectories(PENDULUM, f64(*NOMINAL[:2], LIMIT), rest, control=control)
    assert float(still.abs().max()) < 1e-12
    driven = trajectories(PENDULUM, f64(*NOMINAL[:2], 0.0), rest, control=control)
    assert float(driven.abs().max()) > 0.05


def test_both_controllers_help_the_pendulum_they_were_designed_for():
    errors = control_errors(PENDULUM, f64(*NOMINAL), 4, stream(5), noisy=True)
    assert max(errors["feed-forward"], errors["regulator"]) < errors["none"]


def test_agreement():
    ranking = {"a": 1.0, "b": 2.0, "c": 3.0}
    assert agreement(ranking, ranking) == 1
    assert agreement(ranking, {"a": 3.0, "b": 2.0, "c": 1.0}) == -1
    assert agreement(ranking, {"a": 2.0, "b": 1.0, "c": 3.0}) == pytest.approx(1 / 3)


# ---- what goes on record ----


def test_nature_is_the_same_for_every_method():
    untuned, found = (
        calibrate(system="pendulum", method=m, budget=b, seed=5)
        for m, b in (("untuned", 1), ("random", 64))
    )

    def values(rows, *names):
        return [value for _, name, value in rows if name in names]

    nature = ("floor", "physical_none", "physical_feed-forward", "physical_regulator")
    assert values(untuned, *nature) == values(found, *nature)
    assert values(found, "fit") == sorted(values(found, "fit"), reverse=True)
    assert values(found, "distance")[-1] < values(untuned, "distance")[0]


def test_an_outlier_hurts_the_square_more():
    rows = robustness(system="epidemic", outliers=0.1, budget=40, seed=2)
    (mste,), (mse,) = ([v for _, name, v in rows if name == m] for m in ("mste", "mse"))
    assert mste < mse


# ---- bad input ----


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: PENDULUM.at(f64(0.5, 0.5, 1.2)), r"place must be in \[0, 1\], got .* 1.2"),
        (lambda: PENDULUM.at(f64(0.5, 0.5)), r"place must have the shape \(…, 3\), got \(2,\)"),
        (
            lambda: trajectories(PENDULUM, f64(1, 1, 1), torch.zeros(0, 2)),
            "start must .* empty",
        ),
        (
            lambda: trajectories(PENDULUM, f64(1, 1, 1), f64(0, 0), substeps=0),
            "substeps must be at least 1, got 0",
        ),
        (lambda: observe(PENDULUM, f64(1, 1, 1), 0, stream()), "runs must be at least 1, got 0"),
        (
            lambda: observe(PENDULUM, f64(1, 1, 1), 1, stream(), outliers=-0.1),
            r"outliers must be finite and in \[0, 1\], got -0.1",
        ),
        (lambda: problem().simulate(torch.zeros(0, 2).double()), "place must .* not empty"),
        (
            lambda: state_errors(torch.zeros(0, 2), torch.zeros(0, 2), (1, 1)),
            "twin must .* empty",
        ),
        (lambda: state_errors(f64(0, 0), f64(0, 0), (1, 0)), "scales must be 2 positive numbers"),
        (
            lambda: mean_state_error(f64(0, 0), f64(0, 0), (1, 1), "max"),
            "reduction must be one of 'sum', 'mean', got 'max'",
        ),
        (lambda: regulator_gains(1, 1, 0), r"effort must be finite and in \(0, inf\), got 0"),
        (
            lambda: control_errors(EPIDEMIC, f64(1, 1), 1, stream(), noisy=False),
            "system must be 'pendulum', got 'epidemic'",
        ),
        (lambda: agreement({"a": 1.0}, {"a": 1.0}), "rankings must be of the same things"),
        (
            lambda: calibrate(system="car", method="random", budget=4, seed=0),
            "system must be one of 'pendulum', 'epidemic', got 'car'",
        ),
        (
            lambda: calibrate(system="epidemic", method="luck", budget=4, seed=0),
            "method must be one of .*, got 'luck'",
        ),
        (
            lambda: robustness(system="epidemic", outliers=0, budget=0, seed=0),
            "budget must be at least 1, got 0",
        ),
        (lambda: theory.damped_swing(0, 1, 1, 2), r"stiffness must be above damping²/4"),
        (lambda: theory.final_size(-1), r"reproduction must be finite and in \[0, inf\), got -1"),
        (lambda: theory.epidemic_peak(1.0), r"reproduction must be above"),
        (lambda: theory.spatial_median_efficiency(0), "dimension must be at least 1, got 0"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
