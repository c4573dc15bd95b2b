"""The two papers on the uncertainty principle: what their abstracts claim.

Definitions are ours, since the full texts were not at hand. They, the thresholds and the settings
were fixed on 21 November 2026, before any full record was made.
"""

import warnings
from collections.abc import Callable

from scipy import stats

from physlib.claims.claim import Claim
from physlib.claims.judging import (
    Measured,
    Score,
    Shelf,
    Statistic,
    difference,
    final,
    mean,
    measured,
    together,
)
from physlib.claims.rules import every_part, reaches
from physlib.experiments.uncertainty import ALONG, NETWORKS
from physlib.records import Record

CHAPTER = "notebooks/principles/22_uncertainty_principle"
ACCURACY_ROBUSTNESS = "On the uncertainty principle of neural networks, arXiv:2205.01493"
CONJUGATE = "Quantum-inspired analysis of neural network vulnerabilities, arXiv:2402.10983"
RELIABLE = 4.0  # standard errors: one-sided over 500 coordinates, by chance in one of a hundred
QUADRATURE = 1e-3  # its error, at most: of steep networks in four dimensions
TRAINED = ("mlp", "experimental", "hardened")


def rank_correlation(a: str, b: str) -> Score:
    """Spearman's correlation of two metrics over the epochs of a run, without epoch 0.

    NaN where one of them never changes.
    """

    def score(record: Record) -> float:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", stats.ConstantInputWarning)
            found = stats.spearmanr(record.curve(a)[1:], record.curve(b)[1:])
        return float(found.statistic)

    return score


def opposed(a: str, b: str) -> Callable[[str], Statistic]:
    """Minus the rank correlation along training, a statistic for each network."""
    correlation = rank_correlation(a, b)
    return lambda name: mean(ALONG[name].name, lambda record: -correlation(record))


def obeying(obeys: Callable[[dict[str, list[float]], int], bool]) -> Statistic:
    """The share of random networks whose every coordinate obeys, over the seeds.

    `obeys` takes one network's metrics, each with its coordinates in order, and a coordinate.
    """

    def share(record: Record) -> tuple[int, int]:
        networks: dict[int, dict[str, list[float]]] = {}
        for k, metric, value in record.rows:  # coordinates are written in order
            name = metric.rstrip("0123456789").rstrip("_")
            networks.setdefault(k, {}).setdefault(name, []).append(value)
        held = [
            all(obeys(found, i) for i in range(int(found["dimension"][0])))
            for found in networks.values()
        ]
        return sum(held), len(held)

    def statistic(shelf: Shelf) -> Measured:
        counts = [share(run) for run in shelf.runs(NETWORKS.name)]
        held, tried = (sum(column) for column in zip(*counts, strict=True))
        shares = [a / b for a, b in counts]
        return measured(shares, detail=f"{held} of {tried} networks")

    return statistic


def _plain(found: dict[str, list[float]], i: int) -> bool:
    return found["exact_product"][i] >= 0.5


def _plain_sampled(found: dict[str, list[float]], i: int) -> bool:
    return found["product"][i] + RELIABLE * found["product_error"][i] >= 0.5


def _corrected(found: dict[str, list[float]], i: int) -> bool:
    exact = found["exact_product"][i] - found["exact_bound"][i] >= -QUADRATURE
    sampled = found["slack"][i] >= -RELIABLE * found["slack_error"][i]
    return exact and sampled and _identity(found, i)


def _identity(found: dict[str, list[float]], i: int) -> bool:
    return abs(found["identity"][i]) <= RELIABLE * found["identity_error"][i]


def _reaches_half(metric: str) -> Statistic:
    """The share of trained networks, over seeds, with a final `metric` of at least ½."""

    def statistic(shelf: Shelf) -> Measured:
        runs = [[run.final(metric) for run in shelf.runs(ALONG[n].name)] for n in TRAINED]
        held = [sum(x >= 0.5 for x in seed) / len(seed) for seed in zip(*runs, strict=True)]
        largest = max(max(seeds) for seeds in runs)
        return measured(held, detail=f"the largest product is {largest:.4f}")

    return statistic


