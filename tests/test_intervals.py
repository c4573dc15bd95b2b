import math

import numpy as np
import pytest

from physlib.intervals import bootstrap_coverage, bootstrap_interval, paired_interval


def test_students_interval_of_a_worked_example():
    """Student's own data, ten patients' extra sleep: Biometrika 6, 1 (1908)."""
    extra = [1.2, 2.4, 1.3, 1.3, 0.0, 1.0, 1.8, 0.8, 4.6, 1.4]
    found = paired_interval(extra)
    assert found.mean == pytest.approx(1.58)
    # t(0.975, 9) = 2.262157, s = 1.229995
    half = 2.262157 * 1.229995 / math.sqrt(10)
    assert (found.low, found.high) == pytest.approx((1.58 - half, 1.58 + half), rel=1e-6)


@pytest.mark.parametrize(("interval", "expected"), [(paired_interval, 0.95),
                                                    (bootstrap_interval, 0.90)])  # fmt: skip
def test_how_often_an_interval_of_ten_holds_the_mean(interval, expected):
    """Student's holds it in 95 % of cases, the percentile bootstrap of ten in about 90 %."""
    trials = 2000 if interval is paired_interval else 300
    samples = np.random.default_rng(0).normal(3.0, 2.0, size=(trials, 10))
    held = np.mean([low <= 3.0 <= high for _, low, high in map(interval, samples)])
    assert held == pytest.approx(expected, abs=3 * math.sqrt(0.95 * 0.05 / trials) + 0.005)


def test_the_bootstrap_gives_the_same_numbers_always():
    values = [0.1, 0.4, 0.2, 0.9, 0.3]
    assert bootstrap_interval(values) == bootstrap_interval(values)
    assert bootstrap_interval(values).mean == pytest.approx(np.mean(values))


@pytest.mark.parametrize("interval", [paired_interval, bootstrap_interval])
def test_too_little_is_no_interval(interval):
    assert all(map(math.isnan, interval([])))
    assert interval([2.0]) == (2.0, -math.inf, math.inf)
    assert all(map(math.isnan, interval([1.0, math.nan, 2.0])))  # a missing run is not dropped


def test_coverage_of_the_bootstrap():
    """By simulation of Student's law itself; with many seeds it is what it should be."""
    rng = np.random.default_rng(1)
    for n in (3, 5, 10):
        t = rng.standard_t(n - 1, 200_000)
        share = np.mean(np.abs(t) < 1.959964 * math.sqrt((n - 1) / n))
        error = math.sqrt(0.95 * 0.05 / len(t))
        assert bootstrap_coverage(n) == pytest.approx(share, abs=4 * error + 1e-6)
    assert bootstrap_coverage(10_000) == pytest.approx(0.95, abs=1e-4)
    with pytest.raises(ValueError, match="n must be at least 2, got 1"):
        bootstrap_coverage(1)
