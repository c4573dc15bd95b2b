"""Effects against tables whose effects are known, and intervals against their own promise."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from physlib import theory
from physlib.factorial import cells_of, effects, estimates, holm, stacked, terms, walsh
from physlib.intervals import paired_interval

NAMES = ("a", "b", "c")
SIGNS = np.array(list(itertools.product((1, -1), repeat=3))).reshape(2, 2, 2, 3)


@pytest.mark.parametrize("factors", [1, 2, 3, 4])
def test_contrasts_are_orthogonal(factors):
    size = 2**factors
    units = np.eye(size).reshape((2,) * factors + (size,))
    matrix = walsh(units, factors).reshape(size, size)
    assert set(np.unique(matrix)) == {-1, 1}
    np.testing.assert_array_equal(matrix @ matrix.T, size * np.eye(size))
    # every one but the plain sum has as many of one sign as of the other
    assert np.count_nonzero(matrix.sum(axis=1)) == 1


def test_a_worked_example():
    """Yields (%) of Box, Hunter and Hunter's kind, effects by differences of means by hand."""
    # order: a+ b+ c+, a+ b+ c-, a+ b- c+, a+ b- c-, a- b+ c+, a- b+ c-, a- b- c+, a- b- c-
    table = np.array([80.0, 68, 83, 72, 45, 52, 54, 60]).reshape(2, 2, 2)
    found = effects(table, NAMES)
    assert found["a",] == pytest.approx((80 + 68 + 83 + 72) / 4 - (45 + 52 + 54 + 60) / 4)
    assert found["c",] == pytest.approx((80 + 83 + 45 + 54) / 4 - (68 + 72 + 52 + 60) / 4)
    of_c_with_a, of_c_without = (12 + 11) / 2, (-7 - 6) / 2
    assert found["a", "c"] == pytest.approx((of_c_with_a - of_c_without) / 2)
    with_b = ((80 - 68) - (45 - 52)) / 2  # the interaction of a and c where b is +, and −
    without_b = ((83 - 72) - (54 - 60)) / 2
    assert found["a", "b", "c"] == pytest.approx((with_b - without_b) / 2)


@given(
    planted=st.lists(st.floats(-10, 10), min_size=7, max_size=7),
    mean=st.floats(-10, 10),
)
def test_planted_effects_come_back(planted, mean):
    by_term = dict(zip(terms(NAMES), planted, strict=True))
    cells = np.full((2, 2, 2), mean)  # the model, term by term, without the transform
    for term, effect in by_term.items():
        cells += effect / 2 * SIGNS[..., [NAMES.index(n) for n in term]].prod(axis=-1)
    np.testing.assert_allclose(cells_of(mean, by_term, NAMES), cells, atol=1e-12)
    for term, effect in effects(cells, NAMES).items():
        assert effect == pytest.approx(by_term[term], abs=1e-12)


def test_terms_are_all_sets_of_factors():
    assert terms(NAMES) == [("a",), ("b",), ("c",), ("a", "b"), ("a", "c"), ("b", "c"), NAMES]
    assert len(terms("abcde")) == 31


def test_what_a_repetition_shares_drops_out():
    rng = np.random.default_rng(0)
    cells = rng.normal(size=(2, 2, 2, 6))
    shared = effects(cells + 100 * rng.normal(size=6), NAMES)
    for term, values in effects(cells, NAMES).items():
        np.testing.assert_allclose(shared[term], values, atol=1e-11)


def test_effects_have_their_variance_and_their_coverage():
    """Noise of known σ: variance 4σ²/(8n) of every effect, and Student's 95 % in fact."""
    rng, n, trials, sigma = np.random.default_rng(1), 5, 16_000, 0.7
    planted = {("a",): 1.0, ("a", "b"): -0.4, NAMES: 0.2}
    shape = (2, 2, 2, trials, n)
    runs = cells_of(3.0, planted, NAMES)[..., None, None] + sigma * rng.normal(size=shape)
    variance = theory.effect_variance(sigma**2, 3, n)
    assert variance == pytest.approx(4 * 0.49 / 40)
    for term, values in effects(runs, NAMES).items():  # (trials, n)
        truth = planted.get(term, 0.0)
        means = values.mean(axis=1)
        assert means.mean() == pytest.approx(truth, abs=4 * math.sqrt(variance / trials))
        # the relative standard error of a variance is √(2/trials), 1.1 %
        assert means.var() == pytest.approx(variance, rel=4 * math.sqrt(2 / trials))
        intervals = [paired_interval(v) for v in values[:2000].tolist()]
        held = np.mean([low <= truth <= high for _, low, high in intervals])
        assert held == pytest.approx(0.95, abs=4 * math.sqrt(0.95 * 0.05 / 2000))


