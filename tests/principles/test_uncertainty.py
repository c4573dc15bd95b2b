"""The uncertainty relation against closed forms, scipy's quadrature, and its own other half."""

import math
from typing import NamedTuple

import pytest
import torch
from scipy import integrate

from physlib import theory
from physlib.principles.uncertainty import (
    around,
    effective_samples,
    estimate_uncertainty,
    exact_uncertainty,
    jackknife,
    over_data,
    random_loss,
)
from physlib.principles.uncertainty.networks import GAINS, NODES

QUADRATURE = 1e-3  # in four dimensions; Monte Carlo errors are several times that
SIGMAS = 4.5  # by chance in one of 150,000 comparisons


class One(NamedTuple):
    square: torch.Tensor


def gaussian(stiffness, centre=0.3):
    return lambda x: torch.exp(-stiffness * (x[:, 0] - centre).square() / 4)


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


# ---- closed forms against scipy ----


@pytest.mark.parametrize("stiffness", [40.0, 4.0, 0.5, 0.0, -3.0])
def test_gaussian_spreads_are_what_scipy_integrates(stiffness):
    low, high, centre = -1.0, 1.5, 0.3

    def square(x):
        return math.exp(-stiffness * (x - centre) ** 2 / 2)

    def mean(f):
        return integrate.quad(lambda x: f(x) * square(x), low, high, epsabs=1e-12)[0] / norm

    norm = integrate.quad(square, low, high)[0]
    middle = mean(lambda x: x)
    dx = math.sqrt(mean(lambda x: (x - middle) ** 2))
    slope = mean(lambda x: -stiffness / 2 * (x - centre))  # ∂ψ/ψ
    dp = math.sqrt(mean(lambda x: (-stiffness / 2 * (x - centre) - slope) ** 2))
    boundary = ((high - middle) * square(high) - (low - middle) * square(low)) / norm / 2
    found = theory.gaussian_spreads(stiffness, centre, low, high)
    assert found == pytest.approx((middle, dx, dp, boundary), rel=1e-9, abs=1e-12)
    assert dx * dp == pytest.approx(float(theory.uncertainty_bound(boundary)), abs=1e-9)


def test_on_a_long_interval_the_half_comes_back():
    found = theory.gaussian_spreads(4.0, 0.0, -20.0, 20.0)
    assert found.dx * found.dp == pytest.approx(0.5, abs=1e-12)
    assert found.boundary == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("slope", [-2.0, 1e-4, 0.3, 5.0])
def test_an_exponential_has_no_spread_of_p_and_breaks_the_half(slope):
    exact = exact_uncertainty(lambda x: torch.exp(slope * x[:, 0]), [-0.7], [0.7], points=60)
    found = theory.exponential_spreads(slope, 0.7)
    assert (exact.x.item(), exact.dx.item()) == pytest.approx(found[:2], rel=1e-7, abs=1e-9)
    assert exact.dp.item() == pytest.approx(0, abs=1e-6)
    assert exact.boundary.item() == pytest.approx(0.5, abs=1e-9)
    assert exact.product.item() < 1e-6


# ---- Monte Carlo and quadrature against closed forms ----


@pytest.mark.parametrize("stiffness", [40.0, 4.0, -3.0])
def test_a_gaussian_meets_the_corrected_bound_with_equality(stiffness):
    truth = theory.gaussian_spreads(stiffness, 0.3, -1, 1)
    exact = exact_uncertainty(gaussian(stiffness), [-1.0], [1.0], points=80)
    for name in ("x", "dx", "dp", "boundary"):
        assert getattr(exact, name).item() == pytest.approx(getattr(truth, name), rel=1e-9)
    assert exact.slack.item() == pytest.approx(0, abs=1e-9)
    value, error, effective = estimate_uncertainty(
        gaussian(stiffness), [-1.0], [1.0], samples=100_000, generator=generator()
    )
    for name in ("x", "dx", "dp", "boundary", "bound", "product", "slack", "identity"):
        off = getattr(value, name).item() - getattr(exact, name).item()
        assert abs(off) < SIGMAS * getattr(error, name).item(), name
    for name in ("dx", "dp", "product"):  # so that five percent would be seen
        assert SIGMAS * getattr(error, name).item() < 0.05 * getattr(exact, name).item()
    assert 1 <= effective <= 100_000


