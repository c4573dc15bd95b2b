"""Input expansion and its exact controls."""

import copy
import math

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from physlib import theory
from physlib.principles.symmetry import (
    append_constants,
    bias_control,
    build_network,
    expand_image,
    expanded_pixels,
    nearest_control,
    training,
    upsample_nearest,
)
from physlib.principles.symmetry.networks import weight_matrices
from physlib.principles.symmetry.training import replica_study

SIDE, FACTOR, CONSTANT = 6, 2, 0.5
IMAGES = torch.rand(40, SIDE, SIDE, generator=torch.Generator().manual_seed(0)).double()
LABELS = torch.randint(10, (40,), generator=torch.Generator().manual_seed(1))


def two_layers(inputs, seed=0):
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return nn.Sequential(nn.Linear(inputs, 16), nn.Tanh(), nn.Linear(16, 10)).double()


def outputs_along_training(network, groups, x, steps=60, **options):
    """What the network says after every step of a run on minibatches."""
    optimizer = torch.optim.SGD(groups, lr=0.02, **options)
    said = []
    for step in range(steps):
        rows = torch.arange(10) + 10 * (step % 4)
        optimizer.zero_grad()
        F.cross_entropy(network(x[rows]), LABELS[rows]).backward()
        optimizer.step()
        said.append(network(x).detach().clone())
    return torch.stack(said)


def trained_as_control(network, control, x, **options):
    other = copy.deepcopy(network)
    other[0] = control.layer
    groups = control.parameter_groups(0.02, options.get("weight_decay", 0.0))
    groups = [*groups, {"params": other[2].parameters()}]
    return outputs_along_training(other, groups, x, **options)


@pytest.mark.parametrize("options", [{"momentum": 0.9}, {"momentum": 0.5, "weight_decay": 0.01}])
def test_constants_are_a_bias_along_a_whole_training_run(options):
    network = two_layers(FACTOR**2 * SIDE**2)
    pixels = expanded_pixels(SIDE, SIDE, FACTOR)
    control = bias_control(network[0], pixels, CONSTANT)
    assert control.bias_rate == 1 + 3 * SIDE**2 * CONSTANT**2
    wide = expand_image(IMAGES, FACTOR, CONSTANT).flatten(1)
    alike = trained_as_control(network, control, IMAGES.flatten(1), **options)
    said = outputs_along_training(network, network.parameters(), wide, **options)
    assert (said[-1] - said[0]).abs().max() > 0.1  # it has learned something
    assert (said - alike).abs().max() < 1e-6


def test_constants_beside_a_vector_are_the_same_bias():
    network = two_layers(SIDE**2 + 7, seed=3)
    pixels = torch.arange(SIDE**2 + 7) < SIDE**2
    control = bias_control(network[0], pixels, 0.8)
    wide = append_constants(IMAGES.flatten(1), 7, 0.8)
    alike = trained_as_control(network, control, IMAGES.flatten(1), momentum=0.9)
    said = outputs_along_training(network, network.parameters(), wide, momentum=0.9)
    assert (said - alike).abs().max() < 1e-6


def test_adam_tells_constants_from_a_bias():
    """Its step is no linear function of the gradient, so the control must fail, and does."""
    network = two_layers(FACTOR**2 * SIDE**2)
    control = bias_control(network[0], expanded_pixels(SIDE, SIDE, FACTOR), CONSTANT)
    narrow = copy.deepcopy(network)
    narrow[0] = control.layer
    inputs = expand_image(IMAGES, FACTOR, CONSTANT).flatten(1), IMAGES.flatten(1)
    said = []
    groups = [*control.parameter_groups(1e-3), {"params": narrow[2].parameters()}]
    for net, g, x in ((network, network.parameters(), inputs[0]), (narrow, groups, inputs[1])):
        optimizer = torch.optim.Adam(g, lr=1e-3)
        for _ in range(5):
            optimizer.zero_grad()
            F.cross_entropy(net(x), LABELS).backward()
            optimizer.step()
        said.append(net(x))
    assert (said[0] - said[1]).abs().max() > 1e-3


def test_nearest_upsampling_is_a_larger_rate_of_the_weights():
    network = two_layers(FACTOR**2 * SIDE**2)
    control = nearest_control(network[0], SIDE, SIDE, FACTOR)
    wide = upsample_nearest(IMAGES, FACTOR).flatten(1)
    alike = trained_as_control(network, control, IMAGES.flatten(1), momentum=0.9)
    said = outputs_along_training(network, network.parameters(), wide, momentum=0.9)
    assert (said - alike).abs().max() < 1e-6


def test_the_initial_bias_has_the_variance_of_the_closed_form():
    rows, count = 20_000, 3 * SIDE**2
    layer = nn.utils.skip_init(nn.Linear, 4 * SIDE**2, rows)
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        layer.weight.normal_(0, 0.2, generator=generator)
        layer.bias.normal_(0, 0.7, generator=generator)
    control = bias_control(layer, expanded_pixels(SIDE, SIDE, FACTOR), CONSTANT)
    expected = theory.bias_variance(0.7**2, 0.2**2, count, CONSTANT)
    error = math.sqrt(2 / rows)  # relative, of the variance of normal numbers
    assert control.layer.bias.var().item() == pytest.approx(expected, rel=4 * error)


