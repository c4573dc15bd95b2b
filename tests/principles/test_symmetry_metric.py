"""The distance between replicas, on samples whose distances are known."""

import math

import numpy as np
import pytest
from scipy import stats

from physlib import theory
from physlib.principles.symmetry import (
    mean_pairwise_distance,
    null_distance,
    symmetry_breaking,
    unit_null,
)

RNG = np.random.default_rng


def test_the_distance_is_scipys():
    samples = RNG(0).normal(size=(3, 501)) * [[1], [2], [3]]
    pairs = [(0, 1), (0, 2), (1, 2)]
    expected = np.mean([stats.wasserstein_distance(samples[a], samples[b]) for a, b in pairs])
    assert mean_pairwise_distance(samples) == pytest.approx(expected, rel=1e-12)
    found = symmetry_breaking(samples)
    assert found.distance == pytest.approx(expected / samples.std(), rel=1e-12)
    assert found.excess == found.distance - found.null


def test_copies_are_no_distance_apart_even_with_hidden_units_exchanged():
    weights = RNG(0).normal(size=(20, 30))
    assert symmetry_breaking([weights, RNG(1).permutation(weights)]).distance == 0
    assert symmetry_breaking([weights, weights, weights]).distance == 0


@pytest.mark.parametrize("law", ["normal", "uniform"])
def test_two_samples_of_one_law_are_the_closed_form_apart(law):
    size, trials = 400, 3000
    draw = {"normal": RNG(1).normal, "uniform": RNG(1).random}[law]
    samples = draw(size=(trials, 2, size))
    samples /= 1 if law == "normal" else 1 / math.sqrt(12)
    apart = np.array([mean_pairwise_distance(pair) for pair in samples])
    constant = (
        theory.normal_sample_constant() if law == "normal" else theory.UNIFORM_SAMPLE_CONSTANT
    )
    expected = theory.finite_sample_distance(size, constant)
    error = apart.std() / math.sqrt(trials)
    assert 4 * error < 0.05 * expected  # five percent would be seen
    # the closed form is asymptotic: its own error is of the order 1/n
    assert abs(apart.mean() - expected) < 4 * error + 3 * expected / size


def test_the_null_of_a_sample_is_that_of_its_law():
    sample = RNG(2).normal(size=200_000)
    expected = theory.finite_sample_distance(1000, theory.normal_sample_constant())
    assert null_distance(sample, 1000) == pytest.approx(expected, rel=0.01)
    assert null_distance(3 * sample, 1000) == pytest.approx(3 * expected, rel=0.01)


def test_replicas_of_one_law_have_no_excess():
    found = np.array(
        [symmetry_breaking(RNG(seed).normal(size=(3, 2000))).excess for seed in range(200)]
    )
    expected = theory.finite_sample_distance(2000, theory.normal_sample_constant())
    error = found.std() / math.sqrt(len(found))
    assert 4 * error < 0.1 * expected
    assert abs(found.mean()) < 4 * error


def test_replicas_of_two_laws_have_the_excess_of_the_laws():
    """Normal laws a shift apart are the shift apart."""
    size, shift = 100_000, 0.3
    a, b = RNG(3).normal(size=(2, size))
    found = symmetry_breaking([a, b + shift])
    spread = math.sqrt(1 + shift**2 / 4)
    error = math.sqrt(2 / size)  # of the difference of two means
    assert found.distance == pytest.approx(shift / spread, abs=4 * error)
    assert 0 < found.null < 0.05 * found.distance


def test_units_that_learned_together_are_no_difference_of_replicas():
    """Each unit has a scale of its own: the null of independent weights is too small."""
    found, nulls, apart = [], [], []
    for seed in range(60):
        scales = RNG(seed).lognormal(0, 0.7, size=(2, 20, 1))
        replicas = scales * RNG(1000 + seed).normal(size=(2, 20, 500))
        breaking = symmetry_breaking(replicas)
        found.append(breaking.distance)
        nulls.append(breaking.null)
        apart.append(unit_null(replicas, splits=5, seed=seed))
    difference = np.subtract(found, apart)
    error = difference.std() / math.sqrt(len(difference))
    assert np.mean(found) > 2 * np.mean(nulls)
    assert 4 * error < 0.5 * np.mean(found)
    assert abs(difference.mean()) < 4 * error


def test_units_of_independent_weights_have_the_null_of_independent_weights():
    replicas = RNG(5).normal(size=(2, 40, 50))
    dealt = unit_null(replicas, splits=400)
    expected = theory.finite_sample_distance(2000, theory.normal_sample_constant())
    assert dealt == pytest.approx(expected, rel=0.1)
    with pytest.raises(ValueError, match="splits must be at least 1, got 0"):
        unit_null(replicas, splits=0)


def test_the_halves_of_a_ramp_are_the_closed_form_apart():
    size = 400_000
    normal = RNG(6).normal(size=size)
    ramp = (np.arange(size) + 0.5) / size
    halves = np.split(normal * ramp, 2)
    assert symmetry_breaking(halves).distance == pytest.approx(theory.ramp_distance(), rel=0.01)


def test_magnets_of_two_signs_are_their_magnetisation_apart():
    m = theory.magnetisation(0.5)
    assert m == pytest.approx(math.tanh(m / 0.5), abs=1e-12)
    assert m > 0.9
    assert theory.magnetisation(1.2) == 0
    assert theory.magnetisation(1.2, 0.1) > 0.1 / 0.2 * 0.5
    # Near T = 1 Landau's root: m² = 3(1 − T) to first order
    assert theory.magnetisation(0.999) ** 2 == pytest.approx(3 * 0.001, rel=0.01)
    spins = [[1.0] * 90 + [-1.0] * 10, [1.0] * 10 + [-1.0] * 90]
    found = symmetry_breaking(spins)
    assert found.distance == pytest.approx(2 * 0.8)  # of all spins together, σ = 1


@pytest.mark.parametrize(
    ("replicas", "words"),
    [
        ([[1.0, 2.0]], "at least two of one size above 0, got 1 of sizes 2"),
        ([[1.0, 2.0], [1.0]], "got 2 of sizes 1, 2"),
        ([[], []], "got 2 of sizes 0"),
        ([], "got 0 of sizes none"),
        ([[1.0, math.nan], [1.0, 2.0]], "replicas must be finite"),
        ([[1.0, 1.0], [1.0, 1.0]], "weights that differ, got a single value"),
    ],
)
def test_bad_replicas_are_named(replicas, words):
    with pytest.raises(ValueError, match=words):
        symmetry_breaking(replicas)
