import itertools
import math
from collections import Counter

import pytest

from physlib import recipes
from physlib.building import build_model
from physlib.experiments import CELLS, SMALLER, TUNING, experiments, post
from physlib.models import MLP, parameter_count
from physlib.planning import planned, seconds, stages, with_needs
from physlib.records import Record
from physlib.searches import Choice, LogUniform, Search, grid_search, random_search
from physlib.studies import Study

BASE = recipes["physlib"]


def record(recipe, accuracy, status="completed"):
    return Record(recipe, 0, [(1, "test_accuracy", accuracy)], {"status": status})


def built(name, best=0):
    """The recipes of an experiment, if the trial number `best` of every search is the best."""

    def lookup(recipe):
        return record(recipe, 0.9 if recipe.name.endswith(f"-{best:02d}") else 0.5)

    return experiments[name].build(lookup)


def test_every_name_is_of_one_recipe_and_fits_a_folder():
    names = Counter(recipe.name for e in experiments for recipe in built(e))
    assert set(names.values()) == {1}
    assert len(names) > 100


def test_headline_experiments_have_the_seeds_that_results_need():
    assert {e.name: e.seeds for e in experiments.values() if e.seeds > 1} == {
        "headline": 10,
        "ablation": 10,
        "revision": 5,
        "noise": 5,
        "temperature": 5,
        "terms": 5,
        "uncertainty-networks": 5,
        "uncertainty-training": 5,
        "twins": 10,
        "twin-outliers": 10,
        "symmetry": 5,
        "conjugates": 5,
        "codes": 5,
    }


def test_searches_never_see_the_test_set():
    for name in ("tuning", "rates"):
        assert all(recipe.validation == 10_000 for recipe in built(name))
    for name in ("headline", "ablation", "noise"):
        assert all(recipe.validation == 0 for recipe in built(name))


def test_every_method_is_tuned_with_the_same_effort():
    efforts = {(len(s.trials), s.trials[0].epochs, s.trials[0].dataset) for s in TUNING.values()}
    assert efforts == {(12, 5, "mnist")}
    for search in TUNING.values():
        rates = [r.lr for r in search.trials]
        assert max(rates) / min(rates) > 30  # of the three decades that each may search


def test_the_baselines_have_the_sizes_that_they_are_named_for():
    ours = parameter_count(build_model(BASE))
    counts = {h: parameter_count(MLP((784, h, 10))) for h in range(100, 200)}
    assert min(counts, key=lambda h: abs(counts[h] - ours)) == 156 == BASE.hidden[0]
    assert min(counts, key=lambda h: abs(counts[h] - ours / 1.2)) == SMALLER
    assert (ours, counts[156], counts[SMALLER]) == (124_180, 124_030, 103_360)


def test_the_tuned_recipe_is_the_best_trial_trained_longer():
    best = {r.name: r for r in built("headline", best=7)}
    trial = TUNING["experimental"].trials[7]
    expected = trial.replace(name="headline-experimental-tuned", epochs=100, validation=0)
    assert best["headline-experimental-tuned"] == expected
    assert best["headline-mlp-untuned"].lr == recipes["mlp"].lr


def test_the_ablation_is_complete_and_its_cells_differ_in_what_is_named():
    cells = {(r.loss, r.layer, r.optimizer): r for r in built("ablation")}
    assert len(cells) == 8 == len(CELLS)
    fields = "loss", "layer", "optimizer", "name"
    for a, b in itertools.combinations(cells.values(), 2):
        assert a.replace(**{f: getattr(b, f) for f in fields}) == b


def test_the_readings_are_those_of_the_printed_settings():
    for layers in (1, 2):
        for recipe in built("readings"):
            printed = recipes[f"revision-{layers}layer"]
            for field in ("alpha", "gamma", "lr", "damping", "temperature", "stiffness"):
                assert getattr(recipe, field) == getattr(printed, field)
    kept = {r.name: r for r in built("revision")}
    damped, printed = kept["revision-2layer-kept-damped"], kept["revision-2layer-kept"]
    noise = math.sqrt(damped.damping * damped.temperature)
    assert noise == pytest.approx(math.sqrt(printed.damping * printed.temperature))


