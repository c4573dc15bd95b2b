"""The claims on symmetry breaking, judged on records made up so that the verdicts can be told."""

import pytest

from physlib import recipes
from physlib.claims import claims
from physlib.claims.claim import ACCURACY
from physlib.claims.judging import Shelf
from physlib.claims.symmetry import EARLY, END, START, against, degree, foresight, gains
from physlib.experiments.symmetry import CONFIGURATIONS, study_name
from physlib.records import Record

BOTH = ("mlp", "mnist"), ("mlp", "digits")


def run(seed=0, accuracy=0.9, **curves):
    """A record of the three moments of each curve."""
    rows = [(step, name, value) for name, c in curves.items() for step, value in enumerate(c)]
    return Record(
        recipes["mlp"], seed, [*rows, (2, "test_accuracy", accuracy)], {"status": "completed"}
    )


class Made(Shelf):
    """Five seeds of each configuration, from its (accuracy, distances of one layer)."""

    def __init__(self, **found):
        self.profile, self.found = "full", {k.replace("_", "-"): v for k, v in found.items()}

    def runs(self, recipe):
        accuracy, distance = self.found.get(recipe, (0.9, 0.3))
        null = [0.1, 0.15, 0.2]
        curves = {"distance_1": [distance * (m + 1) for m in range(3)], "null_1": null}
        return [run(seed, accuracy + seed / 1000, **curves) for seed in range(5)]


def found(**configurations):
    """A shelf of the MLP's configurations, on both datasets."""
    return Made(**{
        study_name("mlp", dataset, name.replace("_", "-")): value
        for name, value in configurations.items()
        for dataset in ("mnist", "digits")
    })  # fmt: skip


def test_the_degree_is_the_mean_over_layers_of_what_exceeds_the_null():
    record = run(distance_1=[0.1, 0.2, 0.4], null_1=[0.05, 0.06, 0.07],
                 distance_2=[0.3, 0.5, 0.9], null_2=[0.1, 0.2, 0.3])  # fmt: skip
    expected = {START: (0.05 + 0.2) / 2, EARLY: (0.14 + 0.3) / 2, END: (0.33 + 0.6) / 2}
    for moment, value in expected.items():
        assert degree(moment)(record) == pytest.approx(value)
    assert degree(END, subtract_null=False)(record) == pytest.approx((0.4 + 0.9) / 2)


def test_gains_are_of_the_first_over_the_second():
    shelf = Made(**{study_name("mlp", "mnist", "expanded"): (0.93, 0.3)})
    parts = gains("expanded", "plain", ACCURACY, *BOTH)(shelf).parts
    assert list(parts) == ["MLP on MNIST", "MLP on digits"]
    assert [part.mean for part in parts.values()] == pytest.approx([0.03, 0])
    left = against(("mlp", "mnist", "bias-control"))(shelf).parts
    assert left["MLP on MNIST against bias-control"].mean == pytest.approx(0.03)
    equal = Made(**{study_name("mlp", "mnist", n): (0.93, 0.3) for n in ("expanded", "zero")})
    assert against(("mlp", "mnist", "zero"))(equal).interval.mean == pytest.approx(0)


def ordered(sign, dataset):
    """Configurations that gain as their distance grows, or shrinks; the plain one off the line."""
    _, *others = CONFIGURATIONS["mlp"]
    made = {n: (0.8 + sign * i / 100, 0.4 + i / 10) for i, n in enumerate(others, start=1)}
    return {study_name("mlp", dataset, n): v for n, v in {"plain": (0.1, 9.0), **made}.items()}


def test_foresight_is_a_rank_correlation_without_the_plain_network():
    agree = Made(**ordered(1, "mnist"), **ordered(1, "digits"))
    split = Made(**ordered(1, "mnist"), **ordered(-1, "digits"))
    assert foresight(degree(EARLY))(agree).interval.mean == pytest.approx(1)
    assert foresight(degree(EARLY))(split).interval.mean == pytest.approx(0)
    assert foresight(degree(END), ("digits",))(split).interval.mean == pytest.approx(-1)
    for shelf, expected in ((agree, "reproduced"), (split, "not reproduced")):
        claim = claims["metric-foresees"]
        assert claim.rule.judge(claim.statistic(shelf)) == expected


@pytest.mark.parametrize(
    ("configurations", "verdict"),
    [
        ({"expanded": (0.9, 0.5)}, "reproduced"),
        ({"plain": (0.9, 0.5)}, "not reproduced"),
        ({}, "not reproduced"),
    ],
)
def test_an_expansion_breaks_what_its_replicas_part_more(configurations, verdict):
    claim = claims["expansion-breaks"]
    assert claim.rule.judge(claim.statistic(found(**configurations))) == verdict


def test_each_technique_has_to_part_its_replicas():
    claim, techniques = claims["techniques-break"], ("dropout", "batch_norm", "mirror")
    apart = dict.fromkeys(techniques, (0.9, 0.5))
    assert claim.rule.judge(claim.statistic(found(**apart))) == "reproduced"
    for name in techniques:
        held = claim.rule.judge(claim.statistic(found(**{**apart, name: (0.9, 0.2)})))
        assert held == "partly"
