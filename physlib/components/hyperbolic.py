"""The layer: a linear map whose weights a hyperbolic rotation mixes with the input."""

from collections.abc import Callable
from typing import Literal, Self, get_args

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from physlib import theory
from physlib.checks import LARGEST_SIZE, require_choice, require_integer, require_number, shown
from physlib.components.layer_by_hand import LayerByHand, applies, scaled_input

Ramp = Literal["index", "normalised", "ones"]


def ramp_vector(kind: Ramp, features: int) -> Tensor:
    r"""The fixed vector a, shape (features,), float32.

    ``"index"`` is the printed :math:`a_i = i`; ``"normalised"`` is :math:`i/(I-1)`, the same
    shape on a scale of one; ``"ones"`` treats all inputs alike.
    """
    require_choice("ramp", kind, get_args(Ramp))
    require_integer("features", features, low=1, high=LARGEST_SIZE)
    if kind == "ones":
        return torch.ones(features, dtype=torch.float32)
    index = torch.arange(features, dtype=torch.float32)
    return index if kind == "index" else index / max(features - 1, 1)


def hyperbolic_linear(
    x: Tensor, weight: Tensor, beta: Tensor, t: Tensor, *, ramp: Ramp | Tensor = "index"
) -> Tensor:
    r"""The printed layer, factored: the weights' gain moves onto the input.

    .. math::
        y = \bigl(x \odot (a\cosh 5\beta + t(x)\sinh 5\beta)\bigr) W_0^\top,
        \qquad t(x) = t\,\sigma(\langle x\rangle)

    This is the post's :math:`W(x)\,x` with
    :math:`W(x) = W_0 \odot (a\cosh 5\beta + t(x)\sinh 5\beta)`: the bracket scales columns of
    :math:`W_0`, which is scaling the input, and no (B, O, I) tensor arises.

    The bracket is computed in float32 at least, under autocast too, since half precision can
    not tell :math:`a_i` from :math:`a_{i+1}`; the matrix product is in the dtype of x, or in
    autocast's. The rapidity is clamped to ±log(largest number / I), see
    `theory.rapidity_limit`: a finite bracket as long as :math:`|t(x)| \le I`, and no gradient
    for β beyond. NaN stays NaN.

    Args:
        x: input, shape (..., I), floating point, of the weight's dtype but under autocast.
        weight: :math:`W_0`, shape (O, I).
        beta: rapidity over five, scalar tensor.
        t: strength of the input-dependent part, scalar tensor.
        ramp: the vector a, by name (see `ramp_vector`) or as a tensor of shape (I,).

    Returns:
        Output of shape (..., O).

    Raises:
        TypeError: an argument is no tensor; x is not floating point, or not of the weight's dtype
            without autocast.
        ValueError: shapes or devices do not match, or an unknown ramp.

    Units:
        Those of weight times x; β, t and the ramp are dimensionless.

    Source:
        The post, "Dynamic Weight Modification"; the factored form is this book's.

    Example:
        At β = 0 the ramp is all that is left, and input 0 is silent: 0 · 1 + 1 · 1 + 2 · 1.

        >>> import torch
        >>> x, weight = torch.ones(1, 3), torch.ones(1, 3)
        >>> hyperbolic_linear(x, weight, torch.tensor(0.0), torch.tensor(1.0))
        tensor([[3.]])
    """
    _check(x, weight, beta, t)
    features = weight.shape[1]
    dtype = torch.promote_types(weight.dtype, torch.float32)  # of the gain
    if not isinstance(ramp, Tensor):
        ramp = ramp_vector(ramp, features).to(weight.device)
    elif ramp.shape != (features,):
        raise ValueError(f"ramp must have shape ({features},), got {tuple(ramp.shape)}")
    ramp, limit = ramp.to(dtype), beta_limit(dtype, features)
    if applies(x, weight, beta, t, ramp):
        y: Tensor = LayerByHand.apply(x, weight, beta, t, ramp, limit)  # the same, and faster
        return y
    return F.linear(scaled_input(x, beta, t, ramp, limit).to(x.dtype), weight)