def test_expanded_images_hold_the_pixels_and_the_constant():
    x = torch.arange(1.0, 7).view(1, 2, 3)
    y = expand_image(x, 3, -1.0)
    assert y.shape == (1, 6, 9)
    assert torch.equal(y[:, ::3, ::3], x)
    assert (y == -1).sum() == 54 - 6
    assert torch.equal(y.flatten()[expanded_pixels(2, 3, 3)], x.flatten())
    assert torch.equal(upsample_nearest(x, 2)[0, :2, :2], torch.ones(2, 2))
    assert torch.equal(expand_image(x, 1, 5.0), x)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: expand_image(IMAGES, 0), ValueError, "factor must be at least 1, got 0"),
        (lambda: expand_image(IMAGES, 1.5), TypeError, "factor must be an integer, got 1.5"),
        (lambda: expand_image(IMAGES, 2, math.nan), ValueError, "constant must be finite"),
        (
            lambda: expand_image(IMAGES[:0], 2),
            ValueError,
            r"not empty, got .*\(0, 6, 6\)",
        ),
        (lambda: upsample_nearest(IMAGES[0, 0], 2), ValueError, r"x must have shape \(…, H, W\)"),
        (
            lambda: expand_image(LABELS.view(5, 8), 2),
            TypeError,
            "x must be a floating-point",
        ),
        (lambda: append_constants(IMAGES, -1, 0.0), ValueError, "count must be at least 0, got -1"),
        (lambda: append_constants(IMAGES[:0], 1, 0.0), ValueError, "x must .* not empty"),
        (
            lambda: bias_control(nn.Linear(4, 2), torch.zeros(4, dtype=torch.bool), 1.0),
            ValueError,
            r"pixels must be a mask of shape \(4,\) that holds one",
        ),
        (
            lambda: bias_control(nn.Linear(4, 2, bias=False), torch.ones(4).bool(), 1.0),
            ValueError,
            "layer must have a bias",
        ),
        (
            lambda: nearest_control(nn.Linear(4, 2), 2, 2, 2),
            ValueError,
            "16 inputs, got 4",
        ),
        (lambda: build_network("cnn", 28, technique="mirror"), ValueError, "technique of a CNN"),
        (lambda: build_network("cnn", 6), ValueError, "side must be a multiple of 4"),
        (lambda: build_network("rnn", 28), ValueError, "architecture must be one of"),
    ],
)
def test_bad_input_is_named(call, error, words):
    with pytest.raises(error, match=words):
        call()


def test_the_mirrored_network_does_not_see_the_mirror():
    x = torch.rand(5, 28, 28)
    for technique, blind in (("mirror", True), ("none", False)):
        network = build_network("mlp", 28, technique=technique).eval()
        apart = (network(x) - network(x.flip(-1))).abs().max().item()
        assert (apart < 1e-6) == blind


def test_the_networks_have_the_layers_that_are_compared():
    sizes = [w.numel() for w in weight_matrices(build_network("cnn", 28, factor=2))]
    assert sizes == [36, 288, 3920]
    assert build_network("cnn", 28, factor=2)(torch.rand(3, 56, 56)).shape == (3, 10)
    for technique in ("none", "dropout", "batch-norm", "mirror", "ramp-index", "ramp-ones"):
        network = build_network("mlp", 8, technique=technique, factor=2, hidden=5)
        assert [tuple(w.shape) for w in weight_matrices(network)] == [(5, 256), (10, 5)]
        assert network(torch.rand(3, 16, 16)).shape == (3, 10)


def test_dropout_takes_half_of_the_hidden_units_while_it_trains():
    (dropout,) = (
        m for m in build_network("mlp", 8, technique="dropout").modules()
        if isinstance(m, nn.Dropout)
    )  # fmt: skip
    with torch.random.fork_rng():
        torch.manual_seed(0)
        kept = (dropout(torch.ones(100_000)) > 0).double().mean().item()
    assert kept == pytest.approx(0.5, abs=4 * 0.5 / math.sqrt(100_000))
    assert torch.equal(dropout.eval()(torch.ones(5)), torch.ones(5))


SETTINGS = {
    "dataset": "digits", "architecture": "mlp", "technique": "none", "fill": "constant",
    "factor": 2, "constant": 0.5, "hidden": 8, "images": 300, "validation": 100, "epochs": 2,
    "batch": 50, "momentum": 0.9, "rates": (0.003, 0.01), "replicas": 2,
}  # fmt: skip


def study(**changes):
    return {(s, m): v for s, m, v in replica_study(**{**SETTINGS, **changes}, seed=0)}


def test_the_study_of_the_control_is_that_of_the_expansion():
    expanded, control = study(), study(fill="bias-control")
    assert expanded[12, "lr"] == control[12, "lr"]
    assert expanded[12, "test_accuracy"] == pytest.approx(control[12, "test_accuracy"], abs=3 / 360)
    for step in (0, 1, 12):  # the second layers see the same
        assert expanded[step, "distance_2"] == pytest.approx(control[step, "distance_2"], rel=1e-3)
    assert expanded[0, "null_1"] < 0.7 * control[0, "null_1"]  # four times as many weights
    assert study() == expanded


def test_the_rate_is_the_one_that_all_replicas_learn_with(monkeypatch):
    """The first replica does best with the larger rate, at which the second collapses."""
    scores = iter([0.6, 0.6, 0.9, 0.1, 0.5, 0.7])  # two rates, two replicas; then on test images
    monkeypatch.setattr(training, "held_out_accuracy", lambda *_: next(scores))
    found = study(epochs=1)
    assert found[6, "lr"] == 0.003
    assert found[6, "test_accuracy"] == pytest.approx(0.6)


def test_a_rate_at_which_replicas_diverge_is_not_taken():
    assert study(rates=(0.01, 1e36), fill="none")[12, "lr"] == 0.01


def test_a_replica_that_diverges_is_not_a_number():
    found = study(rates=(1e36,), fill="none")
    assert math.isnan(found[12, "test_accuracy"])
    assert math.isnan(found[12, "distance_1"])
    assert math.isfinite(found[0, "distance_1"])
