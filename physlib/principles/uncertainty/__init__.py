"""The uncertainty relation of a loss and its inputs, arXiv:2205.01493 and 2402.10983."""

from physlib.principles.uncertainty.estimators import (
    Estimate,
    estimate_uncertainty,
    exact_uncertainty,
)
from physlib.principles.uncertainty.images import DataSpread, LocalSpread, around, over_data
from physlib.principles.uncertainty.inequality import (
    Moments,
    Relation,
    effective_samples,
    jackknife,
    relation,
)
from physlib.principles.uncertainty.networks import NODES, random_loss, random_networks
from physlib.principles.uncertainty.training import along_training

__all__ = [
    "NODES",
    "DataSpread",
    "Estimate",
    "LocalSpread",
    "Moments",
    "Relation",
    "along_training",
    "around",
    "effective_samples",
    "estimate_uncertainty",
    "exact_uncertainty",
    "jackknife",
    "over_data",
    "random_loss",
    "random_networks",
    "relation",
]
