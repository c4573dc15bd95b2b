r"""Four ways to step Langevin dynamics, each with its stationary temperature in `theory`.

A scheme changes parameters θ and buffers in place. The buffer is u = −v/α, with the velocity v
of one step, as ``torch.optim.SGD`` keeps its momentum: at T = 0 the first scheme is SGD, to the
same bits. Noise comes in units of a gradient, with the standard deviation that `noise_deviation`
gives, and is used up; it is None at T = 0. It is added to the gradient, not to the force: its sign
is immaterial.
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
        noise: list[Tensor] | None,
        buffers: list[Tensor],
        lr: float,
        damping: float,
    ) -> None:
        """Make one step in place."""


def noise_deviation(scheme: Scheme, lr: float, damping: float, temperature: float) -> float:
    """√(2γT/α), so that the kick of a velocity is √(2γαT) η; BAOAB's is √((1−(1−γ)²)αT) η."""
    friction = 1 - (1 - damping) ** 2 if scheme == "baoab" else 2 * damping
    return math.sqrt(friction * temperature / lr)


def noisy(grads: list[Tensor], noise: list[Tensor] | None) -> list[Tensor]:
    """∇L + √(2γT/α) η, in the memory of the noise."""
    if noise is None:
        return grads
    torch._foreach_add_(noise, grads)
    return noise


def symplectic_euler(
    params: list[Tensor],
    grads: list[Tensor],
    noise: list[Tensor] | None,
    buffers: list[Tensor],
    lr: float,
    damping: float,
) -> None:
    """v ← (1−γ)v − α∇L + √(2γαT) η;  θ ← θ + v: the printed update, the new velocity moves θ.

    This is SGD with the momentum 1 − γ on a noisy gradient, for which torch has one kernel.
    """
    grads = noisy(grads, noise)
    if damping == 1:  # nothing is left of the velocity; torch's kernel would not keep the new one
        torch._foreach_copy_(buffers, grads)
    elif params[0].device.type in ("cpu", "cuda"):
        torch._fused_sgd_(
            params,
            grads,
            buffers,
            weight_decay=0.0,
            momentum=1 - damping,
            lr=lr,
            dampening=0.0,
            nesterov=False,
            maximize=False,
            is_first_step=False,
        )
        return
    else:
        torch._foreach_mul_(buffers, 1 - damping)
        torch._foreach_add_(buffers, grads)
    torch._foreach_add_(params, buffers, alpha=-lr)


def explicit_euler(
    params: list[Tensor],
    grads: list[Tensor],
    noise: list[Tensor] | None,
    buffers: list[Tensor],
    lr: float,
    damping: float,
) -> None:
    """θ ← θ + v;  v ← (1−γ)v − α∇L + √(2γαT) η: the old velocity moves θ, and heats."""
    torch._foreach_add_(params, buffers, alpha=-lr)
    torch._foreach_mul_(buffers, 1 - damping)
    torch._foreach_add_(buffers, noisy(grads, noise))


def baoab(
    params: list[Tensor],
    grads: list[Tensor],
    noise: list[Tensor] | None,
    buffers: list[Tensor],
    lr: float,
    damping: float,
) -> None:
    """v ← v − α∇L;  θ ← θ + v/2;  v ← (1−γ)v + √((1−(1−γ)²)αT) η;  θ ← θ + v/2.

    The two half kicks of Leimkuhler and Matthews (2013) meet between steps, at one position, and
    are one: one gradient a step.
    """
    torch._foreach_add_(buffers, grads)
    torch._foreach_add_(params, buffers, alpha=-lr / 2)
    torch._foreach_mul_(buffers, 1 - damping)
    if noise is not None:
        torch._foreach_add_(buffers, noise)
    torch._foreach_add_(params, buffers, alpha=-lr / 2)


def overdamped(
    params: list[Tensor],
    grads: list[Tensor],
    noise: list[Tensor] | None,
    buffers: list[Tensor],
    lr: float,
    damping: float,
) -> None:
    """θ ← θ − (α/γ)∇L + √(2(α/γ)T) η: the limit of strong friction, without a velocity."""
    torch._foreach_add_(params, noisy(grads, noise), alpha=-lr / damping)


SCHEMES: dict[Scheme, Step] = {
    "symplectic-euler": symplectic_euler,
    "baoab": baoab,
    "overdamped": overdamped,
    "explicit-euler": explicit_euler,
}
