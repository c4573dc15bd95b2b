"""Chapter 14's closed forms against independent ways to the same numbers."""

import itertools
import math

import numpy as np
import pytest
import torch
from scipy.optimize import minimize_scalar
from scipy.stats import halfnorm
from torch.nn.functional import cross_entropy

from physlib import theory
from physlib.calibration import (
    calibration_error,
    honest_error,
    honest_error_bound,
    temperature_error,
)
from physlib.coherence import random_fields, shuffled_coherence, spatial_coherence
from physlib.corruptions import blur, gaussian_noise
from physlib.intervals import Interval, paired_interval
from physlib.wording import compared, shown

DIFFERENCES = ("central", "forward")


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("difference", DIFFERENCES)
@pytest.mark.parametrize("length", [9, 10])
def test_a_score_is_a_mean_over_modes(length, difference):
    field = torch.randn(length, generator=generator(1), dtype=torch.float64)
    power = torch.fft.fft(field).abs().square()
    found = theory.coherence_of_spectrum(power, difference)
    assert found == pytest.approx(spatial_coherence(field, difference=difference), rel=1e-12)
    lag = {"central": 2, "forward": 1}[difference]
    correlation = float((field * field.roll(lag)).sum() / field.square().sum())
    assert found == pytest.approx((1 + correlation) / 2, rel=1e-12)


@pytest.mark.parametrize("xi", [0.0, 1.0, 2.5])
def test_random_fields_have_the_score_and_the_error_of_their_spectrum(xi):
    power = theory.smooth_spectrum(10, xi)
    f = random_fields(torch.from_numpy(power), 4000 * 100, generator(0)).view(4000, 100, 10)
    correlation = (f * f.roll(2, -1)).sum((1, 2)) / f.square().sum((1, 2))
    draws = ((1 + correlation) / 2).numpy()
    assert draws[0] == pytest.approx(spatial_coherence(f[0]))
    error = theory.coherence_error(power, 100)
    # a standard deviation of 4000 draws is known to 1/√8000, or 1.1 %
    assert np.std(draws) == pytest.approx(error, rel=0.045)
    exact = theory.coherence_of_spectrum(power)
    assert np.mean(draws) == pytest.approx(exact, abs=4 * error / math.sqrt(4000) + error**2)


def test_white_noise_and_the_endless_line():
    assert theory.coherence_error(np.ones(10), 400) == pytest.approx(0.5 / math.sqrt(4000))
    assert theory.coherence_of_spectrum(theory.smooth_spectrum(10, 0)) == pytest.approx(0.5)
    for xi in (1.5, 3.0):  # a long ring is a line
        ring = theory.coherence_of_spectrum(theory.smooth_spectrum(400, xi))
        assert float(theory.smooth_coherence(xi)) == pytest.approx(ring, rel=1e-4)
    assert float(theory.smooth_coherence(0)) == 0.5


@pytest.mark.parametrize("u", [-0.4, 0.0, 0.15, 0.35, 1.0])
@pytest.mark.parametrize("classes", [3, 10])
def test_a_spike_on_a_background(u, classes):
    field = torch.full((classes,), u, dtype=torch.float64)
    field[1] = 1
    assert theory.spike_coherence(u, classes) == pytest.approx(spatial_coherence(field), rel=1e-12)


@pytest.mark.parametrize("coherence", [0.45, 0.5, 0.7, 0.9, 17 / 18, 0.99])
def test_the_background_that_a_score_needs(coherence):
    u = theory.background_for(coherence)
    assert -1 <= u <= 1
    assert theory.spike_coherence(u) == pytest.approx(coherence, abs=1e-12)


def test_no_background_makes_a_spike_rougher_than_its_fluctuation():
    least = minimize_scalar(theory.spike_coherence, bounds=(-1, 1), method="bounded")
    assert least.x == pytest.approx(-1 / 9, abs=1e-4)  # that of zero mean
    assert least.fun == pytest.approx(4 / 9)
    with pytest.raises(ValueError, match=r"no background in \[-1, 1\] gives"):
        theory.background_for(0.44)
    with pytest.raises(ValueError, match="at least 3"):
        theory.spike_coherence(0.0, 2)


@pytest.mark.parametrize("difference", DIFFERENCES)
def test_shuffling_has_the_mean_over_all_orders(difference):
    field = torch.rand(4, 5, generator=generator(2))
    scores = [
        spatial_coherence(field[:, list(order)], difference=difference)
        for order in itertools.permutations(range(5))
    ]
    assert shuffled_coherence(field) == pytest.approx(np.mean(scores), rel=1e-6)


