"""What nature does, what the policy is told, and what goes on record, each worked out again."""

import dataclasses
import math

import numpy as np
import pytest
import torch

from physlib.principles.twins import control, policy, study
from physlib.principles.twins.control import agreement, control_errors, controllers, regulator_gains
from physlib.principles.twins.peers import METHODS
from physlib.principles.twins.policy import CORRECTIONS, leave_one_out, train_policy
from physlib.principles.twins.problem import FINER, Problem, hidden_place, observe
from physlib.principles.twins.systems import SYSTEMS, trajectories

PENDULUM, EPIDEMIC = SYSTEMS["pendulum"], SYSTEMS["epidemic"]
RUNS = 40_000  # a standard deviation to 0.25 %, and 4 of these standard errors to 1 %


def stream(seed=0):
    return torch.Generator().manual_seed(seed)


def middle(system):
    return system.at(torch.full((len(system.parameters),), 0.5, dtype=torch.float64))


def distances(twin, physical, scales):
    """MSTE once more, in numpy."""
    apart = (np.asarray(twin) - np.asarray(physical)) / np.asarray(scales)
    return np.sqrt(np.square(apart).sum(-1)).mean(-1)


# ---- nature ----


@pytest.mark.parametrize("system", SYSTEMS.values(), ids=SYSTEMS)
def test_kicks_and_readings_err_as_much_as_is_said(system):
    one_step = dataclasses.replace(system, steps=1)
    near = 4 / math.sqrt(2 * RUNS)

    quiet = dataclasses.replace(one_step, measurement=0.0)
    seen = observe(quiet, middle(system), RUNS, stream(1))
    unkicked = trajectories(quiet, middle(system), seen.start, substeps=FINER)
    kicked = trajectories(
        quiet,
        middle(system),
        seen.start,
        kicks=torch.full((1, RUNS), 1e-4, dtype=torch.float64),
        substeps=FINER,
    )
    response = (kicked - unkicked)[:, 1, 1] / 1e-4  # of a velocity, or of the infected
    kicks = (seen.states - unkicked)[:, 1, 1] / response
    assert float(kicks.std()) == pytest.approx(system.process, rel=near + system.process**2)

    still = dataclasses.replace(one_step, process=0.0)
    read = observe(still, middle(system), RUNS, stream(2), outliers=0.1)
    exact = trajectories(still, middle(system), read.start, substeps=FINER)
    errors = ((read.states - exact) / torch.tensor(system.scales)).flatten(0, 1)
    fine = observe(still, middle(system), RUNS, stream(2))
    small = ((fine.states - exact) / torch.tensor(system.scales)).flatten(0, 1)
    assert float(small.std()) == pytest.approx(system.measurement, rel=near)
    wild = (errors != small).any(-1)
    assert float(wild.double().mean()) == pytest.approx(0.1, abs=4 * math.sqrt(0.09 / len(wild)))
    few = 4 / math.sqrt(2 * 0.1 * errors.numel())
    assert float(errors[wild].std()) == pytest.approx(20 * system.measurement, rel=few)


def test_nature_takes_smaller_steps_than_its_twin():
    still = dataclasses.replace(PENDULUM, measurement=0.0, process=0.0)
    seen = observe(still, middle(PENDULUM), 4, stream())
    fine, coarse, finest = (
        trajectories(still, middle(PENDULUM), seen.start, substeps=n) for n in (FINER, 1, 12)
    )
    assert torch.equal(seen.states, fine)
    assert (fine - finest).abs().max() < 0.01 * (coarse - finest).abs().max()


def test_runs_begin_where_it_is_said():
    swings = PENDULUM.starts(RUNS, stream(3))
    torch.testing.assert_close(
        swings.abs().amax(0), torch.tensor([1.5, 1.0]).double(), rtol=1e-3, atol=0
    )
    infected = EPIDEMIC.starts(RUNS, stream(4))[:, 1]
    assert float(infected.min()) == pytest.approx(0.003, rel=1e-3)
    assert float(infected.max()) == pytest.approx(0.03, rel=1e-3)


# ---- the policy ----


def test_the_policy_is_told_differences_and_weighted_by_what_followed(monkeypatch):
    readings = observe(PENDULUM, middle(PENDULUM), 1, stream(1))
    problem = Problem(PENDULUM, readings, 1)
    met, told, weighed = [], [], []
    simulate, loss = problem.simulate, policy.reinforce_loss
    monkeypatch.setattr(problem, "simulate", lambda place: met.append(simulate(place)) or met[-1])
    monkeypatch.setattr(
        policy, "reinforce_loss", lambda *given: weighed.append(given) or loss(*given)
    )
    forward = policy.GaussianPolicy.forward
    monkeypatch.setattr(
        policy.GaussianPolicy,
        "forward",
        lambda self, seen: told.append(seen) or forward(self, seen),
    )
    ((calls, last),) = train_policy(problem, stream())
    assert calls == policy.EPISODES * (1 + CORRECTIONS)

    for (_, states), seen in zip(met, told, strict=False):
        apart = (states - readings.states[0]) / states.new_tensor(PENDULUM.scales)
        torch.testing.assert_close(seen, apart.flatten(1))
    errors = torch.stack([error for error, _ in met[1:]], 1)
    ((_, returns, baseline),) = weighed
    for k in range(CORRECTIONS):
        torch.testing.assert_close(returns[:, k], -errors[:, k:].sum(1))
    torch.testing.assert_close(baseline, leave_one_out(returns))
    assert last == pytest.approx(float(errors[:, -1].mean()))


# ---- control ----


