"""Which runs a set of experiments consists of, in which order, and what they cost."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from physlib.checks import require_choice
from physlib.experiments import Experiment
from physlib.recipes import Recipe
from physlib.records import Record, read_record, record_path
from physlib.searches import Lookup
from physlib.studies import Study

PROFILES = ("fast", "full")
# Each run, a recipe or a study and a seed, with the experiments that it belongs to.
Plan = dict[tuple[Recipe | Study, int], set[str]]


def with_needs(names: Iterable[str] | None, known: Mapping[str, Experiment]) -> list[Experiment]:
    """The experiments `names`, or all, and those that they need, in the order of `known`.

    Raises:
        ValueError: a name that is not known.
    """
    chosen = set(known if names is None else names)
    for name in chosen:
        require_choice("experiment", name, known)
    chosen |= {need for name in chosen if (need := known[name].needs)}
    return [experiment for name, experiment in known.items() if name in chosen]


def stages(chosen: list[Experiment]) -> list[list[Experiment]]:
    """First the experiments that others need, then the rest."""
    needed = {experiment.needs for experiment in chosen}
    first = [e for e in chosen if e.name in needed]
    return [first, [e for e in chosen if e not in first]]


def lookup_in(
    results: Path, profile: str, experiment: Experiment, known: Mapping[str, Experiment]
) -> Lookup:
    """How `experiment` finds the records that its recipes depend on."""

    def lookup(recipe: Recipe) -> Record:
        made = known[experiment.needs or ""].recipe_in(profile, recipe)
        return read_record(record_path(results, profile, made, 0), made, 0)

    return lookup


def recipes_of(
    experiment: Experiment, results: Path, profile: str, known: Mapping[str, Experiment]
) -> list[Recipe | Study]:
    """What `experiment` trains in `profile`.

    Raises:
        RecordError: a record that it needs is not there, or is damaged.
    """
    built = experiment.build(lookup_in(results, profile, experiment, known))
    return [experiment.recipe_in(profile, recipe) for recipe in built]


def planned(
    chosen: Iterable[Experiment], results: Path, profile: str, known: Mapping[str, Experiment]
) -> Plan:
    """The runs of `chosen`, each once, longest first.

    Raises:
        RecordError: as `recipes_of`.
        ValueError: two recipes of one name, which would share a folder.
    """
    plan: Plan = {}
    named: dict[str, Recipe | Study] = {}
    for experiment in chosen:
        for recipe in recipes_of(experiment, results, profile, known):
            if named.setdefault(recipe.name, recipe) != recipe:
                raise ValueError(f"name must be of one recipe only, got two of {recipe.name!r}")
            for seed in experiment.seeds_in(profile):
                plan.setdefault((recipe, seed), set()).add(experiment.name)
    order = sorted(plan, key=lambda run: (-seconds(run[0]), run[0].name, run[1]))
    return {run: plan[run] for run in order}


def seconds(recipe: Recipe | Study) -> float:
    """About how long a run takes on one core, to order runs by and to guess the time left.

    Measured on a two-core x86 machine with MNIST: so much per epoch for the arithmetic, and so
    much for every 128th of a step's overhead; a second for loading and measuring.
    """
    if isinstance(recipe, Study):
        return recipe.seconds
    if recipe.network == "mlp":
        arithmetic, overhead = 0.40, 0.10
    else:
        arithmetic, overhead = (0.80, 0.42) if recipe.hidden else (0.30, 0.12)
    return 1.0 + recipe.epochs * (arithmetic + overhead * 128 / recipe.batch_size)
