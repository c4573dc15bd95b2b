"""The post's formulas exactly as printed: slow on purpose, and the oracles of the fast ones.

Where the print leaves two readings, these take the later revision's: the largest output of each
sample, and differences that wrap around. Nothing here checks its arguments or saves a step;
tests compare, benchmarks time, and readers can hold each line beside the post's equation.
"""

import math
from collections.abc import Iterable

import torch
from torch import Tensor
from torch.nn import functional as F


def loss(phi: Tensor, target: Tensor, alpha: float = 0.0035, gamma: float = 5.0) -> Tensor:
    """The post's custom loss for phi (B, C) and target (B,), class by class."""
    classes = phi.shape[1]
    one_hot = F.one_hot(target, classes).to(phi.dtype)
    phi_norm = torch.stack([sample / sample.abs().max() for sample in phi])
    target_norm = one_hot / one_hot.abs().max()
    slope = torch.stack(
        [(phi_norm[:, (i + 1) % classes] - phi_norm[:, i - 1]) / 2 for i in range(classes)], dim=1
    )
    d = phi_norm - target_norm
    return torch.abs(torch.mean(alpha * d**2 - gamma * d**4 + 0.5 * slope**2))


def layer(x: Tensor, weight: Tensor, beta: Tensor, t: Tensor) -> Tensor:
    """The post's layer for x (B, I) and weight (O, I): one weight matrix per sample, (B, O, I)."""
    t_dynamic = t * torch.sigmoid(x.mean(dim=-1))  # (B,)
    index = torch.arange(x.shape[-1], dtype=x.dtype, device=x.device)  # (I,)
    gain = index * torch.cosh(5 * beta) + t_dynamic[:, None] * torch.sinh(5 * beta)  # (B, I)
    dynamic_weight = weight[None, :, :] * gain[:, None, :]  # (B, O, I)
    return torch.matmul(dynamic_weight, x[:, :, None]).squeeze(-1)  # (B, O)


@torch.no_grad()
def langevin_step(
    parameters: Iterable[Tensor],
    velocities: Iterable[Tensor],
    noises: Iterable[Tensor],
    lr: float,
    damping: float,
    temperature: float,
) -> None:
    """The post's update, in place, one parameter after another."""
    for theta, v, eta in zip(parameters, velocities, noises, strict=True):
        force = -theta.grad if theta.grad is not None else torch.zeros_like(theta)
        v.copy_((1 - damping) * v + lr * force + math.sqrt(2 * damping * lr * temperature) * eta)
        theta.add_(v)
