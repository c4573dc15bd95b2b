"""Every field of a recipe reaches what it is for; each is set off its default."""

import torch
from torch import nn

from physlib import HyperbolicLinear, Langevin, recipes
from physlib.building import build_loss, build_model, build_optimizer
from physlib.models import MLP


def test_the_network():
    recipe = recipes["physlib"].override(
        "hidden=8,6", "activation=mish", "batch_norm=true", "ramp=ones", "beta=0.25"
    )
    net = build_model(recipe)
    layers = [m for m in net if isinstance(m, HyperbolicLinear)]
    shapes = [tuple(layer.weight.shape) for layer in layers]
    assert shapes == [(8, 784), (6, 8), (10, 6)]
    assert all(layer.beta.item() == 0.25 and layer.ramp.eq(1).all() for layer in layers)
    assert sum(isinstance(m, nn.Mish) for m in net) == 3
    assert sum(isinstance(m, nn.BatchNorm1d) for m in net) == 2
    bare = build_model(recipe.override("batch_norm=false"))
    assert not any(isinstance(m, nn.BatchNorm1d) for m in bare)


def test_the_linear_control_starts_from_the_same_weights_and_has_no_gain():
    recipe = recipes["physlib"].override("hidden=8", "batch_norm=true")
    torch.manual_seed(4)
    ours = build_model(recipe)
    torch.manual_seed(4)
    control = build_model(recipe.override("layer=linear"))
    assert [type(m) for m in control] == [
        nn.Linear if isinstance(m, HyperbolicLinear) else type(m) for m in ours
    ]
    assert all(layer.bias is None for layer in control if isinstance(layer, nn.Linear))
    assert torch.equal(ours[0].weight, control[0].weight)
    assert torch.equal(ours[-2].weight, control[-2].weight)


def test_the_baseline():
    net = build_model(recipes["mlp"].override("hidden=8,6"))
    assert isinstance(net, MLP)
    shapes = [tuple(m.weight.shape) for m in net if isinstance(m, nn.Linear)]
    assert shapes == [(8, 784), (6, 8), (10, 6)]


def test_the_loss():
    settings = "alpha=0.1", "gamma=2", "stiffness=0.3", "axis=batch"
    loss = build_loss(recipes["physlib"].override(*settings))
    assert (loss.alpha, loss.gamma, loss.stiffness, loss.axis) == (0.1, 2.0, 0.3, "batch")
    assert (loss.maximum, loss.wrap, loss.quartic) == ("sample", True, "printed")
    readings = "maximum=batch", "wrap=false", "quartic=stable"
    loss = build_loss(recipes["physlib"].override(*readings))
    assert (loss.maximum, loss.wrap, loss.quartic) == ("batch", False, "stable")
    assert isinstance(build_loss(recipes["mlp"]), nn.CrossEntropyLoss)


def test_the_optimizers():
    net = nn.Linear(2, 2)
    recipe = recipes["physlib"].override(
        "lr=0.02", "damping=0.3", "temperature=0.004", "scheme=baoab"
    )
    langevin = build_optimizer(recipe, net, seed=9)
    group = langevin.param_groups[0]
    assert isinstance(langevin, Langevin)
    assert (group["lr"], group["damping"], group["temperature"]) == (0.02, 0.3, 0.004)
    assert (langevin.seed, langevin.scheme) == (9, "baoab")

    sgd = build_optimizer(recipes["mlp"].override("lr=0.02", "damping=0.3"), net, seed=0)
    assert isinstance(sgd, torch.optim.SGD)
    assert (sgd.param_groups[0]["lr"], sgd.param_groups[0]["momentum"]) == (0.02, 0.7)

    adam = build_optimizer(recipes["mlp-adam"].override("lr=0.02"), net, seed=0)
    assert isinstance(adam, torch.optim.Adam)
    assert adam.param_groups[0]["lr"] == 0.02


def test_the_settings_that_pages_speak_of():
    physlib, mlp, adam = (recipes[name] for name in ("physlib", "mlp", "mlp-adam"))
    assert (physlib.lr, physlib.damping, physlib.temperature) == (1e-3, 0.1, 1e-6)
    assert (physlib.batch_size, physlib.pixel_range, physlib.epochs) == (128, (-1.0, 1.0), 5)
    assert (mlp.loss, mlp.optimizer, mlp.lr, mlp.damping) == ("cross-entropy", "sgd", 0.01, 0.1)
    assert (adam.optimizer, adam.lr) == ("adam", 1e-3)
