"""Searches: many recipes from one, and the one that a rule prefers."""

import itertools
import math
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from physlib.checks import require_integer, require_number
from physlib.recipes import Recipe
from physlib.records import Record

# Which record belongs to a recipe, at the first seed: a search tries each recipe once.
Lookup = Callable[[Recipe], Record]


@dataclass(frozen=True)
class LogUniform:
    """Numbers between `low` and `high` whose logarithm is uniform, to three digits."""

    low: float
    high: float

    def __post_init__(self) -> None:
        require_number("low", self.low, low=0, open_low=True)
        require_number("high", self.high, low=self.low)

    def draw(self, generator: random.Random) -> float:
        """One of them."""
        exponent = generator.uniform(math.log(self.low), math.log(self.high))
        return float(f"{math.exp(exponent):.3g}")


@dataclass(frozen=True)
class Choice:
    """One of `values`, each as likely as the others."""

    values: tuple[Any, ...]

    def __post_init__(self) -> None:
        if not self.values:
            raise ValueError("values must be at least one, got none")

    def draw(self, generator: random.Random) -> Any:
        """One of them."""
        return self.values[int(generator.random() * len(self.values))]


@dataclass(frozen=True)
class Search:
    """The recipes that are tried, in order, and the space they come from, in words."""

    name: str
    space: dict[str, str]
    trials: tuple[Recipe, ...]

    def best(self, lookup: Lookup) -> Recipe:
        """The trial with the highest final accuracy on its held-out images, ties by order.

        Raises:
            ValueError: every trial diverged.
        """
        return self.preferred(lookup, lambda record: record.final("test_accuracy"))

    def preferred(self, lookup: Lookup, score: Callable[[Record], float]) -> Recipe:
        """The trial with the highest score, ties by order; NaN is no score."""
        scores = [score(lookup(recipe)) for recipe in self.trials]
        if all(map(math.isnan, scores)):
            raise ValueError(f"every trial of the search {self.name!r} diverged")
        return self.trials[max(range(len(scores)), key=lambda i: _rank(scores[i]))]


def random_search(
    name: str, base: Recipe, space: Mapping[str, LogUniform | Choice], *, trials: int, seed: int
) -> Search:
    """`trials` recipes with fields drawn independently from `space`, the same ones always.

    Python's own generator gives the same numbers on every version and machine.
    """
    require_integer("trials", trials, low=1)
    generator = random.Random(require_integer("seed", seed, low=0))
    drawn = [{field: d.draw(generator) for field, d in space.items()} for _ in range(trials)]
    recipes = tuple(base.replace(name=f"{name}-{i:02d}", **d) for i, d in enumerate(drawn))
    words = {field: str(distribution) for field, distribution in space.items()}
    return Search(name, {**words, "trials": str(trials), "seed": str(seed)}, recipes)


def grid_search(name: str, base: Recipe, grid: Mapping[str, Sequence[Any]]) -> Search:
    """Every combination of the values in `grid`."""
    combinations = [
        dict(zip(grid, values, strict=True)) for values in itertools.product(*grid.values())
    ]
    recipes = tuple(
        base.replace(name=f"{name}-{i:02d}", **values) for i, values in enumerate(combinations)
    )
    return Search(name, {field: str(tuple(values)) for field, values in grid.items()}, recipes)


def _rank(score: float) -> float:
    return -math.inf if math.isnan(score) else score