def test_a_density_adds_its_score():
    """Under a Gaussian density the uniform state has B = 0 and S = −½ on a long interval."""
    flat = exact_uncertainty(
        lambda x: 1 + 0 * x[:, 0], [-9.0], [9.0], points=120,
        log_density=lambda x: -x[:, 0].square() / 2,
    )  # fmt: skip
    assert (flat.score.item(), flat.bound.item()) == pytest.approx((-0.5, 0), abs=1e-9)
    assert flat.dx.item() == pytest.approx(1)
    # ψ²ρ is the standard Gaussian: with a density of variance 2, ψ = e^{−x²/8} and Δx Δp = ¼.
    box = [-9.0, -1.0], [9.0, 1.0]
    options = {"log_density": lambda x: -x[:, 0].square() / 4 + x[:, 1]}

    def loss(x):
        return torch.exp(-x[:, 0].square() / 8)

    exact = exact_uncertainty(loss, *box, points=100, **options)
    assert exact.product[0].item() == pytest.approx(0.25)
    assert exact.bound[0].item() == pytest.approx(0.25)
    assert exact.identity.abs().max().item() < 1e-9
    value, error, _ = estimate_uncertainty(
        loss, *box, samples=50_000, generator=generator(1), **options
    )
    for name in ("dx", "dp", "score", "boundary", "product", "bound", "identity"):
        off = getattr(value, name) - getattr(exact, name)
        assert (off.abs() <= SIGMAS * getattr(error, name) + 1e-12).all(), name


@pytest.mark.parametrize("dimension", list(NODES))
def test_random_networks_obey_the_corrected_bound_and_break_the_half(dimension):
    """On seeds that no record uses; the record has 200 networks."""
    broken = 0
    for k in range(3):
        draws = generator(10_000 + k)
        loss, ends = random_loss(dimension, GAINS[1] / (1 + k), draws), [1.0] * dimension
        box = [-e for e in ends], ends
        exact = exact_uncertainty(loss, *box, points=NODES[dimension])
        value, error, _ = estimate_uncertainty(loss, *box, samples=8192, generator=draws)
        assert (exact.slack > -QUADRATURE).all()
        assert (exact.identity.abs() < QUADRATURE).all()
        assert (value.slack > -SIGMAS * error.slack).all()
        for name in ("x", "p", "dx", "dp", "rms_p", "boundary", "product", "bound", "identity"):
            off = getattr(value, name) - getattr(exact, name)
            assert (off.abs() < SIGMAS * getattr(error, name)).all(), name
        broken += int((exact.product < 0.5).any())
    assert broken


def test_quadrature_of_a_network_has_converged():
    loss = random_loss(2, GAINS[1], generator(5))
    box = [-1.0, -1.0], [1.0, 1.0]
    coarse, fine = (exact_uncertainty(loss, *box, points=n) for n in (NODES[2], 2 * NODES[2]))
    for a, b in zip(coarse, fine, strict=True):
        torch.testing.assert_close(a, b, rtol=0, atol=QUADRATURE / 100)


def test_standard_errors_are_those_of_repetition():
    """Of 200 repetitions: the spread of the product against its mean jackknife error."""
    found = [
        estimate_uncertainty(gaussian(4.0), [-1.0], [1.0], samples=256, generator=generator(s))
        for s in range(200)
    ]
    for name in ("dx", "dp", "boundary", "identity"):
        values = torch.stack([getattr(f.value, name) for f in found])
        errors = torch.stack([getattr(f.error, name) for f in found])
        ratio = values.std() / errors.square().mean().sqrt()
        assert abs(ratio.item() - 1) < 4 / math.sqrt(2 * 199), name


class Mean(NamedTuple):
    of: torch.Tensor


def test_the_jackknifes_error_of_a_mean_is_the_standard_error():
    x = torch.randn(30, 2, generator=generator(), dtype=torch.float64)
    value, error = jackknife(Mean, (x,))
    torch.testing.assert_close(value.of, x.mean(0))
    torch.testing.assert_close(error.of, x.std(0) / 30**0.5)


