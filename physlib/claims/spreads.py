"""What the claims on the uncertainty principle are decided by: correlations, and who obeys."""

import warnings
from collections.abc import Callable

import numpy as np
from scipy import stats

from physlib.claims.judging import (
    Measured,
    Score,
    Shelf,
    Statistic,
    final,
    mean,
    measured,
)
from physlib.experiments.uncertainty import ALONG, NETWORKS
from physlib.records import Record
from physlib.theory import Array

RELIABLE = 4.0  # standard errors: of 500 normal numbers, one is that far below by chance in 1 of 63
QUADRATURE = 1e-3  # its error, at most: of steep networks in four dimensions
TRAINED = ("mlp", "experimental", "hardened")
TRUE_LABELS = (*TRAINED, "twice-hardened")


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


def across_networks(shelf: Shelf, a: str, b: str) -> list[float]:
    """Spearman's correlation of two final metrics over the networks in `TRUE_LABELS`, seed by seed.

    Raises:
        MissingRecordError: a run is not on record.
    """
    first, second = (
        np.array([shelf.scores(ALONG[name].name, final(metric)) for name in TRUE_LABELS])
        for metric in (a, b)
    )  # each (networks, seeds)
    return [float(stats.spearmanr(x, y).statistic) for x, y in zip(first.T, second.T, strict=True)]


Metrics = dict[str, list[float]]  # of one random network, each with its coordinates in order


def networks_of(record: Record) -> list[Metrics]:
    """The random networks of a record; ``dimension`` and the like have a single value."""
    networks: dict[int, Metrics] = {}
    for k, metric, value in record.rows:  # coordinates are written in order
        name = metric.rstrip("0123456789").rstrip("_")
        networks.setdefault(k, {}).setdefault(name, []).append(value)
    return list(networks.values())


def coordinates(shelf: Shelf) -> dict[str, Array]:
    """Every coordinate of every random network, (n,) for each metric.

    Raises:
        MissingRecordError: a run is not on record.
    """
    table: dict[str, list[float]] = {}
    for network in (found for run in shelf.runs(NETWORKS.name) for found in networks_of(run)):
        d = int(network["dimension"][0])
        for name, values in network.items():
            table.setdefault(name, []).extend(values if len(values) == d else values * d)
    return {name: np.array(values) for name, values in table.items()}


def obeying(obeys: Callable[[Metrics, int], bool]) -> Statistic:
    """The share of random networks that obey in every coordinate, over the seeds."""

    def share(record: Record) -> tuple[int, int]:
        networks = networks_of(record)
        held = [all(obeys(n, i) for i in range(int(n["dimension"][0]))) for n in networks]
        return sum(held), len(held)

    def statistic(shelf: Shelf) -> Measured:
        counts = [share(run) for run in shelf.runs(NETWORKS.name)]
        held, tried = (sum(column) for column in zip(*counts, strict=True))
        shares = [a / b for a, b in counts]
        return measured(shares, detail=f"{held} of {tried} networks")

    return statistic


def obeys_half(found: Metrics, i: int) -> bool:
    """Whether a coordinate has the ½, by quadrature."""
    return found["exact_product"][i] >= 0.5


def obeys_half_sampled(found: Metrics, i: int) -> bool:
    """The same by Monte Carlo, within `RELIABLE` standard errors."""
    return found["product"][i] + RELIABLE * found["product_error"][i] >= 0.5


def obeys_corrected(found: Metrics, i: int) -> bool:
    """Whether a coordinate has the bound with its boundary term, by either method."""
    exact = found["exact_product"][i] - found["exact_bound"][i] >= -QUADRATURE
    sampled = found["slack"][i] >= -RELIABLE * found["slack_error"][i]
    return exact and sampled and obeys_identity(found, i)


def obeys_identity(found: Metrics, i: int) -> bool:
    """Whether inside and faces of the box agree, as partial integration has it."""
    return abs(found["identity"][i]) <= RELIABLE * found["identity_error"][i]


def reaches_half(metric: str) -> Statistic:
    """The share of trained networks, over seeds, with a final `metric` of at least ½."""

    def statistic(shelf: Shelf) -> Measured:
        runs = [[run.final(metric) for run in shelf.runs(ALONG[n].name)] for n in TRAINED]
        held = [sum(x >= 0.5 for x in seed) / len(seed) for seed in zip(*runs, strict=True)]
        largest = max(max(seeds) for seeds in runs)
        return measured(held, detail=f"the largest product is {largest:.4f}")

    return statistic
