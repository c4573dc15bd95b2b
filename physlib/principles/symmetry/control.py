"""What an expanded dense layer is: the layer without the expansion, at other learning rates."""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from physlib import theory
from physlib.checks import require_integer, require_number, shown


class Control(NamedTuple):
    """A layer on the pixels alone, and by which factors its learning rates are larger."""

    layer: nn.Linear
    weight_rate: float
    bias_rate: float

    def parameter_groups(self, lr: float, weight_decay: float = 0.0) -> list[dict[str, object]]:
        """The layer's parameters as torch's optimizers take them, for a step of `lr`.

        Decay goes by the product of rate and coefficient, and must not go faster with the rate.
        """
        rates = (self.layer.weight, self.weight_rate), (self.layer.bias, self.bias_rate)
        return [
            {"params": [p], "lr": rate * lr, "weight_decay": weight_decay / rate}
            for p, rate in rates
        ]


def bias_control(layer: nn.Linear, pixels: Tensor, constant: float) -> Control:
    r"""The dense layer on pixels that trains as `layer` does on pixels and constants.

    With the weights U of the m constants, the layer sees them only through its effective bias,

    .. math::
        b' = b + c \sum_j U_j, \qquad
        \Delta b' = -\alpha\,(1 + m c^2)\,\partial L/\partial b,

    so the constants are a bias with another initial variance and another learning rate. It is
    exact for optimizers whose step is linear in gradients and parameters: gradient descent with
    momentum and weight decay. It is not for Adam.

    Args:
        layer: with bias, on the expanded input.
        pixels: mask over the layer's inputs: which of them are pixels.
        constant: c.

    Shape:
        A layer (O, I) with I inputs that are pixels, of the I + m that `layer` has.

    Units:
        The factors are dimensionless.

    Raises:
        TypeError, ValueError: a layer without bias, a mask of another shape or without a pixel.

    Source:
        This book, in the chapter on symmetry breaking.
    """
    _require_bias(layer)
    if not isinstance(pixels, Tensor):
        raise TypeError(f"pixels must be a mask, a tensor, got {shown(pixels)}")
    if pixels.dtype != torch.bool or pixels.shape != (layer.in_features,) or not pixels.any():
        raise ValueError(
            f"pixels must be a mask of shape ({layer.in_features},) that holds one at least, "
            f"got {pixels.dtype} of shape {tuple(pixels.shape)}"
        )
    constant = require_number("constant", constant)
    with torch.no_grad():
        constants = layer.weight[:, ~pixels]
        bias = layer.bias + constant * constants.sum(dim=1)
        control = _linear(layer.weight[:, pixels], bias)
    return Control(control, 1.0, theory.bias_rate_factor(constants.shape[1], constant))


def nearest_control(layer: nn.Linear, height: int, width: int, factor: int) -> Control:
    r"""The dense layer on pixels that trains as `layer` does on each pixel repeated K² times.

    Its weight is the sum of the K² copies, so that it learns K² times as fast, and its initial
    variance is K² times theirs.

    Args:
        layer: with bias, on the upsampled image.
        height: of the image.
        width: of the image.
        factor: K.

    Shape:
        A layer (O, HW), of the (O, K²HW) that `layer` has.

    Units:
        The factors are dimensionless.

    Raises:
        TypeError, ValueError: a layer without bias, or of another size than that of the image.

    Source:
        This book.
    """
    factor = require_integer("factor", factor, low=1)
    size = require_integer("height", height, low=1) * require_integer("width", width, low=1)
    _require_bias(layer)
    if layer.in_features != factor**2 * size:
        raise ValueError(f"layer must have {factor**2 * size} inputs, got {layer.in_features}")
    with torch.no_grad():
        copies = layer.weight.view(-1, height, factor, width, factor)
        control = _linear(copies.sum(dim=(2, 4)).flatten(1), layer.bias)
    return Control(control, float(factor**2), 1.0)


def _require_bias(layer: nn.Linear) -> None:
    if not isinstance(layer, nn.Linear):
        raise TypeError(f"layer must be an nn.Linear, got {shown(layer)}")
    if layer.bias is None:
        raise ValueError("layer must have a bias, got one without")


def _linear(weight: Tensor, bias: Tensor) -> nn.Linear:
    """A layer of these numbers; drawing its own would move the generator."""
    rows, columns = weight.shape
    layer: nn.Linear = nn.utils.skip_init(
        nn.Linear, columns, rows, dtype=weight.dtype, device=weight.device
    )
    layer.weight.copy_(weight)
    layer.bias.copy_(bias)
    return layer
