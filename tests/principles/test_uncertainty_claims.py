"""The claims on the uncertainty principle, judged on records whose verdicts can be told."""

import numpy as np
import pytest

from physlib.claims import claims
from physlib.claims.judging import Shelf
from physlib.claims.spreads import (
    RELIABLE,
    TRUE_LABELS,
    across_networks,
    coordinates,
    obeys_corrected,
    obeys_half_sampled,
    obeys_identity,
    opposed,
    reaches_half,
)
from physlib.experiments.uncertainty import ALONG, NETWORKS
from physlib.records import Record

RISES, FALLS = [0.1, 0.5, 0.6, 0.7, 0.8], [0.9, 0.8, 0.7, 0.6, 0.5]  # epoch 0 first


class Made(Shelf):
    """Five seeds of each network along training: curves, with others for those that are named."""

    def __init__(self, curves, **others):
        self.profile, self.curves, self.others = "full", curves, others

    def runs(self, recipe):
        name = recipe.removeprefix("uncertainty-")
        curves = {**self.curves, **self.others.get(name.replace("-", "_"), {})}
        return [
            Record(
                ALONG[name],
                seed,
                [(e, m, v + seed / 1000) for m, c in curves.items() for e, v in enumerate(c)],
                {"status": "completed"},
            )
            for seed in range(5)
        ]


def verdict(claim_id, curves, **others):
    claim = claims[claim_id]
    return claim.rule.judge(claim.statistic(Made(curves, **others)))


@pytest.mark.parametrize(
    ("claim_id", "a", "b"),
    [
        ("uncertainty-trade-off", "test_accuracy", "pgd_accuracy"),
        ("uncertainty-mechanism", "data_dx", "data_dp"),
    ],
)
def test_one_has_to_fall_while_the_other_rises(claim_id, a, b):
    together, apart = {a: RISES, b: RISES}, {a: RISES, b: FALLS}
    assert verdict(claim_id, apart) == "reproduced"
    assert verdict(claim_id, apart, mlp=together) == "partly"
    assert verdict(claim_id, together) == "not reproduced"
    assert opposed(a, b)("mlp")(Made(apart)).interval.mean == pytest.approx(1)


def test_hardening_has_to_cost_and_to_gain():
    plain = {"test_accuracy": [0.1, 0.95], "pgd_accuracy": [0.0, 0.2]}
    for clean, attacked, expected in (
        (0.9, 0.7, "reproduced"),
        (0.96, 0.7, "partly"),
        (0.9, 0.1, "partly"),
        (0.96, 0.1, "not reproduced"),
    ):
        hardened = {"test_accuracy": [0.1, clean], "pgd_accuracy": [0.0, attacked]}
        assert verdict("uncertainty-accurate-and-robust", plain, hardened=hardened) == expected


def test_networks_are_compared_with_one_another_seed_by_seed():
    """Four networks in one order by a and by b, but for the last seed, in which b is turned."""

    class Ordered(Made):
        def scores(self, recipe, score):
            place = [ALONG[name].name for name in TRUE_LABELS].index(recipe)
            a, b = (score(Record(ALONG["mlp"], 0, [(0, m, 1.0)], {"status": ""})) for m in "ab")
            return [place] * 3 if a == 1 else [place, place, -place] if b == 1 else []

    assert across_networks(Ordered({}), "a", "b") == pytest.approx([1, 1, -1])


def test_the_largest_product_is_told_beside_the_share_that_reaches_half():
    curve = {"whole_product": [0.9, 0.45]}
    shelf = Made(curve, mlp={"whole_product": [0.1, 0.5]}, hardened={"whole_product": [0.1, 0.7]})
    found = reaches_half("whole_product")(shelf)
    assert found.interval.mean == pytest.approx(2 / 3)
    assert found.detail == "the largest product is 0.7040"  # of the last of five seeds


def network(**changes):
    """One coordinate, obeying everything by a little."""
    found = {"exact_product": 0.6, "exact_bound": 0.6, "product": 0.6, "product_error": 0.01,
             "slack": 0.0, "slack_error": 0.01, "identity": 0.0,
             "identity_error": 0.01}  # fmt: skip
    return {name: [value] for name, value in {**found, **changes}.items()}


@pytest.mark.parametrize(("errors", "obeys"), [(0.95, True), (1.05, False)])
def test_monte_carlo_is_believed_to_four_standard_errors(errors, obeys):
    """Five percent less than `RELIABLE` is within, five percent more is not; 4 was fixed before."""
    assert RELIABLE == 4
    off = 4 * 0.01 * errors
    assert obeys_half_sampled(network(product=0.5 - off), 0) == obeys
    assert obeys_corrected(network(slack=-off), 0) == obeys
    for sign in (-1, 1):
        assert obeys_identity(network(identity=sign * off), 0) == obeys
        assert obeys_corrected(network(identity=sign * off), 0) == obeys


@pytest.mark.parametrize(("off", "obeys"), [(0.95e-3, True), (1.05e-3, False)])
def test_quadrature_is_believed_to_its_own_error(off, obeys):
    assert obeys_corrected(network(exact_product=0.6 - off), 0) == obeys


def test_coordinates_keep_their_networks_numbers():
    rows = [(1, "dimension", 2.0), (1, "gain", 0.5), (1, "slack_1", 0.1), (1, "slack_2", 0.2),
            (2, "dimension", 1.0), (2, "gain", 3.0), (2, "slack_1", 0.3)]  # fmt: skip

    class Once(Shelf):
        def __init__(self):
            self.profile = "full"

        def runs(self, recipe):
            assert recipe == NETWORKS.name
            return [Record(NETWORKS, 0, rows, {"status": "completed"})]

    table = coordinates(Once())
    np.testing.assert_array_equal(table["slack"], [0.1, 0.2, 0.3])
    np.testing.assert_array_equal(table["gain"], [0.5, 0.5, 3.0])
    np.testing.assert_array_equal(table["dimension"], [2, 2, 1])
