"""One harness that every scheme passes: exact answers, tolerances from the number of particles.

A mean square over n independent Gaussian values has the relative standard error √(2/n). With
n = 40,000 that is 0.7 %; four of them are the tolerance, and an error of 5 % is seven.
"""

import math
from typing import get_args

import numpy as np
import pytest
import torch
from problems import DOUBLE_WELL, FREE, anisotropic, quadratic, with_gradient_noise
from scipy.stats import chi2
from torch import nn

from physlib import Langevin, theory
from physlib.components.noise import Kind, Noise
from physlib.components.simulation import escape_rate, simulate

SCHEMES = get_args(theory.Scheme)
N = 40_000
TOLERANCE = 4 * math.sqrt(2 / N)
every_scheme = pytest.mark.parametrize("scheme", SCHEMES)
every_noise = pytest.mark.parametrize("noise", get_args(Kind))
GRID = [
    (scheme, damping, lr_k)
    for scheme in SCHEMES
    for damping in (0.1, 0.5, 1.0)
    for lr_k in (0.01, 0.05, 0.5, 1.5)
    if lr_k < 0.8 * theory.stability_limit(damping, scheme)
]


def update_matrix(scheme, damping, lr_k):
    """One step without noise in a quadratic well, on (v, θ)."""
    c = 1 - damping
    return {
        "symplectic-euler": np.array([[c, -lr_k], [c, 1 - lr_k]]),
        "explicit-euler": np.array([[c, -lr_k], [1, 1]]),
        "overdamped": np.array([[0, 0], [0, 1 - lr_k / damping]]),
        "baoab": np.array([[c, -c * lr_k], [(1 + c) / 2, 1 - (1 + c) * lr_k / 2]]),
    }[scheme]


def steps_to_forget(scheme, damping, lr_k):
    """Until what is left of the initial variance is below 1e-4; a few more cost nothing."""
    slowest = abs(np.linalg.eigvals(update_matrix(scheme, damping, lr_k))).max()
    return 3 + math.ceil(math.log(1e-4) / (2 * math.log(max(slowest, 0.1))))


