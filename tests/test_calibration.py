import math

import pytest
import torch

from physlib.calibration import calibration_error, negative_log_likelihood, softmax_temperature


def sampled(logits, seed=0):
    """Labels drawn from the softmax of `logits`."""
    generator = torch.Generator().manual_seed(seed)
    return torch.multinomial(torch.softmax(logits, 1), 1, generator=generator).squeeze(1)


def test_the_error_of_constructed_forecasters():
    # Always 80 % sure of class 0: right in 6 of 10 cases, so it is 0.2 off.
    sure = torch.tensor([[0.8, 0.2]]).repeat(10, 1)
    target = torch.tensor([0] * 6 + [1] * 4)
    assert calibration_error(sure, target) == pytest.approx(0.2)
    # Half the samples 0.2 overconfident, half 0.3 underconfident: they do not cancel.
    shy = torch.tensor([[0.7, 0.3]]).repeat(10, 1)
    both = torch.cat([sure, shy]), torch.cat([target, torch.zeros(10, dtype=torch.long)])
    assert calibration_error(*both) == pytest.approx((0.2 + 0.3) / 2)
    # In one bin they do, in part.
    assert calibration_error(*both, bins=1) == pytest.approx(abs(0.75 - 0.8))


def test_a_certain_forecaster_that_is_right_has_no_error():
    assert calibration_error(torch.eye(3), torch.arange(3)) == 0
    with pytest.raises(ValueError, match="bins must be at least 1, got 0"):
        calibration_error(torch.eye(3), torch.arange(3), bins=0)


def test_an_honest_forecaster_has_the_error_of_its_bins():
    logits = 2 * torch.randn(40_000, 10, generator=torch.Generator().manual_seed(1))
    # each of 15 bins scatters by √(p(1 − p)/n) < 0.5/√n; over all N that is below ½√(15/N)
    assert calibration_error(torch.softmax(logits, 1), sampled(logits)) < 0.5 * math.sqrt(15 / 4e4)


@pytest.mark.parametrize("tau", [0.05, 1.0, 30.0])
def test_the_temperature_of_labels_that_were_drawn_with_one(tau):
    logits = 2 * torch.randn(40_000, 10, generator=torch.Generator().manual_seed(2))
    found = softmax_temperature(tau * logits, sampled(logits))
    assert found == pytest.approx(tau, rel=0.02)  # standard error of log τ is about 0.005
    best = negative_log_likelihood(tau * logits, sampled(logits), found)
    for other in (0.9 * found, 1.1 * found):
        assert negative_log_likelihood(tau * logits, sampled(logits), other) > best


def test_the_likelihood_of_no_opinion_is_that_of_chance():
    target = torch.arange(10)
    assert negative_log_likelihood(torch.zeros(10, 10), target) == pytest.approx(math.log(10))