def test_inside_and_faces_agree_where_neither_mean_is_zero():
    """⟨x⟩ and ⟨p⟩ are both large here, so that a part of either would be missed."""
    found = exact_uncertainty(lambda x: (2 * x[:, 0]).exp() + x[:, 0] ** 2, [0.5], [2.0], points=60)
    assert found.identity.abs().item() < 1e-9
    assert abs(found.p.item()) > 1


def test_a_steep_exponential_around_a_point_has_the_boundary_of_any_exponential():
    """B = ½ however steep: most of it is a difference of two large terms."""
    values, errors, _ = around(
        lambda x: (4 * x[:, 0]).exp(), torch.tensor([0.5]), 0.5, samples=20_000,
        generator=generator(),
    )  # fmt: skip
    assert errors.boundary.item() < 0.02
    assert abs(values.boundary.item() - 0.5) < 4 * errors.boundary.item()


def test_the_jackknife_takes_the_bias_of_a_square_away():
    """For a squared mean it is exact: the unbiased estimate, mean² − s²/n."""
    x = torch.randn(50, dtype=torch.float64, generator=generator(3))
    value, error = jackknife(lambda m: One(m.square()), [x])
    assert value.square.item() == pytest.approx((x.mean() ** 2 - x.var() / 50).item())
    assert error.square.item() == pytest.approx(
        2 * abs(x.mean().item()) * x.std().item() / 50**0.5, rel=0.3
    )


def test_effective_samples():
    assert effective_samples(torch.ones(7)) == pytest.approx(7)
    assert effective_samples(torch.tensor([1.0, 0, 0])) == pytest.approx(1)
    assert effective_samples(torch.tensor([2.0, 1.0])) == pytest.approx(9 / 5)


# ---- many dimensions ----


def test_around_a_point_agrees_with_the_small_estimator_and_with_quadrature():
    loss = random_loss(3, 2.0, generator(11))
    image, radius = torch.tensor([0.5, 0.05, 0.9]), 0.2
    low, high = (image - radius).clamp(min=0), (image + radius).clamp(max=1)
    exact = exact_uncertainty(loss, low, high, points=32)
    value, error, effective = around(loss, image, radius, samples=20_000, generator=generator(1))
    truth = {
        "dx": exact.dx.square().mean().sqrt(),
        "dp": exact.dp.square().mean().sqrt(),
        "rms_p": exact.rms_p.square().mean().sqrt(),
        "boundary": exact.boundary.mean(),
    }
    truth["product"] = truth["dx"] * truth["dp"]
    for name, expected in truth.items():
        off = getattr(value, name) - expected
        assert abs(off.item()) < SIGMAS * getattr(error, name).item(), name
    assert value.product >= theory.uncertainty_bound(truth["boundary"]) - 1e-3
    assert 1 <= effective <= 20_000


def test_over_data_is_the_relation_on_samples_of_a_density():
    """Of draws from a Gaussian with ψ = e^{−x²/8}: the covariance is the bound, ¼ here."""
    x = math.sqrt(2) * torch.randn(200_000, 1, dtype=torch.float64, generator=generator(4))
    found = over_data(lambda x: torch.exp(-x[:, 0].square() / 8), x)
    assert found.dx == pytest.approx(1, abs=0.01)  # the standard error is 0.0025
    assert found.dx * found.dp == pytest.approx(found.bound)  # equality, sample by sample
    assert found.bound == pytest.approx(0.25, abs=0.005)
    assert found.rms_p >= found.dp
    expected = 200_000 * math.sqrt(3) / 2  # (∫ψ²ρ)²/∫ψ⁴ρ, with ∫ρ = 1
    assert found.effective == pytest.approx(expected, rel=0.02)


