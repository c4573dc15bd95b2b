import math

import pytest
import torch

from physlib.metrics import accuracy, accuracy_interval, paired_interval


def test_accuracy_counts_the_largest_outputs():
    phi = torch.tensor([[3.0, 1.0], [0.0, 2.0], [5.0, 4.0]])
    assert accuracy(phi, torch.tensor([0, 1, 1])).item() == pytest.approx(2 / 3)


def test_nan_is_not_class_zero():
    phi = torch.tensor([[math.nan, 1.0], [3.0, 2.0]])
    assert math.isnan(accuracy(phi, torch.tensor([0, 0])).item())


def test_a_target_that_would_broadcast_is_refused():
    with pytest.raises(ValueError, match=r"target must have shape \(3,\) .* got \(3, 1\)"):
        accuracy(torch.eye(3), torch.arange(3)[:, None])


def test_wilson_interval():
    """The worked values of Wilson's formula for 81 of 263 (Newcombe 1998, Table I)."""
    low, high = accuracy_interval(81, 263)
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)
    assert accuracy_interval(0, 20)[0] == 0


@pytest.mark.parametrize(
    ("correct", "total", "message"),
    [
        (3, 2, "correct must be at most total = 2, got 3"),
        (-1, 2, "correct must be at least 0, got -1"),
        (0, 0, "total must be at least 1, got 0"),
    ],
)
def test_impossible_counts_are_named(correct, total, message):
    with pytest.raises(ValueError, match=message):
        accuracy_interval(correct, total)


def test_paired_interval_is_students():
    """His own sleep data (Biometrika 6, 1908, p. 20): R's t.test gives 0.7001142 to 2.4598858."""
    extra = [1.2, 2.4, 1.3, 1.3, 0.0, 1.0, 1.8, 0.8, 4.6, 1.4]
    assert paired_interval(extra) == pytest.approx((1.58, 0.7001142, 2.4598858), rel=1e-6)


@pytest.mark.parametrize("differences", [[1.0], [1.0, math.nan], [[1.0, 2.0]]])
def test_differences_without_an_interval_are_refused(differences):
    with pytest.raises(ValueError, match="differences must be at least two finite numbers"):
        paired_interval(differences)
