"""The magnet, and its figures."""

import math

import numpy as np
import pytest

from physlib import theory
from physlib.principles.symmetry import symmetry_breaking
from physlib.principles.symmetry.magnet import quench, spins_of


@pytest.mark.parametrize(("temperature", "field"), [(0.6, 0.0), (0.6, 0.3), (1.5, 0.2)])
def test_copies_settle_where_theory_says(temperature, field):
    spins = 4000
    m = abs(quench(400, spins, 80, temperature=temperature, field=field, seed=1)[-1])
    exact = theory.magnetisation(temperature, field)
    error = m.std() / math.sqrt(len(m))
    assert error < 0.01 * exact
    # curvature of the tanh moves the mean by the order of 1/N
    assert abs(m.mean() - exact) < 4 * error + 5 / spins


def test_without_a_field_both_signs_are_chosen_and_with_one_only_one():
    up = quench(1000, 2000, 60, temperature=0.5, seed=2)[-1] > 0
    assert abs(up.mean() - 0.5) < 4 * 0.5 / math.sqrt(1000)
    assert (quench(200, 2000, 60, temperature=0.5, field=0.3, seed=2)[-1] > 0).all()


def test_above_the_transition_fluctuations_are_those_of_the_closed_form():
    """m' = m/T + noise of variance 1/N: an autoregression, of variance 1/N/(1 − 1/T²)."""
    spins, copies = 4000, 4000
    m = quench(copies, spins, 100, temperature=1.5, seed=3)[-1]
    expected = 1 / spins / (1 - 1 / 1.5**2)
    assert m.var() == pytest.approx(expected, rel=4 * math.sqrt(2 / copies))


def test_the_distance_of_copies_is_that_of_their_magnetisations():
    m = quench(6, 500, 30, temperature=0.5, seed=4)[-1]
    copies = [spins_of(x, 500) for x in m]
    np.testing.assert_allclose([c.mean() for c in copies], m, atol=1e-12)
    pairs = [abs(a - b) for i, a in enumerate(m) for b in m[:i]]
    spread = math.sqrt(1 - m.mean() ** 2)
    assert symmetry_breaking(copies).distance == pytest.approx(np.mean(pairs) / spread)


def test_a_magnet_needs_a_temperature():
    with pytest.raises(ValueError, match="temperature must be finite and in"):
        quench(1, 10, 1, temperature=0.0)
    with pytest.raises(ValueError, match="spins must be at least 1, got 0"):
        quench(1, 0, 1, temperature=1.0)