def _costs(metric: str, sign: int) -> Statistic:
    a, b = ("mlp", "hardened") if sign > 0 else ("hardened", "mlp")
    return difference(ALONG[a].name, ALONG[b].name, final(metric))


_TRADE_OFF = opposed("test_accuracy", "pgd_accuracy")
_DATA, _WHOLE = opposed("data_dx", "data_dp"), opposed("whole_dx", "whole_dp")
_LOCAL = opposed("local_dx", "local_dp")

CLAIMS = (
    Claim(
        "uncertainty-trade-off",
        "the accuracy-robustness trade-off is an intrinsic property",
        "the abstract",
        "Minus the rank correlation of test accuracy with accuracy under attack (projected "
        "gradient descent within 0.1 of white, the worst of two losses) over the epochs of "
        "training, from the first one on: positive if one falls while the other rises. For the "
        "MLP, for the experimental network and for an MLP trained on attacked images.",
        "uncertainty-training",
        together(**{name: _TRADE_OFF(name) for name in TRAINED}),
        every_part(),
        "score",
        CHAPTER,
        {"trained on attacks of twice the radius": _TRADE_OFF("twice-hardened")},
        ACCURACY_ROBUSTNESS,
    ),
    Claim(
        "uncertainty-accurate-and-robust",
        "it is found that neural networks are vulnerability and difficult to be both accurate "
        "and robust",
        "the abstract",
        "The same MLP trained on clean and on attacked images, after the last epoch, paired by "
        "seed: the accuracy on clean images that hardening costs, and the accuracy under "
        "attack that it gains.",
        "uncertainty-training",
        together(
            clean_accuracy_lost=_costs("test_accuracy", 1),
            attacked_accuracy_gained=_costs("pgd_accuracy", -1),
        ),
        every_part(),
        "points",
        CHAPTER,
        group=ACCURACY_ROBUSTNESS,
    ),
    Claim(
        "uncertainty-half",
        "Analogous to the position-momentum conjugation in quantum mechanics, we show that the "
        "inputs and their conjugates cannot be resolved by a neural network simultaneously",
        "the abstract",
        "The share of random networks in one to four dimensions with Δx Δp ≥ ½ in every "
        "coordinate, for the state ψ = ℓ/√∫ℓ² on a box with a uniform measure, by quadrature. "
        "Δp is the spread of ∂ψ, without its part along ψ.",
        "uncertainty-networks",
        obeying(_plain),
        reaches(1.0, some=0.5),
        "%",
        CHAPTER,
        {
            "by Monte Carlo, allowing four standard errors": obeying(_plain_sampled),
            "networks trained on MNIST, box of all images": _reaches_half("whole_product"),
            "networks trained on MNIST, boxes around images": _reaches_half("local_product"),
        },
        ACCURACY_ROBUSTNESS,
    ),
    Claim(
        "uncertainty-mechanism",
        "whose underlying mechanism is deeply related to the uncertainty principle in quantum "
        "mechanics",
        "the abstract",
        "Minus the rank correlation of Δx with Δp over the epochs of training, from the first "
        "one on, where both are taken over the test images with the weight ψ²: positive if "
        "one narrows while the other widens. For the same three networks.",
        "uncertainty-training",
        together(**{name: _DATA(name) for name in TRAINED}),
        every_part(),
        "score",
        CHAPTER,
        {
            "control: labels that say nothing": _DATA("shuffled"),
            "over the box of all images": together(**{name: _WHOLE(name) for name in TRAINED}),
            "in boxes around images": together(**{name: _LOCAL(name) for name in TRAINED}),
        },
        ACCURACY_ROBUSTNESS,
    ),
    Claim(
        "uncertainty-congruence",
        "a mathematical congruence manifests between this mechanism and the quantum physics' "
        "uncertainty principle",
        "the abstract",
        "The share of random networks in one to four dimensions that obey the relation with its "
        "boundary term, Δx Δp ≥ |½ − B|, in every coordinate: by quadrature, and by Monte Carlo "
        "within four standard errors, where also the partial integration behind it must hold.",
        "uncertainty-networks",
        obeying(_corrected),
        reaches(1.0),
        "%",
        CHAPTER,
        {"the partial integration alone": obeying(_identity)},
        CONJUGATE,
    ),
)
