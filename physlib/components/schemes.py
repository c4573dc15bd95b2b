r"""Four ways to step Langevin dynamics, each with its stationary temperature in `theory`.

A scheme changes parameters θ and buffers in place. The buffer is u = −v/α, with the velocity v
of one step, as ``torch.optim.SGD`` keeps its momentum: so a scheme at T = 0 adds the gradient as
SGD does, to the same bits. ``noise`` is standard normal, or None at T = 0.
"""

import math
from typing import Protocol

import torch
from torch import Tensor

from physlib.theory import Scheme


class Step(Protocol):
    """What a scheme is: all lists run over the same parameters."""

    def __call__(
        self,
        params: list[Tensor],
        grads: list[Tensor],
        buffers: list[Tensor],
        noise: list[Tensor] | None,
        lr: float,
        damping: float,
        temperature: float,
    ) -> None:
        """Make one step in place."""


def kick(
    grads: list[Tensor],
    buffers: list[Tensor],
    noise: list[Tensor] | None,
    lr: float,
    damping: float,
    temperature: float,
) -> None:
    """v ← (1−γ)v − α∇L + √(2γαT) η, which is u ← (1−γ)u + ∇L − √(2γT/α) η."""
    torch._foreach_mul_(buffers, 1 - damping)
    torch._foreach_add_(buffers, grads)
    if noise is not None:
        # the sign of η is immaterial, but kept as printed
        torch._foreach_add_(buffers, noise, alpha=-math.sqrt(2 * damping * temperature / lr))


def symplectic_euler(
    params: list[Tensor],
    grads: list[Tensor],
    buffers: list[Tensor],
    noise: list[Tensor] | None,
    lr: float,
    damping: float,
    temperature: float,
) -> None:
    """v ← (1−γ)v − α∇L + √(2γαT) η;  θ ← θ + v: the printed update, the new velocity moves θ."""
    kick(grads, buffers, noise, lr, damping, temperature)
    torch._foreach_add_(params, buffers, alpha=-lr)


def explicit_euler(
    params: list[Tensor],
    grads: list[Tensor],
    buffers: list[Tensor],
    noise: list[Tensor] | None,
    lr: float,
    damping: float,
    temperature: float,
) -> None:
    """θ ← θ + v;  v ← (1−γ)v − α∇L + √(2γαT) η: the old velocity moves θ, and heats."""
    torch._foreach_add_(params, buffers, alpha=-lr)
    kick(grads, buffers, noise, lr, damping, temperature)


def baoab(
    params: list[Tensor],
    grads: list[Tensor],
    buffers: list[Tensor],
    noise: list[Tensor] | None,
    lr: float,
    damping: float,
    temperature: float,
) -> None:
    """v ← v − α∇L;  θ ← θ + v/2;  v ← (1−γ)v + √((1−(1−γ)²)αT) η;  θ ← θ + v/2.

    The two half kicks of Leimkuhler and Matthews (2013) meet between steps, at one position, and
    are one: one gradient a step.
    """
    torch._foreach_add_(buffers, grads)
    torch._foreach_add_(params, buffers, alpha=-lr / 2)
    torch._foreach_mul_(buffers, 1 - damping)
    if noise is not None:
        variance = (1 - (1 - damping) ** 2) * temperature / lr
        torch._foreach_add_(buffers, noise, alpha=-math.sqrt(variance))
    torch._foreach_add_(params, buffers, alpha=-lr / 2)


def overdamped(
    params: list[Tensor],
    grads: list[Tensor],
    buffers: list[Tensor],
    noise: list[Tensor] | None,
    lr: float,
    damping: float,
    temperature: float,
) -> None:
    """θ ← θ − (α/γ)∇L + √(2(α/γ)T) η: the limit of strong friction, without a velocity."""
    mobility = lr / damping
    torch._foreach_add_(params, grads, alpha=-mobility)
    if noise is not None:
        torch._foreach_add_(params, noise, alpha=math.sqrt(2 * mobility * temperature))


SCHEMES: dict[Scheme, Step] = {
    "symplectic-euler": symplectic_euler,
    "baoab": baoab,
    "overdamped": overdamped,
    "explicit-euler": explicit_euler,
}
