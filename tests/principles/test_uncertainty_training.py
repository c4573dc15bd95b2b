"""Networks along training, and what the claims make of their records."""

import math

import pytest
import torch
from torch.nn import functional as F

from physlib.claims import claims
from physlib.claims.spreads import TRAINED, obeying, rank_correlation
from physlib.experiments import experiments
from physlib.experiments.uncertainty import ALONG, EPSILON, NETWORKS
from physlib.principles.attacks import fgsm, pgd
from physlib.principles.losses import losses_of
from physlib.principles.uncertainty import along_training, random_networks
from physlib.records import Record

SMALL = {"epochs": 2, "train_images": 4000, "attacked": 200, "centres": 1, "samples": 64}


def test_an_attack_on_a_linear_model_is_the_closed_form():
    """The margin of a linear model falls by ε‖w‖₁ within ℓ∞, and by ε‖w‖₂ within ℓ₂."""
    w = torch.randn(7, generator=torch.Generator().manual_seed(1))
    x, y = torch.zeros(3, 7), torch.zeros(3, dtype=torch.int64)
    draws = torch.Generator().manual_seed(2)

    def loss(output, _):
        return -output

    for norm, dual in (("inf", 1), ("2", 2)):
        found = pgd(lambda x: x @ w, loss, x, y, 0.3, norm=norm, steps=60, step_size=0.03,
                    generator=draws)  # fmt: skip
        expected = torch.full((3,), -0.3 * w.norm(dual).item())
        torch.testing.assert_close(found @ w, expected, rtol=1e-3, atol=0)
    torch.testing.assert_close(fgsm(lambda x: x @ w, loss, x, y, 0.3)[0], -0.3 * w.sign())
    bounded = pgd(lambda x: x @ w, loss, x, y, 0.3, low=0, high=1, generator=draws)
    assert bounded.min() >= 0
    assert (pgd(lambda x: x @ w, loss, x, y, 0.0) == x).all()


@pytest.mark.parametrize("attack", [fgsm, pgd])
def test_attacks_refuse_bad_input(attack):
    x, y = torch.zeros(2, 3), torch.zeros(2, dtype=torch.int64)
    with pytest.raises(ValueError, match="epsilon must be finite and in"):
        attack(lambda x: x, F.cross_entropy, x, y, -0.1)
    with pytest.raises(ValueError, match="x and y must be one batch, not empty"):
        attack(lambda x: x, F.cross_entropy, x[:0], y[:0], 0.1)


@pytest.mark.usefixtures("mnist")
def test_hardening_gains_under_attack_and_costs_on_clean_images():
    settings = {**ALONG["mlp"].settings, **SMALL, "lr": 0.05, "epochs": 4}
    found = {}
    for hardening in (0.0, EPSILON):
        rows = along_training(**{**settings, "hardening": hardening}, seed=50)
        found[hardening] = {(epoch, metric): value for epoch, metric, value in rows}
    plain, hard = found[0.0], found[EPSILON]
    assert hard[4, "pgd_accuracy"] > plain[4, "pgd_accuracy"] + 0.1  # error 0.035 each
    assert plain[4, "test_accuracy"] > hard[4, "test_accuracy"]
    assert plain[0, "test_accuracy"] == hard[0, "test_accuracy"]  # one seed, one start
    for rows in (plain, hard):
        assert rows[4, "test_accuracy"] > rows[4, "pgd_accuracy"]
        assert {epoch for epoch, _ in rows} == {0, 1, 2, 3, 4}
        # in a box as small as this the uniform state is a good approximation: r/√3 or less
        assert rows[4, "local_dx"] <= EPSILON / math.sqrt(3) + 4 * rows[4, "local_dx_error"]
        assert rows[4, "whole_dx"] == pytest.approx(
            1 / math.sqrt(12), abs=4 * rows[4, "whole_dx_error"] + 1e-3
        )
        assert rows[4, "data_dp"] * rows[4, "data_dx"] >= rows[4, "data_bound"]
        assert all(math.isfinite(value) for value in rows.values())


