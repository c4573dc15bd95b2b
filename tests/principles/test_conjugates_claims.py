"""The claims on conjugates, judged on records made up so that the verdicts can be told."""

import math

import pytest

from physlib.claims import claims
from physlib.claims.conjugates import ATTACKED, attacked_accuracy, lost, more_lost, remaining
from physlib.claims.judging import Shelf
from physlib.experiments.conjugates import CODES, EPSILONS, NETWORKS, REFERENCE
from physlib.records import Record

KEPT = {"linear": 0.3, "hardened-mlp": 0.8, "hardened-cnn": 0.8}  # under attack, of 0.9


class Made(Shelf):
    """Five seeds of every network, whose accuracies are lines and differ a little by seed."""

    def __init__(self, **changes):
        self.profile, self.changes = "full", changes

    def runs(self, recipe):
        name = recipe.removeprefix("conjugates-")
        levels = {"pgd": KEPT.get(name, 0.2), "fgsm": 0.4, "borrowed": 0.7, "noise": 0.85}
        levels |= {
            "conjugate_rank": 0.3,
            "margin_rank": 0.8,
            "test_accuracy": 0.9,
        } | self.changes.get(name, {})
        rows = [
            (k, metric, (0.9 if metric in ("pgd", "fgsm") and not k else level) + seed / 1000)
            for seed in range(5)
            for metric, level in levels.items()
            for k in range(len(EPSILONS))
        ]
        size = len(rows) // 5
        return [
            Record(NETWORKS[name], s, rows[s * size : (s + 1) * size], {"status": "completed"})
            for s in range(5)
        ]


def verdict(claim_id, **changes):
    claim = claims[claim_id]
    return claim.rule.judge(claim.statistic(Made(**changes)))


def test_scores_are_read_at_their_size():
    run = Made().runs("conjugates-mlp")[2]
    assert attacked_accuracy("pgd", 0.0)(run) == pytest.approx(0.902)
    assert attacked_accuracy("pgd")(run) == pytest.approx(0.202)
    assert lost()(run) == pytest.approx(0.7)
    rising = Record(run.recipe, 0, [(k, "pgd", k) for k in range(len(EPSILONS))], run.facts)
    assert EPSILONS[int(attacked_accuracy("pgd")(rising))] == REFERENCE


def test_shares_and_differences_are_of_what_is_lost():
    shelf = Made()
    assert remaining("hardened-mlp", "mlp")(shelf).interval.mean == pytest.approx(0.1 / 0.7)
    assert more_lost("mlp", "linear")(shelf).interval.mean == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("claim_id", "metric", "less"),
    [
        ("non-random-perturbations", "noise", 0.1),
        ("input-conjugates", "borrowed", 0.3),
        ("conjugate-size", "conjugate_rank", -0.1),
    ],
)
def test_each_of_the_networks_has_to_bear_a_claim_out(claim_id, metric, less):
    assert verdict(claim_id) == "reproduced"
    assert verdict(claim_id, cnn={metric: less}) == "partly"
    assert verdict(claim_id, **{n: {metric: less} for n in ATTACKED}) == "not reproduced"


def test_a_control_can_refute_the_other_claims():
    assert verdict("fragile-structure") == "reproduced"
    assert verdict("fragile-structure", linear={"pgd": 0.1}) == "not reproduced"
    for kept, expected in ((0.3, "reproduced"), (0.7, "partly"), (0.85, "not reproduced")):
        found = {"hardened-mlp": {"pgd": kept}}
        assert verdict("intrinsic-susceptibility", **found) == expected


def test_a_network_that_has_not_learned_is_no_sign_of_robustness():
    found = {"hardened-mlp": {"pgd": 0.9, "test_accuracy": 0.11}}
    assert verdict("intrinsic-susceptibility", **found) == "not reproduced"
    measured = claims["intrinsic-susceptibility"].statistic(Made(**found))
    assert math.isnan(measured.interval.mean)


def test_every_network_is_trained_and_attacked_alike():
    for studies in (NETWORKS, CODES):
        same = [
            {k: v for k, v in study.settings.items() if k not in ("network", "lr", "hardening")}
            for name, study in studies.items()
            if name != "hardened-cnn"  # on fewer images, for time
        ]
        assert all(settings == same[0] for settings in same)
