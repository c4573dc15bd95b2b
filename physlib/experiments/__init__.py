"""Every experiment of the book as data: which recipes, how many seeds, to ask what."""

from physlib.experiments import conjugates, post, symmetry, twins, uncertainty
from physlib.experiments.experiment import Experiment
from physlib.experiments.post import (
    CELLS,
    FACTORS,
    NOISE_LEVELS,
    RATES,
    READINGS,
    SMALLER,
    TEMPERATURES,
    TERMS,
    TUNING,
)

__all__ = [
    "CELLS",
    "FACTORS",
    "NOISE_LEVELS",
    "RATES",
    "READINGS",
    "SMALLER",
    "TEMPERATURES",
    "TERMS",
    "TUNING",
    "Experiment",
    "experiments",
]

experiments: dict[str, Experiment] = {
    e.name: e
    for e in (
        *post.EXPERIMENTS,
        *symmetry.EXPERIMENTS,
        *conjugates.EXPERIMENTS,
        *uncertainty.EXPERIMENTS,
        *twins.EXPERIMENTS,
    )
}
