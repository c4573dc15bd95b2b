"""Input expansion: more inputs, and not one bit more of information."""

import torch
from torch import Tensor

from physlib.checks import require_integer, require_number
from physlib.tensors import require_floats


def expand_image(x: Tensor, factor: int, constant: float = 0.0) -> Tensor:
    r"""Spread the pixels evenly over an image K times as wide and high, a constant between them.

    .. math::
        y_{Ki,\,Kj} = x_{ij}, \qquad y = c \text{ elsewhere}

    Args:
        x: images, floating point.
        factor: K, at least 1; 1 returns a copy.
        constant: c, in the unit of the pixels.

    Shape:
        (..., H, W) to (..., KH, KW); no axis may be empty.

    Units:
        Those of the pixels.

    Raises:
        TypeError, ValueError: K or c outside its range, or an image that is empty or no image.

    Source:
        Zhang et al. 2024 (arXiv 2409.06402).

    Example:
        >>> expand_image(torch.ones(1, 1), 2, 0.5)
        tensor([[1.0000, 0.5000],
                [0.5000, 0.5000]])
    """
    require_floats("x", x, "(…, H, W)")
    factor = require_integer("factor", factor, low=1)
    constant = require_number("constant", constant)
    *rest, height, width = x.shape
    y = x.new_full((*rest, factor * height, factor * width), constant)
    y[..., ::factor, ::factor] = x
    return y


def upsample_nearest(x: Tensor, factor: int) -> Tensor:
    """As many inputs as `expand_image` has, with each pixel repeated instead of constants.

    Shape:
        (..., H, W) to (..., KH, KW); no axis may be empty.

    Units:
        Those of the pixels.

    Raises:
        TypeError, ValueError: K is no integer from 1, or an image that is empty or no image.

    Source:
        A control of this book, at equal cost.
    """
    require_floats("x", x, "(…, H, W)")
    factor = require_integer("factor", factor, low=1)
    return x.repeat_interleave(factor, -2).repeat_interleave(factor, -1)


def append_constants(x: Tensor, count: int, constant: float) -> Tensor:
    """Vectors with m constants beside them: the expansion for inputs that are no images.

    Args:
        x: inputs, floating point.
        count: m, from 0.
        constant: c, in the unit of the inputs.

    Shape:
        (..., I) to (..., I + m); no axis may be empty.

    Units:
        Those of the inputs.

    Raises:
        TypeError, ValueError: m or c outside its range, or no vectors.

    Source:
        Zhang et al. 2024 (arXiv 2409.06402).
    """
    require_floats("x", x, "(…, I)")
    count = require_integer("count", count, low=0)
    constant = require_number("constant", constant)
    return torch.cat([x, x.new_full((*x.shape[:-1], count), constant)], dim=-1)


def expanded_pixels(height: int, width: int, factor: int) -> Tensor:
    """Which inputs of the flattened expanded image are pixels: a mask of shape (K²HW,), bool.

    Raises:
        TypeError, ValueError: an argument is no integer from 1.
    """
    height = require_integer("height", height, low=1)
    width = require_integer("width", width, low=1)
    return expand_image(torch.ones(height, width), factor, 0.0).flatten().bool()