def _check(x: Tensor, weight: Tensor, beta: Tensor, t: Tensor) -> None:
    """What can be known without reading a value."""
    for name, value in (("x", x), ("weight", weight), ("beta", beta), ("t", t)):
        if not isinstance(value, Tensor):
            raise TypeError(f"{name} must be a tensor, got {shown(value)}")
    if weight.dim() != 2 or x.dim() == 0 or x.shape[-1] != weight.shape[1] or not weight.numel():
        raise ValueError(
            "x must have shape (..., I) and weight (O, I), I and O at least 1, "
            f"got {tuple(x.shape)} and {tuple(weight.shape)}"
        )
    if beta.dim() or t.dim():
        raise ValueError(
            f"beta and t must be scalars, of shape (), got {tuple(beta.shape)} and {tuple(t.shape)}"
        )
    if not x.is_floating_point():
        raise TypeError(f"x must be a floating-point tensor, got {x.dtype}")
    if x.dtype != weight.dtype and not torch.is_autocast_enabled(x.device.type):
        raise TypeError(f"x must have the weight's dtype, {weight.dtype}, got {x.dtype}")
    if x.device != weight.device:
        raise ValueError(f"x must be on the weight's device, {weight.device}, got {x.device}")


def beta_limit(dtype: torch.dtype, features: int) -> float:
    """The largest β that `hyperbolic_linear` does not clamp; dtype is that of the gain."""
    return theory.rapidity_limit(torch.finfo(dtype).max, features) / 5


class HyperbolicLinear(nn.Module):
    """`hyperbolic_linear` with parameters ``weight`` (O, I), ``beta`` () and ``t`` ().

    Args:
        in_features: I, at least 1.
        out_features: O, at least 1.
        beta: initial β, within `beta_limit`: ±16.4 for 784 inputs.
        ramp: ``"index"`` (printed), ``"normalised"`` or ``"ones"``.

    Shape:
        (..., I) to (..., O).

    Units:
        Those of weight times input; β, t and the ramp are dimensionless.

    Raises:
        TypeError, ValueError: an argument of the wrong type or outside its range.

    Source:
        The post, "Dynamic Weight Modification".

    Example:
        Two numbers more than a linear layer without bias.

        >>> import torch
        >>> layer = HyperbolicLinear(784, 156)
        >>> layer(torch.randn(32, 784)).shape
        torch.Size([32, 156])
        >>> sum(p.numel() for p in layer.parameters()) - 784 * 156
        2
    """

    ramp: Tensor

    def __init__(
        self, in_features: int, out_features: int, *, beta: float = 1e-3, ramp: Ramp = "index"
    ) -> None:
        super().__init__()
        require_integer("in_features", in_features, low=1, high=LARGEST_SIZE)
        require_integer("out_features", out_features, low=1, high=LARGEST_SIZE)
        limit = beta_limit(torch.float32, in_features)
        require_number("beta", beta, low=-limit, high=limit)
        self.in_features, self.out_features = in_features, out_features
        self.initial_beta, self.ramp_kind = float(beta), ramp
        self.weight = nn.Parameter(torch.empty(out_features, in_features))
        self.beta = nn.Parameter(torch.empty(()))
        self.t = nn.Parameter(torch.empty(()))
        self.register_buffer("ramp", ramp_vector(ramp, in_features), persistent=False)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Xavier-normal weight, β as given, t = 1: the post's initial values; and the ramp."""
        nn.init.xavier_normal_(self.weight)
        nn.init.constant_(self.beta, self.initial_beta)
        nn.init.ones_(self.t)
        self.ramp.copy_(ramp_vector(self.ramp_kind, self.in_features))

    def _apply(self, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> Self:
        """Cast and move, but never round the ramp: bfloat16 takes 783 for 784."""
        ramp = self.ramp
        super()._apply(fn, recurse)
        if torch.promote_types(self.ramp.dtype, torch.float32) != self.ramp.dtype:
            self.ramp = ramp.to(self.ramp.device, torch.float32)
        return self

    def forward(self, x: Tensor) -> Tensor:
        """Map x (..., I) to (..., O)."""
        return hyperbolic_linear(x, self.weight, self.beta, self.t, ramp=self.ramp)

    def extra_repr(self) -> str:
        """The shape and the ramp, as `print` shows them."""
        return f"{self.in_features}, {self.out_features}, ramp={self.ramp_kind!r}"