def normal(n, seed=1):
    return torch.randn(n, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


@every_noise
@pytest.mark.parametrize(("scheme", "damping", "lr_k"), GRID)
def test_stationary_temperatures_are_the_closed_forms(scheme, damping, lr_k, noise):
    """Two-point noise has no tails, so that its mean squares scatter less, if anything."""
    k, temperature = 2.0, 0.7
    lr = lr_k / k
    steps = steps_to_forget(scheme, damping, lr_k)
    positions, velocities = simulate(
        quadratic(k).gradient,
        normal(N) * math.sqrt(temperature / k),
        steps,
        every=steps,
        lr=lr,
        damping=damping,
        temperature=temperature,
        scheme=scheme,
        noise=noise,
        seed=2,
    )
    hot = float(theory.position_temperature(temperature, lr_k, damping, scheme))
    assert k * positions[-1].square().mean().item() == pytest.approx(hot, rel=TOLERANCE)
    if scheme != "overdamped":
        kinetic = float(theory.velocity_temperature(temperature, lr_k, damping, scheme))
        assert velocities.square().mean().item() / lr == pytest.approx(kinetic, rel=TOLERANCE)


@every_scheme
def test_an_anisotropic_gaussian_keeps_its_axes(scheme):
    """Time averages; the particles' own scatter gives the standard error, correlations and all."""
    problem, lr, damping, temperature = anisotropic((1.0, 4.0), angle=0.5), 0.02, 0.4, 0.7
    positions, _ = simulate(
        problem.gradient,
        torch.zeros(4000, 2, dtype=torch.float64),
        1500,
        every=15,
        lr=lr,
        damping=damping,
        temperature=temperature,
        scheme=scheme,
        seed=3,
    )
    along = positions[40:] @ problem.axes.T  # without the first 600 steps
    for axis, k in enumerate(problem.curvatures):
        of_particles = k * along[..., axis].square().mean(0)
        error = of_particles.std().item() / math.sqrt(4000)
        exact = float(theory.position_temperature(temperature, lr * k, damping, scheme))
        assert error < 0.01 * exact  # so that 5 % would be seen
        assert of_particles.mean().item() == pytest.approx(exact, abs=4 * error)
    crossed = along.prod(-1).mean(0)
    assert abs(crossed.mean().item()) < 4 * crossed.std().item() / math.sqrt(4000)


@every_noise
@every_scheme
def test_a_double_well_fills_as_boltzmann_says(scheme, noise):
    temperature, damping = 0.5, 0.3
    # the one heats by αk/γ; without inertia, coins show in the shape to that order, too
    fine = scheme == "explicit-euler" or (scheme, noise) == ("overdamped", "two-point")
    lr, steps = (4e-4, 1500) if fine else (2e-3, 600)
    start = torch.ones(N, dtype=torch.float64)
    start[::2] = -1
    positions, _ = simulate(
        DOUBLE_WELL.gradient,
        start,
        steps,
        every=steps,
        lr=lr,
        damping=damping,
        temperature=temperature,
        scheme=scheme,
        noise=noise,
        seed=4,
    )
    theta = np.linspace(-4, 4, 40_001)
    density = theory.boltzmann_on_grid(theta, theory.double_well(theta), temperature)
    cumulative = np.cumsum(density) * (theta[1] - theta[0])
    edges = np.interp(np.linspace(0, 1, 21)[1:-1], cumulative, theta)  # 20 bins of equal weight
    counts = np.bincount(np.searchsorted(edges, positions[-1].numpy()), minlength=20)
    statistic = ((counts - N / 20) ** 2 / (N / 20)).sum()
    assert statistic < chi2.isf(1e-4, df=19)


def simulated_rate(scheme, temperature, lr, damping):
    predicted = float(theory.kramers_rate(temperature, lr, damping))
    third = int(0.1 / predicted)
    positions, _ = simulate(
        DOUBLE_WELL.gradient,
        -torch.ones(20_000, dtype=torch.float64),
        3 * third,
        every=third,
        lr=lr,
        damping=damping,
        temperature=temperature,
        scheme=scheme,
        seed=5,
    )
    return *escape_rate(positions, third), predicted


@pytest.mark.parametrize("scheme", ["symplectic-euler", "baoab"])
def test_escapes_follow_kramers(scheme):
    inverse = np.array([3.0, 4.0, 5.0])
    measured = [simulated_rate(scheme, 1 / b, lr=0.005, damping=0.1) for b in inverse]
    rate, error, predicted = map(np.array, zip(*measured, strict=True))
    weights = rate / error
    (slope, _), covariance = np.polyfit(inverse, np.log(rate), 1, w=weights, cov="unscaled")
    # Kramers' formula is the first term of a series in T: its slope is ΔU = 1 to some percent
    assert slope == pytest.approx(-1, abs=0.05 + 3 * math.sqrt(covariance[0, 0]))
    assert rate[-1] == pytest.approx(predicted[-1], rel=0.25)


@every_noise
@every_scheme
def test_free_particles_diffuse_as_einstein_says(scheme, noise):
    lr, damping, temperature = 0.01, 0.2, 0.7
    paths, _ = simulate(
        FREE.gradient,
        torch.zeros(N, dtype=torch.float64),
        400,
        every=200,
        lr=lr,
        damping=damping,
        temperature=temperature,
        scheme=scheme,
        noise=noise,
        seed=6,
    )
    # between two late times, so that the ballistic beginning drops out
    grown = (paths[1].square().mean() - paths[0].square().mean()).item() / 200
    exact = float(theory.diffusion(temperature, lr, damping, scheme))
    # for Gaussian paths var(M₂ − M₁) = (2/n)(s₂² − s₁²), and s₂ = 2s₁
    assert grown == pytest.approx(exact, rel=math.sqrt(3) * TOLERANCE)


def test_the_way_from_rest_is_the_closed_form():
    lr, damping, temperature = 0.01, 0.2, 0.7
    paths, _ = simulate(
        FREE.gradient,
        torch.zeros(N, dtype=torch.float64),
        32,
        lr=lr,
        damping=damping,
        temperature=temperature,
        seed=7,
    )
    for n in (1, 2, 8, 32):
        exact = float(theory.mean_squared_displacement(n, temperature, lr, damping))
        assert paths[n - 1].square().mean().item() == pytest.approx(exact, rel=TOLERANCE)


@pytest.mark.parametrize(
    ("scheme", "damping", "lr_k"),
    [
        ("symplectic-euler", 0.1, 0.1),
        ("symplectic-euler", 1.0, 0.5),
        ("baoab", 0.3, 0.5),
        ("overdamped", 0.5, 0.1),
        ("explicit-euler", 0.5, 0.05),
    ],
)
def test_gradient_noise_heats(scheme, damping, lr_k):
    k, temperature, variance = 2.0, 0.7, 3.0
    lr = lr_k / k
    steps = steps_to_forget(scheme, damping, lr_k)
    positions, _ = simulate(
        with_gradient_noise(quadratic(k), variance, seed=8).gradient,
        normal(N) * math.sqrt(temperature / k),
        steps,
        every=steps,
        lr=lr,
        damping=damping,
        temperature=temperature,
        scheme=scheme,
        seed=9,
    )
    heated = temperature + theory.heating(lr, damping, variance, lr_k, scheme)
    exact = float(theory.position_temperature(heated, lr_k, damping, scheme))
    cold = float(theory.position_temperature(temperature, lr_k, damping, scheme))
    assert exact > cold * (1 + 2 * TOLERANCE)  # the effect is there to be seen
    assert k * positions[-1].square().mean().item() == pytest.approx(exact, rel=TOLERANCE)


def test_a_gradient_may_hand_its_argument_back():
    same, copied = (
        simulate(g, torch.ones(3), 5, lr=0.1, scheme="explicit-euler")[0]
        for g in (lambda theta: theta, lambda theta: 1 * theta)
    )
    assert torch.equal(same, copied)


@every_scheme
@pytest.mark.parametrize("damping", [0.1, 0.5, 0.9])
def test_stability_limit(scheme, damping):
    limit = float(theory.stability_limit(damping, scheme))
    for factor, bounded in ((0.98, True), (1.02, False)):
        start = torch.ones(1, dtype=torch.float64)
        path, _ = simulate(
            quadratic(1.0).gradient, start, 4000, lr=factor * limit, damping=damping, scheme=scheme
        )
        assert (path[-1].abs().item() < 1) == bounded


def plain_step(scheme, theta, v, gradient, eta, lr, damping, temperature):
    """The schemes as their docstrings print them, one parameter at a time."""
    c, noise = 1 - damping, math.sqrt(2 * damping * lr * temperature) * eta
    if scheme == "symplectic-euler":
        v = c * v - lr * gradient + noise
        return theta + v, v
    if scheme == "explicit-euler":
        return theta + v, c * v - lr * gradient + noise
    if scheme == "overdamped":
        return theta - lr / damping * gradient + noise / damping, v
    half = v - lr * gradient
    v = c * half + math.sqrt((1 - c * c) * lr * temperature) * eta
    return theta + half / 2 + v / 2, v


@every_scheme
def test_all_parameters_at_once_are_each_one_plainly(scheme):
    """Fused calls over a list, and one flat buffer of noise, change nothing but the speed."""
    settings = {"lr": 0.03, "damping": 0.2, "temperature": 0.5}
    parameters = [nn.Parameter(normal(n, seed=n)) for n in (3, 5)]
    optimizer, noise = Langevin(parameters, seed=3, scheme=scheme, **settings), Noise(3)
    plain = [(p.detach().clone(), torch.zeros_like(p)) for p in parameters]
    for _ in range(20):
        for p in parameters:
            p.grad = p.detach() ** 3
        etas = [-eta for eta in noise.draw(parameters)]  # ours adds to the gradient, not the force
        optimizer.step()
        plain = [
            plain_step(scheme, theta, v, theta**3, eta, **settings)
            for (theta, v), eta in zip(plain, etas, strict=True)
        ]
        for p, (theta, v) in zip(parameters, plain, strict=True):
            torch.testing.assert_close(p.detach(), theta, rtol=1e-10, atol=1e-12)
            if scheme != "overdamped":
                torch.testing.assert_close(optimizer.velocity(p), v, rtol=1e-9, atol=1e-12)


@every_noise
@every_scheme
def test_resumes_to_the_same_bits(scheme, noise):
    def run(steps, theta, state=None):
        settings = {"lr": 0.01, "temperature": 0.5, "scheme": scheme, "noise": noise}
        optimizer = Langevin([theta], seed=1, **settings)
        if state:
            optimizer.load_state_dict(state)
        for _ in range(steps):
            theta.grad = theta.detach() ** 3
            optimizer.step()
        return theta, optimizer.state_dict()

    whole, _ = run(20, nn.Parameter(normal(50)))
    half, state = run(10, nn.Parameter(normal(50)))
    rest, _ = run(10, half, state)
    assert torch.equal(whole, rest)


def test_full_damping_is_sgld_in_two_schemes():
    """Welling and Teh: θ ← θ − αg + √(2αT) η."""
    ends = [
        simulate(
            DOUBLE_WELL.gradient,
            normal(50),
            30,
            lr=0.01,
            damping=1.0,
            temperature=0.5,
            scheme=scheme,
            seed=1,
        )[0][-1]
        for scheme in ("symplectic-euler", "overdamped")
    ]
    torch.testing.assert_close(*ends, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("lr_k", [0.1, 0.5, 1.0])
def test_two_point_noise_shows_in_the_fourth_moment_alone(lr_k):
    positions, _ = simulate(
        quadratic(1.0).gradient,
        torch.zeros(N, dtype=torch.float64),
        steps_to_forget("symplectic-euler", 1.0, lr_k),
        lr=lr_k,
        damping=1.0,
        temperature=0.7,
        noise="two-point",
        seed=10,
    )
    z = positions[-1]
    assert z.mean().item() == pytest.approx(0, abs=4 * z.std().item() / math.sqrt(N))
    excess = (z**4).mean().item() / z.square().mean().item() ** 2 - 3
    exact = float(theory.two_point_excess_kurtosis(lr_k))
    # √(24/n) is the error for a Gaussian, whose tails are longer
    assert excess == pytest.approx(exact, abs=4 * math.sqrt(24 / N))


def test_two_point_noise_is_a_fair_independent_coin():
    parameters = [torch.zeros(70_000), torch.zeros(3, 7)]
    noise = Noise(seed=5, kind="two-point")
    first, second = (
        torch.cat([n.flatten().clone() for n in noise.draw(parameters, 0.5)]) for _ in "ab"
    )
    n = len(first)
    padded = 64 * math.ceil(n / 64)
    assert noise.nbytes == 4 * padded + padded // 8 + 4 * 256 * 8  # numbers, their bits, the table
    for draw in (first, second):
        assert set(draw.tolist()) == {-0.5, 0.5}
        assert abs(draw.mean().item()) < 4 * 0.5 / math.sqrt(n)
        for lag in (1, 8, 64):  # neighbours, bytes, words
            assert abs((draw[lag:] * draw[:-lag]).mean().item()) < 4 * 0.25 / math.sqrt(n)
    assert abs((first * second).mean().item()) < 4 * 0.25 / math.sqrt(n)
    with pytest.raises(
        ValueError, match="noise must be one of 'gaussian', 'two-point', got 'pink'"
    ):
        Langevin([nn.Parameter(torch.zeros(1))], noise="pink")


def test_the_overdamped_scheme_has_no_velocity():
    theta = nn.Parameter(torch.zeros(2))
    with pytest.raises(ValueError, match="scheme must be one with a velocity, got 'overdamped'"):
        Langevin([theta], scheme="overdamped").velocity(theta)
    _, velocities = simulate(FREE.gradient, torch.zeros(2), 1, scheme="overdamped")
    assert velocities.isnan().all()


def test_escape_rate_of_wells_that_even_out_exactly():
    """1 − 2p falls from 0.8 to 0.4 in 200 steps: r = ln 2 / 400."""
    right = torch.tensor([0.1, 0.2, 0.3])
    positions = torch.where(torch.linspace(0, 1, 10_000) < right[:, None], 1.0, -1.0)
    rate, error = escape_rate(positions, every=100)
    assert rate == pytest.approx(math.log(2) / 400, rel=2e-3)
    p = np.random.default_rng(0).binomial(10_000, [[0.1, 0.3]] * 4000) / 10_000
    scatter = (np.log((1 - 2 * p[:, 0]) / (1 - 2 * p[:, 1])) / 400).std()
    assert error == pytest.approx(scatter, rel=0.1)
    with pytest.raises(ValueError, match="at least 2 snapshots, got 1"):
        escape_rate(positions[:1], every=100)
    with pytest.raises(ValueError, match="uneven at the last snapshot"):
        escape_rate(-positions, every=100)
