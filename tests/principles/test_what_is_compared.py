"""Experiments of the principles differ in what they are named for, as their claims have it."""

import re

import pytest

from physlib.claims import claims
from physlib.data import CLASSES
from physlib.experiments import experiments, twins
from physlib.experiments.conjugates import EPSILONS, NETWORKS, REFERENCE
from physlib.experiments.uncertainty import ALONG, EPSILON


def changed(one, other):
    assert one.settings.keys() == other.settings.keys()
    return {name for name in one.settings if one.settings[name] != other.settings[name]}


def test_networks_along_training_differ_from_the_mlp_in_one_thing():
    assert {name: changed(ALONG["mlp"], study) for name, study in ALONG.items()} == {
        "mlp": set(),
        "experimental": {"network", "lr"},
        "hardened": {"hardening"},
        "twice-hardened": {"hardening"},
        "shuffled": {"label_noise"},
    }
    assert ALONG["experimental"].settings["network"] == "experimental"
    radii = {name: ALONG[name].settings["hardening"] for name in ALONG}
    assert radii["hardened"] == ALONG["mlp"].settings["epsilon"] == EPSILON
    assert radii["twice-hardened"] == 2 * EPSILON
    # so many wrong labels that each class is as likely as any other
    assert ALONG["shuffled"].settings["label_noise"] == pytest.approx(1 - 1 / CLASSES)
    assert f"within {EPSILON:g} of white" in claims["uncertainty-trade-off"].definition


def test_attacked_networks_are_what_they_are_called():
    for name, study in NETWORKS.items():
        assert study.name == f"conjugates-{name}"
        assert study.settings["network"] == name.removeprefix("hardened-")
        assert study.settings["hardening"] == (REFERENCE if name.startswith("hardened-") else 0)
    assert EPSILONS[0] == 0
    sizes = {
        claim.id: re.findall(r"(?:times|step of|attack of) ([\d.]+\d)", claim.definition)
        for claim in claims.values()
        if claim.experiment == "conjugates"
    }
    assert {size for found in sizes.values() for size in found} == {f"{REFERENCE:g}"}
    assert len([claim_id for claim_id, found in sizes.items() if found]) >= 4


def test_twins_are_followed_by_what_they_are_called():
    calibrations = experiments["twins"].build(None)
    assert {study.name: study.settings for study in calibrations} == {
        f"twins-{system}-{method}": {"system": system, "method": method, "budget": budget}
        for system in ("pendulum", "epidemic")
        for method, budget in twins.BUDGETS.items()
    }
    fits = {study.name: study.settings for study in experiments["twin-outliers"].build(None)}
    assert {name: s["outliers"] for name, s in fits.items()} == {
        f"outliers-{system}-{share:g}": share
        for system in ("pendulum", "epidemic")
        for share in (0.0, 0.1)
    }
    assert "a tenth of them err twenty times" in claims["mste-robust"].definition
    budgets = {settings["budget"] for settings in fits.values()}
    assert len(budgets) == 1  # at equal calls


def test_claims_on_twins_say_which_part_of_the_calls_peers_have():
    methods = {"CMA-ES": "cma-es", "the gradient": "gradient"}
    told = {}
    for name in claims["twin-policy-gradient"].variants:
        if found := re.fullmatch(r"against (.+), with an? (\d+)th.*", name):
            told[methods[found[1]]] = int(found[2])
    assert told.keys() == set(methods.values())
    for method, part in told.items():
        assert round(twins.BUDGETS["policy"] / twins.BUDGETS[method]) == part
    assert twins.BUDGETS["random"] == twins.BUDGETS["policy"]  # the control, at equal calls
