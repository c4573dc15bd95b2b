"""Small experiments on the stand-in digits, for tests of the machinery."""

import signal

from physlib import recipes
from physlib.experiments import Experiment
from physlib.reproduce import record_of, reproduce
from physlib.searches import Search

BASE = recipes["physlib"].override("dataset=digits", "epochs=1", "hidden=8")
SMALL = (BASE.replace(name="small-a"), BASE.replace(name="small-b", temperature=1e-4))
BAD = BASE.replace(name="bad", network="mlp", loss="cross-entropy", optimizer="sgd", lr=1e30)


def small(_):
    return SMALL


def first(_):
    return (SMALL[0], BAD)


def second(lookup):
    """Depends on what the first one found."""
    accuracy = lookup(SMALL[0]).final("test_accuracy")
    return (SMALL[0], BASE.replace(name="dependent", lr=1e-3 * (1 + accuracy)))


SEARCH = Search("small", {"temperature": "(0.0, 0.0001)"}, SMALL)
KNOWN = {"small": Experiment("small", "?", 2, small, searches=(SEARCH,))}
CHAIN = {
    "first": Experiment("first", "?", 1, first),
    "second": Experiment("second", "?", 2, second, needs="first"),
}


def run(results, **options):
    return reproduce(results=results, **{"jobs": 1, "progress": False, "known": KNOWN, **options})


def values(results):
    """The bytes of every value on record."""
    return {str(p.relative_to(results)): p.read_bytes() for p in results.rglob("values.csv")}


def deadly_record(profile, task):
    """In place of the work of a worker: one run kills it."""
    recipe, seed = task
    if (recipe.name, seed) == ("small-b", 1):
        signal.raise_signal(signal.SIGKILL)
    return record_of(recipe, seed, profile)
