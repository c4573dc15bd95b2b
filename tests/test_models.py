import pytest
import torch
from torch import nn

from physlib import MLP, ExperimentalNet, HyperbolicLinear
from physlib.models import parameter_count


def kinds(model):
    return [type(module).__name__ for module in model]


def test_two_layers_are_those_of_the_revision():
    net = ExperimentalNet((784, 156, 10))
    assert kinds(net) == ["HyperbolicLinear", "BatchNorm1d", "RReLU", "HyperbolicLinear", "RReLU"]
    assert net(torch.randn(4, 784)).shape == (4, 10)


def test_a_single_layer_is_normalised_itself():
    assert kinds(ExperimentalNet((784, 10))) == ["HyperbolicLinear", "BatchNorm1d", "RReLU"]
    bare = ExperimentalNet((784, 10), activation="identity", batch_norm=False)
    assert kinds(bare) == ["HyperbolicLinear", "Identity"]


def test_the_layer_adds_two_numbers_to_a_matrix():
    assert parameter_count(HyperbolicLinear(784, 156)) == 784 * 156 + 2
    assert parameter_count(ExperimentalNet()) == 784 * 156 + 156 * 10 + 2 * 2 + 2 * 156
    assert parameter_count(MLP()) == 784 * 156 + 156 + 156 * 10 + 10


def test_options_reach_the_layers():
    net = ExperimentalNet((5, 4, 3), activation="mish", ramp="ones", beta=0.5)
    layers = [m for m in net if isinstance(m, HyperbolicLinear)]
    assert all(layer.ramp.eq(1).all() and layer.beta.item() == 0.5 for layer in layers)
    assert sum(isinstance(m, nn.Mish) for m in net) == 2


@pytest.mark.parametrize("build", [ExperimentalNet, MLP])
@pytest.mark.parametrize(
    ("widths", "error", "message"),
    [
        ((784,), ValueError, "widths must name at least input and output"),
        ((784, 0), ValueError, "widths must be at least 1, got 0"),
        ((784, 1.5), TypeError, "widths must be an integer, got 1.5"),
    ],
)
def test_bad_widths_are_named(build, widths, error, message):
    with pytest.raises(error, match=message):
        build(widths)


def test_unknown_activations_are_named():
    with pytest.raises(ValueError, match="activation must be one of .* got 'gelu'"):
        ExperimentalNet(activation="gelu")