def test_the_regulator_solves_the_riccati_equation_with_friction():
    """By hand: k₁ = √(k² + 1/r) − k, k₂ = √(c² + 2k₁ + 1/r) − c."""
    k, c, r = 3.0, 0.6, 0.7
    first = math.sqrt(k**2 + 1 / r) - k
    second = math.sqrt(c**2 + 2 * first + 1 / r) - c
    np.testing.assert_allclose(regulator_gains(k, c, r), [first, second], rtol=1e-8)


def test_the_regulator_pushes_back_with_its_gains():
    gains = regulator_gains(*control.NOMINAL[:2], control.EFFORT)
    push = controllers()["regulator"](torch.tensor(0.0), torch.eye(2, dtype=torch.float64))
    np.testing.assert_allclose(push, -gains)


@pytest.mark.parametrize("noisy", [True, False])
def test_control_errors_are_those_of_one_run_after_another(noisy):
    generator, runs = stream(6), 3
    found = control_errors(PENDULUM, middle(PENDULUM), runs, stream(6), noisy=noisy)
    start = 0.2 * PENDULUM.starts(runs, generator)
    kicks = PENDULUM.process * torch.randn(
        PENDULUM.steps, runs, generator=generator, dtype=torch.float64
    )
    for name, law in controllers().items():
        each = [
            distances(
                trajectories(
                    PENDULUM,
                    middle(PENDULUM),
                    start[i],
                    kicks=kicks[:, i] if noisy else None,
                    control=law,
                ),
                0.0,
                PENDULUM.scales,
            )
            for i in range(runs)
        ]
        assert found[name] == pytest.approx(np.mean(each), rel=1e-9)


def test_finer_steps_change_no_control_error_by_a_thousandth(monkeypatch):
    coarse = control_errors(PENDULUM, middle(PENDULUM), 8, stream(), noisy=True)
    monkeypatch.setattr(
        control, "trajectories", lambda *given, **more: trajectories(*given, **more, substeps=3)
    )
    fine = control_errors(PENDULUM, middle(PENDULUM), 8, stream(), noisy=True)
    assert fine != coarse
    assert fine == {name: pytest.approx(error, rel=1e-3) for name, error in coarse.items()}


# ---- what goes on record ----


def recorded(rows, metric):
    return [value for _, name, value in rows if name == metric]


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_twin_with_the_hidden_parameters_is_perfect(system, monkeypatch):
    """Its distance is 0, and its held-out error the floor, whatever nature drew."""
    hidden = hidden_place(SYSTEMS[system], study._random(3, 0))
    monkeypatch.setitem(METHODS, "oracle", lambda problem, _: problem.simulate(hidden[None]))
    rows = study.calibrate(system=system, method="oracle", budget=1, seed=3)
    assert recorded(rows, "distance") == [0.0]
    assert recorded(rows, "held_out") == [1.0]


def test_what_is_recorded_of_a_twin_is_what_was_said():
    """Of the untuned twin: nature is drawn again from its stream, and every number worked out."""
    rows = study.calibrate(system="pendulum", method="untuned", budget=1, seed=0)
    nature = study._random(0, 0)
    parameters = PENDULUM.at(hidden_place(PENDULUM, nature))
    fitted = observe(PENDULUM, parameters, 1, nature)
    held_out = observe(PENDULUM, parameters, study.HELD_OUT, nature)
    twin, truth = (
        trajectories(PENDULUM, p, held_out.start) for p in (middle(PENDULUM), parameters)
    )
    floor = distances(truth, held_out.states, PENDULUM.scales).mean()
    own = trajectories(PENDULUM, middle(PENDULUM), fitted.start)
    expected = {
        "floor": floor,
        "distance": distances(twin, truth, PENDULUM.scales).mean() / floor,
        "held_out": distances(twin, held_out.states, PENDULUM.scales).mean() / floor,
        "fit": distances(own, fitted.states, PENDULUM.scales).mean(),
    }
    for metric, value in expected.items():
        assert recorded(rows, metric) == [pytest.approx(value, rel=1e-9)]

    physical = control_errors(PENDULUM, parameters, study.HELD_OUT, nature, noisy=True)
    in_twin = control_errors(PENDULUM, middle(PENDULUM), study.HELD_OUT, stream(0), noisy=False)
    for world, errors in (("physical", physical), ("twin", in_twin)):
        for name, value in errors.items():
            assert recorded(rows, f"{world}_{name}") == [pytest.approx(value, rel=1e-9)]
    (tau,) = recorded(rows, "tau")
    assert tau == agreement(in_twin, physical) < 1


def test_the_fit_to_squares_is_to_squares():
    readings = observe(EPIDEMIC, middle(EPIDEMIC), 1, stream())
    place = torch.tensor([[0.3, 0.6]], dtype=torch.float64)
    problem = Problem(EPIDEMIC, readings, 1, "mse")
    error, states = problem.simulate(place)
    square = np.square(states[0].numpy() - readings.states[0].numpy()).sum(-1).mean()
    assert float(error) == pytest.approx(square)


def test_the_fit_on_record_is_the_best_so_far():
    rows = study.calibrate(system="epidemic", method="random", budget=32, seed=3)
    nature = study._random(3, 0)
    readings = observe(EPIDEMIC, EPIDEMIC.at(hidden_place(EPIDEMIC, nature)), 1, nature)
    problem = Problem(EPIDEMIC, readings, 32)
    draws = study._random(3, 1 + [*METHODS].index("random"))
    error, _ = problem.simulate(torch.rand(32, 2, generator=draws, dtype=torch.float64))
    best = error.cummin(0).values[torch.tensor([1, 2, 4, 8, 16, 32]) - 1]
    assert recorded(rows, "fit") == pytest.approx(best.tolist())
    assert best[-1] < best[0]
