import copy
import math
import pickle

import numpy as np
import pytest
import torch
from torch import nn

from physlib import Langevin, theory
from physlib.components import literal
from physlib.components.noise import Noise


def network(dtype=torch.float64):
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(7, 5), nn.Tanh(), nn.Linear(5, 3)).to(dtype)


def train(net, optimizer, steps, start=0, scheduler=None):
    for step in range(start, start + steps):
        generator = torch.Generator().manual_seed(step)
        x = torch.randn(16, 7, generator=generator, dtype=net[0].weight.dtype)
        optimizer.zero_grad(set_to_none=True)
        net(x).square().mean().backward()
        optimizer.step()
        if scheduler:
            scheduler.step()


def parameters_of(net):
    return [p.detach().clone() for p in net.parameters()]


def assert_same_bits(a, b):
    assert all(torch.equal(p, q) for p, q in zip(a, b, strict=True))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("scheduled", [False, True])
def test_zero_temperature_is_heavy_ball_sgd_bit_for_bit(dtype, scheduled):
    results = []
    for make in (
        lambda p: Langevin(p, lr=0.03, damping=0.2),
        lambda p: torch.optim.SGD(p, lr=0.03, momentum=1 - 0.2, fused=True),
    ):
        net = network(dtype)
        optimizer = make(net.parameters())
        step_lr = torch.optim.lr_scheduler.StepLR(optimizer, 7, gamma=0.3) if scheduled else None
        train(net, optimizer, 30, scheduler=step_lr)
        results.append(parameters_of(net))
    assert_same_bits(*results)


