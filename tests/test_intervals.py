import math

import numpy as np
import pytest

from physlib.intervals import paired_interval


def test_paired_interval():
    """Student's own data: hours of sleep gained by ten patients, drug 2 over drug 1 (1908)."""
    gained = [1.2, 2.4, 1.3, 1.3, 0.0, 1.0, 1.8, 0.8, 4.6, 1.4]
    assert np.round(paired_interval(gained), 4).tolist() == [1.58, 0.7001, 2.4599]
    assert paired_interval([2.0, 2.0, 2.0]) == (2, 2, 2)


def test_paired_interval_holds_the_mean_as_often_as_it_says():
    draws = np.random.default_rng(0).normal(1.0, 3.0, size=(4000, 5))
    held = sum(low < 1 < high for _, low, high in map(paired_interval, draws))
    assert held / 4000 == pytest.approx(0.95, abs=3 * math.sqrt(0.95 * 0.05 / 4000))
