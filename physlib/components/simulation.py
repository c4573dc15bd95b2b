"""Particles under `Langevin`, many at once: how the optimizer is held against physics."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from physlib.checks import require_integer
from physlib.components.langevin import Langevin


def simulate(
    gradient: Callable[[Tensor], Tensor],
    start: Tensor,
    steps: int,
    *,
    every: int = 1,
    **options: Any,
) -> tuple[Tensor, Tensor]:
    """Move independent particles through a potential with the optimizer itself.

    Args:
        gradient: ∇U: positions in, a tensor of the same shape out.
        start: initial positions, any shape, as many particles as you like; left unchanged.
        steps: how many updates, at least 1.
        every: keep the positions of every so many steps.
        options: of `Langevin`: lr, damping, temperature, seed, …

    Returns:
        Positions (steps // every, *start.shape), and the last velocities, in units of position
        per step; NaN where the scheme has none.
    """
    require_integer("steps", steps, low=1)
    require_integer("every", every, low=1)
    theta = start.clone().requires_grad_()
    optimizer = Langevin([theta], **options)
    kept = start.new_empty(steps // every, *start.shape)
    for step in range(1, steps + 1):
        theta.grad = gradient(theta.detach())
        optimizer.step()
        if step % every == 0:
            kept[step // every - 1] = theta.detach()
    if optimizer.scheme == "overdamped":
        return kept, torch.full_like(start, torch.nan)
    return kept, optimizer.velocity(theta)
