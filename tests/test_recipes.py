import dataclasses
import math

import numpy as np
import pytest

from physlib import Recipe, recipes
from physlib.building import build_optimizer
from physlib.models import MLP


def test_the_named_recipes_of_the_book():
    assert set(recipes) == {
        "physlib",
        "post",
        "revision-1layer",
        "revision-2layer",
        "mlp",
        "mlp-adam",
    }
    assert all(recipe.name == name for name, recipe in recipes.items())
    post = recipes["post"]
    assert (post.alpha, post.gamma, post.axis) == (0.0035, 5.0, "class")
    revision = recipes["revision-2layer"]
    assert (revision.alpha, revision.gamma, revision.beta) == (0.0095, 6.5, 1e-3)
    assert (revision.lr, revision.damping, revision.temperature) == (1e-2, 1e-3, 8e-3)
    assert recipes["mlp"].hidden == recipes["physlib"].hidden
    assert all(recipe.pixel_permutation == 0 for recipe in recipes.values())


def test_a_recipe_is_frozen_plain_data():
    recipe = recipes["physlib"]
    with pytest.raises(dataclasses.FrozenInstanceError):
        recipe.lr = 1.0
    assert dataclasses.replace(recipe) == recipe
    assert hash(recipe) == hash(dataclasses.replace(recipe))


def test_settings_are_read_from_text():
    changed = recipes["physlib"].override(
        "lr=3e-3", "epochs=7", "hidden=64,32", "batch_norm=false", "axis=batch", "pixel_range=0,1"
    )
    assert (changed.lr, changed.epochs, changed.hidden) == (3e-3, 7, (64, 32))
    assert (changed.batch_norm, changed.axis, changed.pixel_range) == (False, "batch", (0.0, 1.0))
    assert recipes["physlib"].override("hidden=").hidden == ()
    assert recipes["physlib"].override("pixel_permutation=3").pixel_permutation == 3
    assert recipes["physlib"].replace(lr=3e-3) == recipes["physlib"].override("lr=3e-3")


def test_numbers_of_numpy_become_plain_ones():
    changed = dataclasses.replace(
        recipes["physlib"], lr=np.float64(0.01), epochs=np.int64(3), hidden=(np.int32(8),), beta=0
    )
    values = changed.lr, changed.epochs, changed.hidden[0], changed.beta
    assert [type(value) for value in values] == [float, int, int, float]
    assert changed == recipes["physlib"].override("lr=0.01", "epochs=3", "hidden=8", "beta=0")


@pytest.mark.parametrize(
    ("assignment", "message"),
    [
        ("lr", "must read FIELD=VALUE, got 'lr'"),
        ("speed=3", "field of a setting must be one of .* got 'speed'"),
        ("lr=fast", "lr must be of type float, got 'fast'"),
        ("epochs=2.5", "epochs must be of type int, got '2.5'"),
        ("batch_norm=maybe", "batch_norm must be of type bool, got 'maybe'"),
        ("hidden=a,b", "hidden must be of type .*int.* got 'a,b'"),
        ("hidden=0", "hidden must be at least 1, got 0"),
        ("pixel_range=1", r"pixel_range must be \(black, white\)"),
        ("axis=time", "axis must be one of 'class', 'batch', got 'time'"),
        ("maximum=class", "maximum must be one of 'sample', 'batch', got 'class'"),
        ("quartic=plus", "quartic must be one of 'printed', 'stable', got 'plus'"),
        ("wrap=maybe", "wrap must be of type bool, got 'maybe'"),
        ("batch_size=1", "batch_size must be at least 2, got 1"),
        ("pixel_permutation=-1", "pixel_permutation must be at least 0, got -1"),
        ("epochs=0", "epochs must be at least 1, got 0"),
        ("temperature=-1", r"temperature .* \[0, inf\), got -1.0"),
        ("damping=0", r"damping .* \(0, 1\], got 0.0"),
        ("beta=nan", "beta must be finite"),
        ("layer=curved", "layer must be one of 'hyperbolic', 'linear', got 'curved'"),
        ("validation=-1", "validation must be at least 0, got -1"),
        ("label_noise=2", r"label_noise .* \[0, 1\], got 2.0"),
    ],
)
def test_bad_settings_are_named(assignment, message):
    with pytest.raises(ValueError, match=message):
        recipes["physlib"].override(assignment)


def test_bad_fields_are_named():
    with pytest.raises(ValueError, match="recipe must be one of 'physlib', .* got 'phys'"):
        recipes["phys"]
    with pytest.raises(TypeError, match="hidden must be a tuple"):
        Recipe(name="x", hidden=[156])
    with pytest.raises(TypeError, match="batch_norm must be true or false, got 1"):
        Recipe(name="x", batch_norm=1)
    with pytest.raises(TypeError, match="wrap must be true or false, got 'no'"):
        Recipe(name="x", wrap="no")


def test_forgetting_the_velocity_keeps_the_size_of_the_noise():
    recipe = recipes["revision-2layer"].override("velocity=forgotten")
    group = build_optimizer(recipe, MLP((2, 2)), seed=0).param_groups[0]
    assert group["damping"] == 1
    noise = math.sqrt(2 * group["damping"] * group["lr"] * group["temperature"])
    assert noise == pytest.approx(math.sqrt(2 * recipe.damping * recipe.lr * recipe.temperature))
    assert noise == pytest.approx(4e-4)
