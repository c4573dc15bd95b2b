"""The networks of many seeds as one: parameters and inputs have a leading axis, one slice a seed.

No slice sees another one. Names and order of the parameters are those of a single network, so
that a slice of the state is its state.
"""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from physlib.components.hyperbolic import HyperbolicLinear, beta_limit
from physlib.components.layer_by_hand import scaled_input


class _Stacked(nn.Module):
    """The parameters and buffers of S layers, each stacked to (S, …) under its own name."""

    def __init__(self, layers: Sequence[nn.Module]) -> None:
        super().__init__()
        for name, first in layers[0].state_dict(keep_vars=True).items():
            stack = torch.stack([layer.state_dict()[name] for layer in layers])
            if isinstance(first, nn.Parameter):
                self.register_parameter(name, nn.Parameter(stack))
            else:
                self.register_buffer(name, stack)


class _Linear(_Stacked):
    weight: Tensor
    bias: Tensor | None

    def __init__(self, layers: Sequence[Any]) -> None:
        super().__init__(layers)
        if layers[0].bias is None:
            self.bias = None

    def forward(self, x: Tensor) -> Tensor:  # (S, B, I) to (S, B, O)
        # (x Wᵀ)ᵀ: this way round the gradient of W comes in the layout of W, and is not copied
        if self.bias is None:
            return torch.bmm(self.weight, x.mT).mT
        return torch.baddbmm(self.bias.unsqueeze(2), self.weight, x.mT).mT


class _HyperbolicLinear(_Stacked):
    weight: Tensor
    beta: Tensor
    t: Tensor

    def __init__(self, layers: Sequence[Any]) -> None:
        super().__init__(layers)
        # the gain is in float32 at least, as in a single layer
        dtype = torch.promote_types(self.weight.dtype, torch.float32)
        self.ramp = layers[0].ramp.to(dtype)
        self.limit = beta_limit(dtype, layers[0].in_features)

    def forward(self, x: Tensor) -> Tensor:  # (S, B, I) to (S, B, O)
        """As `hyperbolic_linear`, with a β and a t for each network."""
        beta, t = self.beta[:, None, None], self.t[:, None, None]
        scaled = scaled_input(x, beta, t, self.ramp.to(x.device), self.limit)  # (S, B, I)
        return torch.bmm(self.weight, scaled.to(x.dtype).mT).mT


class _BatchNorm(_Stacked):
    running_mean: Tensor
    running_var: Tensor
    weight: Tensor
    bias: Tensor
    num_batches_tracked: Tensor

    def __init__(self, layers: Sequence[Any]) -> None:
        super().__init__(layers)
        self.momentum, self.eps = layers[0].momentum, layers[0].eps

    def forward(self, x: Tensor) -> Tensor:  # (S, B, O)
        seeds, samples, features = x.shape
        if self.training:
            self.num_batches_tracked.add_(1)
        y = F.batch_norm(
            x.transpose(0, 1).reshape(samples, -1),  # every feature of every seed is a channel
            self.running_mean.view(-1),
            self.running_var.view(-1),
            self.weight.view(-1),
            self.bias.view(-1),
            self.training,
            self.momentum,
            self.eps,
        )
        return y.view(samples, seeds, features).transpose(0, 1)


class _RReLU(nn.Module):
    """A single network draws from torch's global generator; here a copy of it for each seed."""

    def __init__(self, layer: nn.RReLU, generators: Sequence[torch.Generator]) -> None:
        super().__init__()
        self.lower, self.upper, self.generators = layer.lower, layer.upper, generators

    def forward(self, x: Tensor) -> Tensor:  # (S, B, O)
        if not self.training:
            return F.leaky_relu(x, (self.lower + self.upper) / 2)
        own = zip(x.detach().contiguous(), self.generators, strict=True)
        return x * torch.stack([slopes(x_s, self.lower, self.upper, g) for x_s, g in own])


def slopes(x: Tensor, lower: float, upper: float, generator: torch.Generator) -> Tensor:
    """By what `nn.RReLU` multiplies x (B, O) of one seed in training, in its own draws."""
    drawn = torch.empty_like(x)
    torch.ops.aten.rrelu_with_noise(x, drawn, lower, upper, True, generator)
    return drawn  # 1 where x is positive


_STACKED: dict[type[nn.Module], Callable[[Sequence[nn.Module]], nn.Module]] = {
    HyperbolicLinear: _HyperbolicLinear,
    nn.Linear: _Linear,
    nn.BatchNorm1d: _BatchNorm,
}
_ELEMENTWISE = (nn.Mish, nn.ReLU, nn.Identity)  # the same for one network and for many


def stack_networks(
    models: Sequence[nn.Module], generators: Sequence[torch.Generator]
) -> nn.Sequential:
    """Networks of one architecture as one: (S, B, I) to (S, B, C).

    Args:
        models: S of `ExperimentalNet` or of `MLP`; their weights are copied.
        generators: of the random activations, one for each network.
    """
    together: list[nn.Module] = []
    for layers in zip(*(model.children() for model in models), strict=True):
        first = layers[0]
        if isinstance(first, nn.RReLU):
            together.append(_RReLU(first, generators))
        elif isinstance(first, _ELEMENTWISE):
            together.append(first)
        elif type(first) in _STACKED:
            together.append(_STACKED[type(first)](layers))
        else:
            raise TypeError(f"models must be of layers that can be stacked, got {first!r}")
    return nn.Sequential(*together)


def unstack(network: nn.Module, position: int, model: nn.Module) -> None:
    """Copy the state of one of the networks into `model`, in evaluation mode."""
    state = {name: stack[position] for name, stack in network.state_dict().items()}
    model.eval().load_state_dict(state)
