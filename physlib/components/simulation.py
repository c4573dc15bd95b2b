"""Particles under `Langevin`, many at once: how the optimizer is held against physics."""

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from physlib.checks import require_integer, require_number
from physlib.components.langevin import Langevin
from physlib.tensors import require_floats


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
        steps: how many updates, at least `every`.
        every: keep the positions of every so many steps.
        options: of `Langevin`: lr, damping, temperature, seed, …

    Returns:
        Positions ``(steps // every, *start.shape)``, and the last velocities, in units of position
        per step; NaN where the scheme has none.
    """
    require_floats("start", start, "(…, N)")
    require_integer("every", every, low=1)
    require_integer("steps", steps, low=every)  # at least one is kept
    theta = start.clone().requires_grad_()
    optimizer = Langevin([theta], **options)
    kept = start.new_empty(steps // every, *start.shape)
    for step in range(1, steps + 1):
        # a copy: a gradient that hands its argument back would move with the parameter
        theta.grad = gradient(theta.detach().clone())
        optimizer.step()
        if step % every == 0:
            kept[step // every - 1] = theta.detach()
    if optimizer.scheme == "overdamped":
        return kept, torch.full_like(start, torch.nan)
    return kept, optimizer.velocity(theta)


def double_well_gradient(theta: Tensor) -> Tensor:
    r"""The slope of `physlib.theory.double_well`, :math:`4\theta(\theta^2-1)`, where θ is."""
    return 4 * theta * (theta.square() - 1)


def crossings(positions: Tensor, core: float = 0.5) -> Tensor:
    """How often each particle has changed its well so far, in a symmetric double well.

    A change counts when the particle comes as far as ``core`` into the other well, not when it
    passes the ridge, on which it may turn back many times.

    Args:
        positions: steps of independent particles, (steps, N), at least one.
        core: where a well begins, on either side of the ridge at 0; positive.

    Returns:
        Counts from the first step on, (steps, N), of integers.

    Raises:
        ValueError: no steps, or a core that is not positive.
    """
    if len(positions) < 1:
        raise ValueError(f"positions must hold at least 1 step, got {len(positions)}")
    require_number("core", core, low=0, open_low=True)
    wells = torch.where(positions.abs() > core, positions.sign(), 0)
    well, count = positions[0].sign(), torch.zeros_like(positions[0], dtype=torch.int64)
    counts = torch.empty_like(positions, dtype=torch.int64)
    for step, here in enumerate(wells):
        count = count + (here == -well)
        well = torch.where(here == 0, well, here)
        counts[step] = count
    return counts


def mean_and_error(values: Tensor) -> tuple[float, float]:
    """Mean of independent values, and its standard error."""
    if values.numel() < 2:
        raise ValueError(f"values must be at least 2, to have an error, got {values.numel()}")
    return values.mean().item(), values.std().item() / math.sqrt(values.numel())


def escape_rate(positions: Tensor, every: int) -> tuple[float, float]:
    r"""Escapes per step and particle over the barrier at 0 of a symmetric double well.

    Particles that all start in the left well even out as
    :math:`1 - 2p = e^{-2rt}`, with p the fraction on the right; the transient before they have
    filled their own well drops out between the first snapshot and the last.

    Args:
        positions: snapshots of independent particles, (snapshots, N), at least two.
        every: steps between snapshots.

    Returns:
        The rate r and its standard error, from the binomial scatter of p.

    Raises:
        ValueError: fewer than two snapshots, or the wells are even already.
    """
    require_integer("every", every, low=1)
    if len(positions) < 2:
        raise ValueError(f"positions must hold at least 2 snapshots, got {len(positions)}")
    n = positions[0].numel()
    first, last = (1 - 2 * (positions[at] > 0).double().mean().item() for at in (0, -1))
    if min(first, last) <= 0:
        raise ValueError("positions must still be uneven at the last snapshot: take fewer steps")
    span = 2 * every * (len(positions) - 1)
    error = math.hypot(*(math.sqrt((1 - q * q) / n) / q for q in (first, last)))
    return math.log(first / last) / span, error / span
