"""The optimizer: discretised Langevin dynamics of the parameters."""

import math
import sys
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.optim import Optimizer
from torch.optim.optimizer import ParamsT

from physlib.checks import require_choice, require_number
from physlib.components.noise import Kind
from physlib.components.schemes import SCHEMES, noise_deviation
from physlib.components.stacked_noise import noise_from
from physlib.theory import Scheme

_LARGEST = sys.float_info.max


def _check(group: dict[str, Any]) -> None:
    """Raise on settings outside their range; three comparisons where all is well."""
    lr, damping, temperature = group["lr"], group["damping"], group["temperature"]
    try:
        if 0 <= lr <= _LARGEST and 0 < damping <= 1 and 0 <= temperature <= _LARGEST:
            return
    except (TypeError, RuntimeError):
        pass  # not numbers, or tensors of several: named below
    require_number("lr", lr, low=0)
    require_number("damping", damping, low=0, high=1, open_low=True)
    require_number("temperature", temperature, low=0)


class Langevin(Optimizer):
    r"""Gradient descent with inertia, friction and thermal noise.

    .. math::
        v \leftarrow (1-\gamma)\,v - \alpha\nabla L + \sqrt{2\gamma\alpha T}\,\eta,
        \qquad \theta \leftarrow \theta + v, \qquad \eta \sim \mathcal N(0, 1)

    The new velocity moves the parameters (symplectic Euler, the post's printed order). In a
    quadratic well of curvature k the stationary density is the Boltzmann density
    :math:`e^{-U/T}` at the temperature that `physlib.theory.position_temperature` gives, T up
    to a step-size correction; it is stable while αk < 2(2 − γ). T = 0 is heavy-ball SGD with
    momentum 1 − γ, bit for bit torch's fused one; γ = 1 is stochastic gradient Langevin
    dynamics.

    The velocity is kept as ``torch.optim.SGD`` keeps its momentum, as u = −v/α. With a constant
    learning rate that is the printed update. When a scheduler changes α, T = 0 follows SGD and
    keeps u; T > 0 keeps v/√α, the momentum of the particle, since α is the square of the time
    step and v the way of one step. Keeping v or u would heat the parameters wherever α falls
    or rises.

    Noise comes from a generator of the optimizer's own, one per device, whose state travels in
    ``state_dict``; so a resumed run draws what an uninterrupted one would. It is drawn in one
    call into one flat buffer per group, device and dtype, for the parameters with a gradient.

    Other schemes step the same dynamics: ``"baoab"`` has exactly the temperature T in a quadratic
    well, ``"overdamped"`` is the limit of strong friction (with mobility α/γ and no velocity), and
    ``"explicit-euler"``, which moves θ with the old velocity, is there for contrast.
    `physlib.components.schemes` has their updates, `physlib.theory` their temperatures.

    Args:
        params: parameters or parameter groups, as for any torch optimizer.
        lr: learning rate α, the squared time step over the mass, at least 0.
        damping: friction γ per step, in (0, 1], dimensionless.
        temperature: T in units of the loss, at least 0.
        scheme: the discretisation: ``"symplectic-euler"`` (the printed one), ``"baoab"``,
            ``"overdamped"`` or ``"explicit-euler"``.
        seed: of the noise, at least 0; None draws one from torch's global generator. A sequence
            of S seeds takes parameters of shape (S, …), and moves every slice as an optimizer of
            its own with that seed would.
        noise: ``"gaussian"``, or ``"two-point"``: ±1 with equal chance, several times cheaper and
            of the same temperatures, see `physlib.components.noise`.

    Shape:
        Parameters of any shape, real, with dense gradients.

    Units:
        T is in units of the loss, α in those of the parameters squared over the loss, v in those of
        the parameters per step.

    Raises:
        TypeError, ValueError: an argument of the wrong type or outside its range, in the
            defaults or in a group.

    Source:
        The post, "Physics-Inspired Optimization: Langevin Dynamics".

    Example:
        Ten thousand particles in a well of curvature 1 spread until their variance is T.

        >>> import torch
        >>> theta = torch.zeros(10_000, requires_grad=True)
        >>> optimizer = Langevin([theta], lr=0.01, temperature=2.0, seed=0)
        >>> for step in range(200):
        ...     optimizer.zero_grad()
        ...     (theta**2 / 2).sum().backward()
        ...     optimizer.step()
        >>> print(f"{theta.var():.1f}")
        2.0
    """

    def __init__(
        self,
        params: ParamsT,
        lr: float = 1e-3,
        *,
        damping: float = 0.1,
        temperature: float = 0.0,
        scheme: Scheme = "symplectic-euler",
        seed: int | Sequence[int] | None = None,
        noise: Kind = "gaussian",
    ) -> None:
        require_choice("scheme", scheme, SCHEMES)
        if seed is None:
            seed = int(torch.randint(2**62, ()))
        self.scheme: Scheme = scheme
        self._noise = noise_from(seed, noise)
        super().__init__(params, {"lr": lr, "damping": damping, "temperature": temperature})

    @property
    def seed(self) -> int | tuple[int, ...]:
        """Of the noise."""
        return self._noise.seed

    @property
    def generators(self) -> list[torch.Generator]:
        """Those of the noise that have been drawn from, one per device."""
        return self._noise.generators

    @property
    def noise_bytes(self) -> int:
        """Memory of the noise, which is no part of the state."""
        return self._noise.nbytes

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Add a group, whose lr, damping and temperature default to the optimizer's."""
        _check({**self.defaults, **param_group})
        super().add_param_group(param_group)

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> float | None:  # type: ignore[override]
        """One update of every parameter that has a gradient; returns the closure's loss, if any."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            _check(group)  # a scheduler may have set what it likes
            # a number: schedulers change a tensor learning rate in place, past and all
            lr = float(group["lr"])
            last_lr: float = group.get("last_lr") or lr
            rescale = math.sqrt(last_lr / lr) if group["temperature"] > 0 and lr > 0 else 1.0
            for params in self._by_device_and_dtype(group):
                self._update(params, lr, group["damping"], group["temperature"], rescale)
            group["last_lr"] = lr or last_lr  # at a rate of 0 nothing moves, and nothing is lost
        return loss

    def velocity(self, parameter: Tensor) -> Tensor:
        """v after the last step of `parameter`, same shape, in parameter units per step.

        Raises:
            ValueError: the optimizer does not move `parameter`, or its scheme has no velocity.
        """
        if self.scheme == "overdamped":
            raise ValueError("scheme must be one with a velocity, got 'overdamped'")
        for group in self.param_groups:
            if any(p is parameter for p in group["params"]):
                buffer: Tensor | None = self.state.get(parameter, {}).get("momentum_buffer")
                if buffer is None:  # before the first step
                    return torch.zeros_like(parameter)
                last_lr: float = group["last_lr"]
                return -last_lr * buffer
        raise ValueError(
            f"parameter must be one that this optimizer moves, got a tensor of shape "
            f"{tuple(parameter.shape)} that is in none of its groups"
        )

    def _update(
        self,
        params: list[Tensor],
        lr: float,
        damping: float,
        temperature: float,
        rescale: float,
    ) -> None:
        grads = [p.grad for p in params if p.grad is not None]  # every one has a gradient
        buffers = self._buffers(params)
        if buffers and rescale != 1:
            torch._foreach_mul_(buffers, rescale)
        noise = None
        if temperature > 0 and lr > 0:
            deviation = noise_deviation(self.scheme, lr, damping, temperature)
            noise = self._noise.draw(params, deviation)
        SCHEMES[self.scheme](params, grads, noise, buffers, lr, damping)

    def _buffers(self, params: list[Tensor]) -> list[Tensor]:
        """u = −v/α of each parameter, zero at first; none where the scheme has no velocity."""
        if self.scheme == "overdamped":
            return []
        for p in params:
            if "momentum_buffer" not in self.state[p]:
                self.state[p]["momentum_buffer"] = torch.zeros_like(p)
        return [self.state[p]["momentum_buffer"] for p in params]

    def _by_device_and_dtype(self, group: dict[str, Any]) -> list[list[Tensor]]:
        together: dict[tuple[torch.device, torch.dtype], list[Tensor]] = {}
        for p in group["params"]:
            if p.grad is None:
                continue
            if p.grad.is_sparse or p.is_complex():
                raise TypeError("Langevin needs dense gradients and real parameters")
            together.setdefault((p.device, p.dtype), []).append(p)
        return list(together.values())

    def state_dict(self) -> dict[str, Any]:
        """torch's state, and under "generators" the state of the noise on each device."""
        return {**super().state_dict(), "seed": self.seed, "generators": self._noise.state()}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Restore `state_dict`, the noise included; a device it does not name starts its noise."""
        super().load_state_dict(state_dict)
        self._noise.restore(state_dict.get("seed", self.seed), state_dict.get("generators", {}))

    def __getstate__(self) -> dict[str, Any]:  # pickle and deepcopy
        return {**super().__getstate__(), "scheme": self.scheme, "_noise": self._noise}
