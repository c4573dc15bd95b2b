import math

import pytest
import torch
from torch import nn
from torch.optim.lr_scheduler import (
    CosineAnnealingLR,
    ExponentialLR,
    LinearLR,
    ReduceLROnPlateau,
    SequentialLR,
)

from physlib import Langevin, theory
from physlib.components.annealing import TemperatureScheduler


def langevin(**options):
    still = nn.Parameter(torch.zeros(3))
    still.grad = torch.zeros(3)
    return Langevin([still], temperature=2.0, seed=0, **options)


def temperatures(cooling, steps):
    seen = []
    for _ in range(steps):
        cooling.optimizer.step()
        cooling.step()
        seen.append(cooling.optimizer.param_groups[0]["temperature"])
    return seen


def test_any_schedule_of_torch_moves_the_temperature_and_nothing_else():
    cooling = TemperatureScheduler(langevin(lr=0.1), lambda o: CosineAnnealingLR(o, T_max=4))
    expected = [2 * (1 + math.cos(math.pi * n / 4)) / 2 for n in (1, 2, 3, 4)]
    assert temperatures(cooling, 4) == pytest.approx(expected, abs=1e-12)
    assert cooling.optimizer.param_groups[0]["lr"] == 0.1


def test_a_warm_up_begins_where_it_should():
    def warm_up_then_cool(o):
        parts = [LinearLR(o, start_factor=0.5, total_iters=2), ExponentialLR(o, gamma=0.1)]
        return SequentialLR(o, parts, milestones=[2])

    cooling = TemperatureScheduler(langevin(), warm_up_then_cool)
    assert cooling.optimizer.param_groups[0]["temperature"] == 1.0
    assert temperatures(cooling, 4) == pytest.approx([1.5, 2.0, 0.2, 0.02])


def test_a_plateau_gets_its_metric():
    cooling = TemperatureScheduler(langevin(), lambda o: ReduceLROnPlateau(o, patience=0))
    cooling.step(1.0)
    cooling.step(1.0)
    assert cooling.optimizer.param_groups[0]["temperature"] == pytest.approx(0.2)


def test_groups_keep_their_own_temperatures():
    optimizer = langevin()
    optimizer.add_param_group({"params": [nn.Parameter(torch.zeros(1))], "temperature": 6.0})
    TemperatureScheduler(optimizer, lambda o: ExponentialLR(o, gamma=0.5)).step()
    assert [group["temperature"] for group in optimizer.param_groups] == [1.0, 3.0]


def test_resumes_where_it_stopped():
    def fresh():
        return TemperatureScheduler(langevin(), lambda o: ExponentialLR(o, gamma=0.5))

    first, second = fresh(), fresh()
    whole = temperatures(first, 2) + temperatures(first, 2)
    temperatures(half := fresh(), 2)
    second.load_state_dict(half.state_dict())
    assert second.optimizer.param_groups[0]["temperature"] == whole[1]
    assert temperatures(second, 2) == whole[2:]


def test_slow_cooling_stays_in_equilibrium():
    """A thousand-fold slower than relaxation, the cloud follows T down."""
    k, n, damping, lr = 1.0, 20_000, 0.5, 0.2
    theta = nn.Parameter(torch.zeros(n, dtype=torch.float64))
    optimizer = Langevin([theta], lr=lr, damping=damping, temperature=1.0, seed=1)
    cooling = TemperatureScheduler(optimizer, lambda o: ExponentialLR(o, gamma=0.997))
    for _ in range(600):
        theta.grad = k * theta.detach()
        optimizer.step()
        used = optimizer.param_groups[0]["temperature"]
        cooling.step()
    exact = float(theory.position_temperature(used, lr * k, damping))
    # it lags by about 0.003 times its relaxation time of some steps: a percent or two
    assert k * theta.detach().square().mean().item() == pytest.approx(
        exact, rel=0.02 + 4 * math.sqrt(2 / n)
    )


def test_an_optimizer_without_temperature_is_refused():
    with pytest.raises(ValueError, match="temperature in every group"):
        TemperatureScheduler(
            torch.optim.SGD([nn.Parameter(torch.zeros(1))]), lambda o: ExponentialLR(o, 0.9)
        )
