"""Many seeds as one program, against as many runs, one single-threaded process per core."""

import os
from functools import partial
from typing import Any

from joblib import Parallel, delayed

from benchmarks.interleaved import Candidate, Target, compare
from physlib import Recipe, fit, recipes
from physlib.workers import one_thread

TOGETHER, APART = "one program", "one process per core"


def run(
    device: str,
    counts: tuple[int, ...] = (2, 8),
    epochs: int = 1,
    rounds: int = 6,
    dataset: str = "mnist",
) -> dict[str, Any]:
    """Seconds to train from so many seeds, scores on the test set included."""
    recipe = recipes["physlib"].replace(epochs=epochs, dataset=dataset)
    apart(
        recipe, range(2), device
    )  # joblib starts its processes, which import torch, and keeps them
    comparisons = []
    for count in counts:
        candidates: dict[str, Candidate] = {
            TOGETHER: partial(fit, recipe, seeds=range(count), device=device, progress=False),
            APART: partial(apart, recipe, range(count), device),
        }
        found = compare(candidates, rounds, warm_up=False)
        comparisons.append(found.as_json(Target(APART, TOGETHER, at_least=1), seeds=count))
    return {
        "sizes": {"epochs": epochs, "processes": os.cpu_count()},
        "comparisons": comparisons,
    }


def apart(recipe: Recipe, seeds: range, device: str) -> list[float]:
    """Test accuracies of single runs."""
    accuracies: list[float] = Parallel(n_jobs=os.cpu_count())(
        delayed(_single)(recipe, seed, device) for seed in seeds
    )
    return accuracies


def _single(recipe: Recipe, seed: int, device: str) -> float:
    with one_thread():
        return fit(recipe, seed, device, progress=False).test_accuracy
