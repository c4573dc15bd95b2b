"""What an experiment is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from physlib.recipes import Recipe
from physlib.searches import Lookup, Search
from physlib.studies import Study


@dataclass(frozen=True)
class Experiment:
    """Recipes, or studies, × seeds 0 … `seeds` − 1, and why.

    `build` gives the recipes; it may look at the records of the experiment that it `needs`,
    which needs none itself.
    In the profile "fast" there are at most two seeds and `fast_epochs` epochs; a study takes
    `fast_settings` in the place of its own.
    """

    name: str
    question: str
    seeds: int
    build: Callable[[Lookup], tuple[Recipe | Study, ...]]
    needs: str | None = None
    fast_epochs: int = 2
    searches: tuple[Search, ...] = ()  # whose spaces go on record
    fast_settings: Mapping[str, Any] = field(default_factory=dict)

    def seeds_in(self, profile: str) -> range:
        """The seeds of a profile."""
        return range(min(self.seeds, 2) if profile == "fast" else self.seeds)

    def recipe_in(self, profile: str, recipe: Recipe | Study) -> Recipe | Study:
        """What `recipe` becomes in a profile."""
        if profile != "fast":
            return recipe
        if isinstance(recipe, Recipe):
            return recipe.replace(epochs=min(recipe.epochs, self.fast_epochs))
        return recipe.replace(**self.fast_settings)