def test_a_noisy_run_is_the_printed_loop():
    """The same seed's noise, given to the post's own loop."""
    ours, printed = network(), network()
    settings = {"lr": 0.03, "damping": 0.2, "temperature": 0.5}
    optimizer = Langevin(ours.parameters(), seed=3, **settings)
    noise = Noise(seed=3)
    parameters, velocities = (
        list(printed.parameters()),
        [*map(torch.zeros_like, printed.parameters())],
    )
    for step in range(20):
        for net in (ours, printed):
            x = torch.randn(16, 7, generator=torch.Generator().manual_seed(step)).double()
            net.zero_grad()
            net(x).square().mean().backward()
        optimizer.step()
        kicks = [-eta for eta in noise.draw(parameters)]  # we add to the gradient, not to the force
        literal.langevin_step(parameters, velocities, kicks, **settings)
        for p, q, v in zip(ours.parameters(), printed.parameters(), velocities, strict=True):
            torch.testing.assert_close(p, q, rtol=1e-10, atol=1e-12)
            torch.testing.assert_close(optimizer.velocity(p), v, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("as_tensor", [False, True])
def test_a_schedule_neither_heats_nor_cools(as_tensor):
    """lr jumps up and down by a factor of 100; the kinetic temperature must not follow."""
    n, damping, temperature = 40_000, 0.1, 0.7
    theta = nn.Parameter(torch.zeros(n, dtype=torch.float64))
    start = torch.tensor(1e-3) if as_tensor else 1e-3
    optimizer = Langevin([theta], lr=start, damping=damping, temperature=temperature, seed=1)
    theta.grad = torch.zeros_like(theta)  # free particles: only velocities count
    for _ in range(100):
        optimizer.step()  # warm up
    exact = float(theory.velocity_temperature(temperature, 0.0, damping))
    for lr in (1e-1, 1e-3):
        if as_tensor:
            optimizer.param_groups[0]["lr"].fill_(lr)  # as torch's schedulers do
        else:
            optimizer.param_groups[0]["lr"] = lr
        for _ in range(50):
            optimizer.step()
            kinetic = optimizer.velocity(theta).square().mean().item() / lr
            assert kinetic == pytest.approx(exact, rel=5 * math.sqrt(2 / n))


def test_velocity_is_the_way_of_the_last_step():
    parameter = nn.Parameter(torch.zeros(5, dtype=torch.float64))
    optimizer = Langevin([parameter], lr=0.1, temperature=1.0, seed=0)
    assert torch.equal(optimizer.velocity(parameter), torch.zeros_like(parameter))
    for lr in (0.1, 0.3):
        optimizer.param_groups[0]["lr"] = lr
        before = parameter.detach().clone()
        parameter.grad = torch.ones_like(parameter)
        optimizer.step()
        moved = parameter.detach() - before
        torch.testing.assert_close(optimizer.velocity(parameter), moved)
        optimizer.param_groups[0]["lr"] = 7.0  # what the next step will use is not yet the past
        torch.testing.assert_close(optimizer.velocity(parameter), moved)


def test_resumes_to_the_same_bits(tmp_path):
    settings = {"lr": 0.03, "damping": 0.2, "temperature": 0.5}
    whole = network()
    train(whole, Langevin(whole.parameters(), seed=1, **settings), 20)

    half = network()
    # a NumPy seed: weights_only below would refuse one that was kept as it is
    optimizer = Langevin(half.parameters(), seed=np.int64(1), **settings)
    train(half, optimizer, 10)
    torch.save([half.state_dict(), optimizer.state_dict()], tmp_path / "state")

    rest = network()
    resumed = Langevin(rest.parameters(), seed=99, lr=7.0)  # all of it is in the state
    weights, state = torch.load(tmp_path / "state", weights_only=True)
    rest.load_state_dict(weights)
    resumed.load_state_dict(state)
    train(rest, resumed, 10, start=10)
    assert_same_bits(parameters_of(whole), parameters_of(rest))


@pytest.mark.parametrize("clone", [copy.deepcopy, lambda o: pickle.loads(pickle.dumps(o))])
def test_copies_go_on_to_the_same_bits(clone):
    net = network()
    optimizer = Langevin(net.parameters(), lr=0.03, temperature=0.5, seed=1)
    train(net, optimizer, 5)
    net_copy, optimizer_copy = clone((net, optimizer))
    train(net, optimizer, 5, start=5)
    train(net_copy, optimizer_copy, 5, start=5)
    assert_same_bits(parameters_of(net), parameters_of(net_copy))


def test_the_noise_is_its_own():
    """It follows the seed, leaves the global generator alone, and is not the initial weights'."""
    net = network()
    before = torch.get_rng_state()
    train(net, Langevin(net.parameters(), temperature=1.0, seed=5), 3)
    assert torch.equal(before, torch.get_rng_state())

    torch.manual_seed(5)
    global_draw = torch.randn(1000)
    parameter = nn.Parameter(torch.zeros(1000))
    parameter.grad = torch.zeros(1000)
    Langevin([parameter], lr=1.0, damping=1.0, temperature=0.5, seed=5).step()
    correlation = torch.corrcoef(torch.stack([parameter.detach(), global_draw]))[0, 1]
    assert abs(correlation) < 4 / math.sqrt(1000)


def test_without_a_seed_the_global_generator_decides():
    seeds = []
    for global_seed in (11, 11, 12):
        torch.manual_seed(global_seed)
        seeds.append(Langevin([nn.Parameter(torch.zeros(2))]).seed)
    assert seeds[0] == seeds[1] != seeds[2]


def test_groups_have_their_own_settings_and_their_own_noise():
    still, moved = nn.Parameter(torch.zeros(2000)), nn.Parameter(torch.zeros(2000))
    still.grad, moved.grad = torch.zeros(2000), torch.zeros(2000)
    optimizer = Langevin([{"params": [still], "temperature": 0.0}], lr=0.5, damping=1.0, seed=0)
    optimizer.add_param_group({"params": [moved], "temperature": 3.0})
    optimizer.step()
    assert torch.equal(still, torch.zeros(2000))
    # one step from rest with full damping: variance 2αT
    assert moved.var().item() == pytest.approx(2 * 0.5 * 3.0, rel=4 * math.sqrt(2 / 2000))


def test_two_warm_groups_draw_independent_noise():
    a, b = (nn.Parameter(torch.zeros(2000)) for _ in range(2))
    a.grad, b.grad = torch.zeros(2000), torch.zeros(2000)
    Langevin([{"params": [a]}, {"params": [b]}], temperature=1.0, seed=0).step()
    correlation = torch.corrcoef(torch.stack([a.detach(), b.detach()]))[0, 1]
    assert abs(correlation) < 4 / math.sqrt(2000)


def test_a_parameter_without_gradient_stays():
    used, unused = nn.Parameter(torch.zeros(3)), nn.Parameter(torch.zeros(3))
    optimizer = Langevin([used, unused], temperature=1.0, seed=0)
    used.grad = torch.zeros(3)
    optimizer.step()
    assert torch.equal(unused, torch.zeros(3))
    assert not torch.equal(used, torch.zeros(3))
    unused.grad = torch.zeros(3)  # and joins when it gets one
    optimizer.step()
    assert not torch.equal(unused, torch.zeros(3))


def test_closure_is_called_with_gradients_on_and_its_loss_returned():
    parameter = nn.Parameter(torch.ones(3))
    optimizer = Langevin([parameter], lr=0.1)

    def closure():
        optimizer.zero_grad()
        loss = parameter.square().sum()
        loss.backward()
        return loss

    assert optimizer.step(closure).item() == 3
    torch.testing.assert_close(parameter.detach(), torch.full((3,), 0.8))


def test_a_learning_rate_of_zero_moves_nothing():
    parameter = nn.Parameter(torch.ones(3))
    parameter.grad = torch.ones(3)
    Langevin([parameter], lr=0.0, temperature=1.0, seed=0).step()
    assert torch.equal(parameter, torch.ones(3))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_parameters_move(dtype):
    parameter = nn.Parameter(torch.zeros(4000, dtype=dtype))
    parameter.grad = torch.zeros_like(parameter)
    Langevin([parameter], lr=0.5, damping=1.0, temperature=1.0, seed=0).step()
    assert parameter.float().var().item() == pytest.approx(1.0, rel=4 * math.sqrt(2 / 4000))


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"lr": -1e-3}, ValueError, r"lr .* \[0, inf\), got -0.001"),
        ({"lr": math.inf}, ValueError, "lr must be finite"),
        ({"damping": 0.0}, ValueError, r"damping .* \(0, 1\], got 0.0"),
        ({"damping": 1.1}, ValueError, r"damping .* \(0, 1\], got 1.1"),
        ({"temperature": -1.0}, ValueError, r"temperature .* \[0, inf\), got -1.0"),
        ({"temperature": math.nan}, ValueError, "temperature must be finite .* got nan"),
        ({"temperature": "hot"}, TypeError, "temperature must be a number, got 'hot'"),
        ({"scheme": "leapfrog"}, ValueError, "scheme must be one of 'symplectic-euler'"),
        ({"seed": -1}, ValueError, "seed must be at least 0, got -1"),
        ({"seed": 1.5}, TypeError, "seed must be an integer, got 1.5"),
    ],
)
def test_bad_arguments_are_named(options, error, message):
    with pytest.raises(error, match=message):
        Langevin([nn.Parameter(torch.zeros(1))], **options)


@pytest.mark.parametrize(
    ("setting", "value"), [("lr", -1.0), ("lr", math.nan), ("damping", 5), ("temperature", "hot")]
)
def test_settings_that_a_schedule_spoils_are_named(setting, value):
    parameter = nn.Parameter(torch.ones(2))
    parameter.grad = torch.ones(2)
    optimizer = Langevin([parameter])
    optimizer.param_groups[0][setting] = value
    with pytest.raises((ValueError, TypeError), match=f"{setting} must be"):
        optimizer.step()
    assert torch.equal(parameter, torch.ones(2))


def test_bad_groups_and_gradients_are_named():
    with pytest.raises(ValueError, match="damping"):
        Langevin([{"params": [nn.Parameter(torch.zeros(1))], "damping": 2.0}])
    complex_one = nn.Parameter(torch.zeros(1, dtype=torch.complex64))
    complex_one.grad = torch.zeros_like(complex_one)
    with pytest.raises(TypeError, match="real parameters"):
        Langevin([complex_one]).step()
    with pytest.raises(ValueError, match="parameter must be one that this optimizer moves"):
        Langevin([nn.Parameter(torch.zeros(1))]).velocity(torch.zeros(2))