def test_random_draws_are_of_their_space_and_always_the_same():
    space = {"lr": LogUniform(1e-3, 1e1), "batch_size": Choice((64, 128))}
    search = random_search("s", BASE, space, trials=400, seed=1)
    assert search == random_search("s", BASE, space, trials=400, seed=1)
    assert search.trials[:3] != random_search("s", BASE, space, trials=3, seed=2).trials
    assert [r.name for r in search.trials[:2]] == ["s-00", "s-01"]
    rates = [math.log10(r.lr) for r in search.trials]
    assert -3 <= min(rates) < max(rates) <= 1
    # uniform over four decades: standard error of the mean 4/√12/√400
    assert sum(rates) / 400 == pytest.approx(-1, abs=3 * 4 / math.sqrt(12 * 400))
    batches = Counter(r.batch_size for r in search.trials)
    assert batches[64] == pytest.approx(200, abs=3 * 10)


def test_a_grid_has_every_combination():
    search = grid_search("g", BASE, {"lr": (1, 2), "epochs": (3, 4, 5)})
    assert [(r.lr, r.epochs) for r in search.trials] == list(itertools.product((1, 2), (3, 4, 5)))
    assert search.space == {"lr": "(1, 2)", "epochs": "(3, 4, 5)"}


def test_the_best_trial_is_the_first_of_the_most_accurate_that_did_not_diverge():
    search = grid_search("g", BASE, {"lr": (1, 2, 3, 4)})
    found = dict(zip(search.trials, (0.5, 0.9, 0.9, 0.99), strict=True))

    def lookup(recipe):
        return record(recipe, found[recipe], "diverged" if recipe.lr == 4 else "completed")

    assert search.best(lookup) == search.trials[1]
    with pytest.raises(ValueError, match="every trial of the search 'g' diverged"):
        search.best(lambda recipe: record(recipe, 0.5, "diverged"))


def test_what_is_needed_comes_first(tmp_path):
    first, rest = stages(with_needs(["headline", "terms"], experiments))
    assert [e.name for e in first] == ["tuning"]
    assert [e.name for e in rest] == ["headline", "terms"]
    plan = planned(first, tmp_path, "full", experiments)
    costs = [seconds(recipe) for recipe, _ in plan]
    assert costs == sorted(costs, reverse=True)
    assert len(plan) == 48


@pytest.mark.parametrize(
    ("hours", "names"), [(2, [e.name for e in post.EXPERIMENTS]), (3, [*experiments])]
)
def test_the_full_profile_fits_its_hours_on_two_cores(hours, names):
    """Two for the post alone, three with the principles: what README and running.md say."""
    total = sum(
        experiments[name].seeds * seconds(recipe)
        for name in names
        for recipe in built(name, best=2)
    )
    assert total / 2 < hours * 3600 * 0.75  # a quarter is left for a slower machine


def test_the_fast_profile_has_every_recipe_with_few_seeds_and_epochs():
    for experiment in experiments.values():
        assert len(experiment.seeds_in("fast")) == min(2, experiment.seeds)
        assert len(experiment.seeds_in("full")) == experiment.seeds
        for recipe in built(experiment.name):
            shrunk = experiment.recipe_in("fast", recipe)
            if isinstance(recipe, Study):
                settings = {**recipe.settings, **experiment.fast_settings}
                assert shrunk.settings == settings != recipe.settings
                continue
            assert shrunk.epochs <= 2
            assert shrunk.replace(epochs=recipe.epochs) == recipe
            assert experiment.recipe_in("full", recipe) == recipe


def test_a_search_is_plain_data():
    assert isinstance(TUNING["mlp"], Search)
    assert TUNING["mlp"].space["lr"] == "LogUniform(low=0.001, high=1)"
    assert TUNING["mlp"].space["seed"] == "2024"