@pytest.mark.parametrize("sigma", [0.03, 0.08])
def test_a_matched_filter_is_right_as_often_as_it_can_be(sigma):
    """Two grey images far from black and white, so that nothing is clipped."""
    n, pattern = 20_000, torch.where(torch.rand(64, generator=generator(3)) < 0.5, -0.01, 0.01)
    images = 0.5 + torch.stack([pattern, -pattern]).repeat_interleave(n // 2, 0)
    noisy = gaussian_noise(images[:, None], sigma, generator(4))[:, 0]
    hits = ((noisy - 0.5) @ pattern > 0) == (torch.arange(n) < n // 2)
    exact = float(theory.matched_filter_accuracy(2 * float(pattern.norm()), sigma))
    error = math.sqrt(exact * (1 - exact) / n)
    assert hits.double().mean().item() == pytest.approx(exact, abs=4 * error)
    assert 8 * error < 0.05 * exact  # an error of five percent would show


@pytest.mark.parametrize("mean", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("sigma", [0.2, 0.8])
def test_clipped_noise_has_its_closed_form(mean, sigma):
    found = gaussian_noise(torch.full((400, 500), mean).double(), sigma, generator(5))
    exact, spread = theory.clipped_normal(mean, sigma)
    assert found.mean().item() == pytest.approx(float(exact), abs=4 * spread / math.sqrt(2e5))
    assert found.std().item() == pytest.approx(float(spread), rel=0.01)


def test_a_blur_has_its_factor_on_every_mode():
    images = 0.3 + 0.4 * torch.rand(3, 28, 28, generator=generator(6)).double()
    before, after = (torch.fft.fft2(x).abs() for x in (images, blur(images, 0.9)))
    k = theory.wavenumbers(28)
    modulus = np.hypot(k[:, None], k)
    np.testing.assert_allclose((after / before)[0], theory.blur_factor(modulus, 0.9), atol=1e-6)


@pytest.mark.parametrize("wrong", [0.2, 0.4])
def test_the_background_of_wrong_labels_is_the_least_quartic_error(wrong):
    q = wrong / 9
    least = minimize_scalar(
        lambda u: q * (1 - u) ** 4 + (1 - q) * u**4, bounds=(0, 1), method="bounded"
    )
    assert theory.quartic_background(wrong) == pytest.approx(least.x, abs=1e-5)


def test_wrong_labels_at_the_ends():
    assert theory.quartic_background(0.0) == 0
    assert theory.quartic_background(0.9) == pytest.approx(1 / (1 + 9 ** (1 / 3)))
    with pytest.raises(ValueError, match="wrong must be"):
        theory.quartic_background(1.0)


def drawn(p, seed):
    return torch.multinomial(p, 1, generator=generator(seed)).squeeze(1)


def test_an_honest_forecaster_has_the_mean_of_absolute_values():
    p = torch.softmax(2 * torch.randn(2000, 10, generator=generator(7)).double(), 1)
    found = [calibration_error(p, drawn(p, seed)) for seed in range(300)]
    mean, spread = honest_error(p)
    # known to spread/√300, 1 % of the mean; bins of few samples are not normal
    assert np.mean(found) == pytest.approx(mean, rel=0.03)
    assert np.std(found) == pytest.approx(spread, rel=0.17)
    accuracy = float(p.max(1).values.mean())
    assert mean < honest_error_bound(accuracy, len(p)) < 2 * mean


def test_a_full_bin_of_an_honest_forecaster_is_half_normal():
    sure, unsure = torch.tensor([[0.7, 0.3]]), torch.tensor([[0.45, 0.55]])
    one = halfnorm(scale=math.sqrt(400 * 0.7 * 0.3))
    two = halfnorm(scale=math.sqrt(100 * 0.45 * 0.55))
    mean, spread = honest_error(torch.cat([sure.repeat(400, 1), unsure.repeat(100, 1)]))
    assert mean == pytest.approx((one.mean() + two.mean()) / 500)
    assert spread == pytest.approx(math.sqrt(one.var() + two.var()) / 500)
    alone = honest_error(sure.repeat(400, 1))[0]  # one bin alone
    assert alone < honest_error_bound(0.7, 400, bins=15)
    assert alone == pytest.approx(honest_error_bound(0.7, 400, bins=1))


@pytest.mark.parametrize("tau", [1.0, 0.1])
def test_the_error_of_a_temperature_is_the_curvature_of_its_likelihood(tau):
    z = 2 * tau * torch.randn(500, 10, generator=generator(8)).double()
    honest = (z / tau).softmax(1)  # in place of labels: their expectation
    step = 1e-3
    below, at, above = (
        cross_entropy(z / (tau * math.exp(h)), honest).item() for h in (-step, 0, step)
    )
    curvature = len(z) * (above + below - 2 * at) / step**2
    assert temperature_error(z, tau) == pytest.approx(curvature**-0.5, rel=1e-4)


def test_results_as_words():
    assert shown(Interval(0.0123, -0.01, 0.03), 100, 1, " points") == "1.2 [−1.0, 3.0] points"
    assert compared(Interval(0.2, 0.1, 0.3)) == "higher by 0.200 [0.100, 0.300]"
    assert compared(Interval(-0.2, -0.3, -0.1)) == "lower by 0.200 [0.100, 0.300]"
    assert compared(Interval(0.1, -0.1, 0.3)) == (
        "indistinguishable: the difference is 0.100 [−0.100, 0.300]"
    )
    assert "diverged" in compared(paired_interval([1.0, math.nan]))
    assert shown(paired_interval([math.nan])) == "undefined"