def test_over_data_drawn_from_a_box_is_the_relation_on_the_box():
    """In three dimensions, with standard errors from twenty samples."""
    loss, box = random_loss(3, 2.0, generator(12)), ([-1.0] * 3, [1.0] * 3)
    exact = exact_uncertainty(loss, *box, points=32)
    draws = 2 * torch.rand(20, 20_000, 3, dtype=torch.float64, generator=generator(5)) - 1
    found = [over_data(loss, x) for x in draws]
    truth = {
        "dx": exact.dx.square().mean().sqrt(),
        "dp": exact.dp.square().mean().sqrt(),
        "rms_p": exact.rms_p.square().mean().sqrt(),
        "bound": (0.5 - exact.boundary).mean().abs(),
    }
    for name, expected in truth.items():
        values = torch.tensor([getattr(one, name) for one in found])
        error = values.std().item() / math.sqrt(len(found))
        assert abs(values.mean().item() - expected.item()) < 4 * error, name
        assert 4 * error < 0.05 * expected, name


# ---- bad input ----


@pytest.mark.parametrize(
    ("low", "high", "message"),
    [
        ([0.0], [math.inf], "low and high must bound a box"),
        ([0.0], [0.0], "low and high must bound a box"),
        ([], [], r"low and high must have one shape \(d,\), d at least 1"),
        ([0.0], [1.0, 2.0], "low and high must have one shape"),
    ],
)
def test_a_box_must_be_bounded(low, high, message):
    for call in (
        lambda: estimate_uncertainty(gaussian(1.0), low, high),
        lambda: exact_uncertainty(gaussian(1.0), low, high, points=4),
    ):
        with pytest.raises(ValueError, match=message):
            call()


def test_losses_without_a_norm_are_refused_by_name():
    box = [0.0], [1.0]
    with pytest.raises(ValueError, match="loss must not be zero on the whole box"):
        estimate_uncertainty(lambda x: 0 * x[:, 0], *box)
    with pytest.raises(ValueError, match="loss must be finite, got NaN or infinity"):
        estimate_uncertainty(lambda x: x[:, 0] / 0, *box)
    with pytest.raises(ValueError, match=r"loss must give one number per row, shape \(4096,\)"):
        estimate_uncertainty(lambda x: x, *box)
    with pytest.raises(ValueError, match="gradient of loss must be finite"):
        estimate_uncertainty(lambda x: 1 + (0 * x[:, 0]).sqrt(), *box)
    with pytest.raises(ValueError, match="loss on the faces of the box must be finite"):
        estimate_uncertainty(lambda x: 1 / x[:, 0], *box)
    with pytest.raises(ValueError, match="samples must be at least 2, got 1"):
        estimate_uncertainty(gaussian(1.0), *box, samples=1)
    with pytest.raises(ValueError, match="points must be at least 2, got 1"):
        exact_uncertainty(gaussian(1.0), *box, points=1)


def test_many_dimensional_estimators_refuse_what_is_no_image():
    image = torch.full((3,), 0.5)
    loss = gaussian(1.0)
    with pytest.raises(ValueError, match="radius must be finite and in \\(0, 1\\], got -0.1"):
        around(loss, image, -0.1)
    with pytest.raises(ValueError, match=r"image must be \(d,\) of values in \[0, 1\]"):
        around(loss, 3 * image, 0.1)
    with pytest.raises(ValueError, match="image must be finite"):
        around(loss, torch.tensor([0.5, math.nan]), 0.1)
    with pytest.raises(ValueError, match="loss on the faces of the box must be finite"):
        around(lambda x: 1 / x.prod(1), image, 0.5)
    with pytest.raises(ValueError, match="loss must not be zero on all rows of x"):
        over_data(lambda x: 0 * x[:, 0], torch.ones(4, 3))
    with pytest.raises(ValueError, match="x must be finite"):
        over_data(loss, torch.tensor([[math.nan, 0.0]]))
    with pytest.raises(ValueError, match="samples must be at least 2"):
        around(loss, image, 0.1, samples=1)
    with pytest.raises(ValueError, match=r"x must have shape \(N, d\), not empty, .* \(0, 3\)"):
        over_data(loss, torch.empty(0, 3))
    with pytest.raises(ValueError, match="weights must be from 0, and one above 0, got 0 to 0"):
        effective_samples(torch.zeros(3))
    with pytest.raises(ValueError, match="dimension must be at least 1, got 0"):
        random_loss(0, 1.0, generator())
    with pytest.raises(ValueError, match=r"gain must be finite and in \(0, inf\), got 0"):
        random_loss(1, 0.0, generator())
