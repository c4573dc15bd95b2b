"""A kept velocity's closed forms against the optimizer, and the luck of the best against draws."""

import math

import numpy as np
import pytest
import torch

from physlib import theory
from physlib.components.simulation import simulate


@pytest.mark.parametrize("damping", [1e-3, 0.1, 1.0])
def test_coasting_is_what_the_optimizer_does_under_a_constant_gradient(damping):
    start = torch.zeros(1, dtype=torch.float64)
    path, _ = simulate(torch.ones_like, start, 300, lr=0.01, damping=damping)
    exact = theory.coasting(np.arange(1, 301), lr=0.01, damping=damping)
    np.testing.assert_allclose(-path[:, 0].numpy(), exact, rtol=1e-9)


def test_coasting_ends_at_the_terminal_speed():
    ends = theory.coasting([40_000, 40_001], lr=0.01, damping=1e-3)
    assert ends[1] - ends[0] == pytest.approx(0.01 / 1e-3, rel=1e-9)


@pytest.mark.parametrize("damping", [1e-2, 1.0])
def test_the_norm_of_a_walking_vector(damping):
    n, variance, steps = 40_000, 0.5, 200
    options = {"lr": 0.01, "damping": damping, "temperature": 0.02}
    generator = torch.Generator().manual_seed(0)
    start = math.sqrt(variance) * torch.randn(n, dtype=torch.float64, generator=generator)
    path, _ = simulate(torch.zeros_like, start, steps, every=steps, seed=1, **options)
    exact = float(theory.walked_norm(n, variance, steps, **options))
    assert abs(float(path[-1].norm()) / exact - 1) < 4 / math.sqrt(2 * n)  # 1.4 %


def test_expected_minimum():
    assert theory.expected_minimum(1) == pytest.approx(0, abs=1e-9)
    assert theory.expected_minimum(2) == pytest.approx(-1 / math.sqrt(math.pi))
    assert theory.expected_minimum(3) == pytest.approx(-1.5 / math.sqrt(math.pi))
    draws = np.random.default_rng(0).normal(size=(100_000, 16)).min(axis=1)
    error = draws.std() / math.sqrt(len(draws))
    assert abs(draws.mean() - theory.expected_minimum(16)) < 4 * error
    with pytest.raises(ValueError, match="count must be at least 1, got 0"):
        theory.expected_minimum(0)
