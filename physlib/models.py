"""The networks: the post's, and the multilayer perceptron it is compared with."""

import itertools
from collections.abc import Sequence
from typing import Literal, get_args

from torch import nn

from physlib.checks import LARGEST_SIZE, require_choice, require_integer, require_truth, shown
from physlib.components.hyperbolic import HyperbolicLinear, Ramp

ACTIVATIONS: dict[str, type[nn.Module]] = {
    "rrelu": nn.RReLU,
    "mish": nn.Mish,
    "relu": nn.ReLU,
    "identity": nn.Identity,
}


Layer = Literal["hyperbolic", "linear"]


class ExperimentalNet(nn.Sequential):
    """Hyperbolic layers, each followed by the activation, the last one too.

    Batch normalisation stands between a layer and its activation, but for the last of several
    layers.

    Args:
        widths: features from input to output, at least two numbers; 784, 156, 10 by default.
        activation: ``"rrelu"``, ``"mish"``, ``"relu"`` or ``"identity"``.
        batch_norm: whether to normalise at all.
        ramp: see `HyperbolicLinear`.
        beta: initial β of every layer.
        layer: ``"hyperbolic"``, or ``"linear"`` for the control that differs in nothing else:
            no bias, and the same initial weights from the same seed, without the gain.

    Shape:
        (B, widths[0]) to (B, widths[-1]).

    Units:
        None: pixels in, activations out, the loss forgets their scale.

    Raises:
        TypeError, ValueError: an argument of the wrong type or outside its range.

    Source:
        The later revision of the post; the post itself gives only the layer.

    Example:
        >>> import torch
        >>> net = ExperimentalNet((784, 156, 10))
        >>> net(torch.randn(32, 784)).shape
        torch.Size([32, 10])
        >>> [type(module).__name__ for module in net]
        ['HyperbolicLinear', 'BatchNorm1d', 'RReLU', 'HyperbolicLinear', 'RReLU']
    """

    def __init__(
        self,
        widths: Sequence[int] = (784, 156, 10),
        *,
        activation: str = "rrelu",
        batch_norm: bool = True,
        ramp: Ramp = "index",
        beta: float = 1e-3,
        layer: Layer = "hyperbolic",
    ) -> None:
        _check_widths(widths)
        require_truth("batch_norm", batch_norm)
        require_choice("layer", layer, get_args(Layer))
        require_choice("activation", activation, ACTIVATIONS)
        modules: list[nn.Module] = []
        layers = list(itertools.pairwise(widths))
        for position, (fan_in, fan_out) in enumerate(layers, start=1):
            if layer == "hyperbolic":
                modules.append(HyperbolicLinear(fan_in, fan_out, beta=beta, ramp=ramp))
            else:
                modules.append(_linear(fan_in, fan_out))
            if batch_norm and (position < len(layers) or len(layers) == 1):
                modules.append(nn.BatchNorm1d(fan_out))
            modules.append(ACTIVATIONS[activation]())
        super().__init__(*modules)


class MLP(nn.Sequential):
    """The baseline: linear layers with ReLU between them, and logits out.

    Args:
        widths: features from input to output, at least two numbers; 784, 156, 10 by default.

    Shape:
        (B, widths[0]) to (B, widths[-1]).

    Units:
        Logits: natural logarithms of odds, up to a constant.

    Raises:
        TypeError, ValueError: widths are no integers from 1, or fewer than two.

    Source:
        The "traditional neural network" of the post's table, which says no more of it.

    Example:
        >>> import torch
        >>> MLP((784, 156, 10))(torch.randn(32, 784)).shape
        torch.Size([32, 10])
    """

    def __init__(self, widths: Sequence[int] = (784, 156, 10)) -> None:
        _check_widths(widths)
        modules: list[nn.Module] = []
        for fan_in, fan_out in itertools.pairwise(widths):
            modules += [nn.Linear(fan_in, fan_out), nn.ReLU()]
        super().__init__(*modules[:-1])


def parameter_count(model: nn.Module) -> int:
    """How many numbers training may change."""
    return sum(p.numel() for p in model.parameters() if p.requires_grad)


def _linear(fan_in: int, fan_out: int) -> nn.Linear:
    """A linear map without bias, initialised as the post initialises its layer."""
    linear: nn.Linear = nn.utils.skip_init(nn.Linear, fan_in, fan_out, bias=False)
    nn.init.xavier_normal_(linear.weight)
    return linear


def _check_widths(widths: Sequence[int]) -> None:
    if not isinstance(widths, Sequence):
        raise TypeError(f"widths must be integers in a sequence, got {shown(widths)}")
    if len(widths) < 2:
        raise ValueError(f"widths must name at least input and output, got {tuple(widths)}")
    for width in widths:
        require_integer("widths", width, low=1, high=LARGEST_SIZE)