def test_a_family_of_intervals_holds_together():
    """All seven at once: Bonferroni's in at least 95 % of the cases, single ones in about 70 %."""
    rng, trials = np.random.default_rng(2), 600
    alone = together = 0
    for _ in range(trials):
        found = effects(rng.normal(size=(2, 2, 2, 5)), NAMES)
        single = [paired_interval(v.tolist()) for v in found.values()]
        wide = [paired_interval(v.tolist(), 1 - 0.05 / 7) for v in found.values()]
        alone += all(i.low <= 0 <= i.high for i in single)
        together += all(i.low <= 0 <= i.high for i in wide)
    independent, most = theory.family_error(0.05, 7)
    assert (independent, most) == pytest.approx((1 - 0.95**7, 0.35))
    assert alone / trials == pytest.approx(1 - independent, abs=4 * math.sqrt(0.21 / trials))
    assert together / trials == pytest.approx(0.951, abs=4 * math.sqrt(0.0475 / trials))


def test_one_factor_at_a_time_is_less_precise():
    rng, trials, runs = np.random.default_rng(4), 20_000, 24
    base, other = rng.normal(size=(2, trials, runs // 4)).mean(axis=-1)
    expected = theory.one_at_a_time_variance(1.0, 3, runs)
    assert (other - base).var() == pytest.approx(expected, rel=4 * math.sqrt(2 / trials))
    assert expected == pytest.approx(2 * theory.effect_variance(1.0, 3, runs // 8))


def test_a_diverged_run_is_undefined_or_counts_as_it_is_told():
    cells = np.ones((2, 2, 2, 3))
    cells[0, 1, 0, 1] = math.nan
    for values in effects(cells, NAMES).values():
        assert np.isnan(values).tolist() == [False, True, False]
    counted = effects(cells, NAMES, diverged=0.2)
    assert counted["a",].tolist() == pytest.approx([0, (0.2 - 1) / 4, 0])
    assert counted["b",].tolist() == pytest.approx([0, (1 - 0.2) / 4, 0])
    undefined = estimates(effects(cells, NAMES))["a",]
    assert all(map(math.isnan, (*undefined.student, *undefined.family, undefined.holm)))
    assert undefined.sign == 0


def test_estimates():
    rng = np.random.default_rng(5)
    found = {("a",): 5 + rng.normal(size=8), ("b",): -5 + rng.normal(size=8), ("a", "b"): [-1, 1]}
    a, b, ab = estimates(found).values()
    assert (a.sign, b.sign, ab.sign) == (1, -1, 0)
    assert a.student == paired_interval(found["a",].tolist())
    # t(1 − 0.05/6, 7) = 3.128: from the quantile at which Student's interval is 0.9833 wide
    error = found["a",].std(ddof=1) / math.sqrt(8)
    assert (a.family.high - a.family.mean) / error == pytest.approx(3.1276, rel=1e-3)
    assert ab.p == pytest.approx(1)
    assert a.holm >= a.p
    assert estimates({("a",): [2.0, 2.0]})["a",].p == 0
    assert estimates({("a",): [0.0, 0.0]})["a",].p == 1
    assert math.isnan(estimates({("a",): [2.0]})["a",].p)


def test_students_p_is_the_level_at_which_the_interval_touches_zero():
    values = [0.3, -0.1, 0.5, 0.2, 0.4]
    p = estimates({("a",): values})["a",].p
    touching = paired_interval(values, 1 - p)
    assert touching.low == pytest.approx(0, abs=1e-12)


def test_holm():
    # Sorted 0.01, 0.02, 0.03, 0.04 times 4, 3, 2, 1, never below the one before.
    assert holm([0.04, 0.01, 0.03, 0.02]) == pytest.approx([0.06, 0.04, 0.06, 0.06])
    assert holm([0.5, 0.9]) == [1.0, 1.0]
    first, second = holm([math.nan, 0.02])
    assert math.isnan(first)
    assert second == pytest.approx(0.04)


def test_cells_are_put_where_their_levels_say():
    factors = {"x": ("up", "down"), "y": ("left", "right")}
    cells = {
        ("down", "left"): [3, 4],
        ("up", "left"): [1, 2],
        ("up", "right"): [5, 6],
        ("down", "right"): [7, 8],
    }
    array = stacked(cells, factors)
    assert array.tolist() == [[[1, 2], [5, 6]], [[3, 4], [7, 8]]]
    assert effects(array, tuple(factors))["x",].tolist() == [-2, -2]
    with pytest.raises(ValueError, match="cells must be all of"):
        stacked({("up", "left"): [1]}, factors)
    with pytest.raises(ValueError, match="as many repetitions"):
        stacked({**cells, ("up", "left"): [1]}, factors)


def test_axes_must_have_two_levels():
    with pytest.raises(
        ValueError, match="must have length 2 along the first factors = 2 axes, got"
    ):
        walsh(np.ones((2, 3)), 2)
    with pytest.raises(ValueError, match="length 2"):
        effects(np.ones((2, 2)), NAMES)