@pytest.mark.usefixtures("mnist")
def test_the_same_seed_gives_the_same_rows_and_the_experimental_network_trains():
    settings = {**ALONG["experimental"].settings, **SMALL}
    once, again = (along_training(**settings, seed=7) for _ in range(2))
    assert once == again
    accuracy = [value for _, metric, value in once if metric == "test_accuracy"]
    assert accuracy[-1] > 0.6
    survived = [
        [value for _, metric, value in once if metric == f"pgd_{loss}accuracy"]
        for loss in ("", *(f"{name}_" for name in losses_of("experimental")))
    ]
    assert survived[0][-1] < 0.5 < survived[1][-1]  # its own loss hides the way up
    assert all(worst <= min(ones) for worst, *ones in zip(*survived, strict=True))


def test_settings_are_checked():
    settings = ALONG["mlp"].settings
    with pytest.raises(ValueError, match="network must be one of"):
        along_training(**{**settings, "network": "none"}, seed=0)
    with pytest.raises(ValueError, match="epsilon must be finite and in"):
        along_training(**{**settings, "epsilon": 0.0}, seed=0)
    with pytest.raises(ValueError, match="networks must be at least 1"):
        random_networks(networks=0, samples=10, seed=0)
    with pytest.raises(ValueError, match="networks must be at most 1000, got 1001"):
        random_networks(networks=1001, samples=10, seed=0)


# ---- what claims make of records ----


class Made:
    """A shelf of one kind of run."""

    def __init__(self, *rows):
        self.made = [Record(NETWORKS, i, r, {"status": "completed"}) for i, r in enumerate(rows)]

    def runs(self, _):
        return self.made

    def scores(self, name, score):
        return [score(run) for run in self.runs(name)]


def network(k, **metrics):
    names = {"product": 0.7, "product_error": 0.01, "slack": 0.1, "slack_error": 0.01,
             "identity": 0.0, "identity_error": 0.01, "exact_product": 0.7,
             "exact_bound": 0.4}  # fmt: skip
    rows = [(k, "dimension", 2.0)]
    for i in (1, 2):
        values = {**names, **(metrics if i == 2 else {})}
        rows += [(k, f"{name}_{i}", value) for name, value in values.items()]
    return rows


@pytest.mark.parametrize(
    ("metrics", "half", "congruence"),
    [
        ({}, 1, 1),
        ({"exact_product": 0.499}, 0.5, 1),
        ({"exact_bound": 0.71}, 1, 0.5),
        ({"slack": -0.05}, 1, 0.5),
        ({"identity": -0.05}, 1, 0.5),
    ],
)
def test_one_coordinate_is_enough_to_break_a_network(metrics, half, congruence):
    shelf = Made(network(1) + network(2, **metrics), network(1) + network(2, **metrics))
    for name, expected in (("half", half), ("congruence", congruence)):
        found = claims[f"uncertainty-{name}"].statistic(shelf)
        assert found.interval.mean == pytest.approx(expected)
        assert found.detail == f"{4 * expected:g} of 4 networks"


def test_obeying_reads_what_the_study_writes():
    rows = random_networks(networks=2, samples=500, seed=77)
    seen = []
    obeying(lambda found, i: bool(seen.append((found["slack"][i], i))) or True)(Made(rows))
    assert [i for _, i in seen] == [0, 0, 1]
    assert [s for s, _ in seen] == [v for _, m, v in rows if m in ("slack_1", "slack_2")]


def test_correlations_leave_the_untrained_network_out():
    curves = {"a": [9, 1, 2, 3, 4], "b": [9, 4, 3, 2, 1]}
    rows = [(i, name, v) for name, curve in curves.items() for i, v in enumerate(curve)]
    record = Record(NETWORKS, 0, rows, {"status": "completed"})
    assert rank_correlation("a", "b")(record) == pytest.approx(-1)
    flat = Record(NETWORKS, 0, [(i, m, 1.0) for m in "ab" for i in range(4)], {})
    assert math.isnan(rank_correlation("a", "b")(flat))


def test_what_is_compared_differs_in_what_is_named():
    assert set(TRAINED) < set(ALONG)
    for name, changed in (("hardened", {"hardening"}), ("shuffled", {"label_noise"})):
        one, other = ALONG["mlp"].settings, ALONG[name].settings
        assert {key for key in one if one[key] != other[key]} == changed
    assert experiments["uncertainty-networks"].seeds * NETWORKS.settings["networks"] == 200
    assert experiments["uncertainty-training"].seeds >= 5
