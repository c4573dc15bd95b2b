"""The optimizer: discretised Langevin dynamics of the parameters."""

import math
import operator
from collections.abc import Callable
from typing import Any, Literal, get_args

import numpy as np
import torch
from torch import Tensor
from torch.optim import Optimizer
from torch.optim.optimizer import ParamsT

from physlib.checks import require_choice, require_integer, require_number

Scheme = Literal["symplectic-euler"]


class _NoiseBuffer:
    """One flat buffer and its views in the shapes of `params`: one call draws all the noise."""

    def __init__(self, params: list[Tensor]) -> None:
        sizes = [p.numel() for p in params]
        self.params = params  # held, so that no address is recycled
        self.flat = params[0].new_empty(sum(sizes))
        self.views = [n.view(p.shape) for n, p in zip(self.flat.split(sizes), params, strict=True)]

    def fits(self, params: list[Tensor]) -> bool:
        return len(params) == len(self.params) and all(map(operator.is_, params, self.params))


def _check(group: dict[str, Any]) -> None:
    """Raise on settings outside their range; three comparisons where all is well."""
    lr, damping, temperature = group["lr"], group["damping"], group["temperature"]
    try:
        if 0 <= lr < math.inf and 0 < damping <= 1 and 0 <= temperature < math.inf:
            return
    except TypeError:
        pass  # not numbers: named below
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
    momentum 1 − γ, bit for bit in float32 and float64; γ = 1 is stochastic gradient Langevin
    dynamics.

    The velocity is kept as ``torch.optim.SGD`` keeps its momentum, as u = −v/α. With a constant
    learning rate that is the printed update. When a scheduler changes α, T = 0 follows SGD and
    keeps u; T > 0 keeps v/√α, the momentum of the particle, since α is the square of the time
    step and v the way of one step. Keeping v or u would heat the parameters wherever α falls
    or rises.

    Noise comes from a generator of the optimizer's own, one per device, whose state travels in
    ``state_dict``; so a resumed run draws what an uninterrupted one would. It is drawn in one
    call into one flat buffer per group, device and dtype, for the parameters with a gradient.

    Source: the post, "Physics-Inspired Optimization: Langevin Dynamics".

    Args:
        params: parameters or parameter groups, as for any torch optimizer.
        lr: learning rate α, the squared time step over the mass, at least 0.
        damping: friction γ per step, in (0, 1], dimensionless.
        temperature: T in units of the loss, at least 0.
        scheme: the discretisation; ``"symplectic-euler"`` is the printed one.
        seed: of the noise, at least 0; None draws one from torch's global generator.

    Raises:
        TypeError, ValueError: an argument of the wrong type or outside its range, in the
            defaults or in a group.
    """

    def __init__(
        self,
        params: ParamsT,
        lr: float = 1e-3,
        *,
        damping: float = 0.1,
        temperature: float = 0.0,
        scheme: Scheme = "symplectic-euler",
        seed: int | None = None,
    ) -> None:
        require_choice("scheme", scheme, get_args(Scheme))
        if seed is None:
            seed = int(torch.randint(2**62, ()))
        self.seed, self.scheme = require_integer("seed", seed, low=0), scheme
        self._generators: dict[torch.device, torch.Generator] = {}
        self._noise: dict[int, _NoiseBuffer] = {}  # by the address of the first parameter
        super().__init__(params, {"lr": lr, "damping": damping, "temperature": temperature})

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
        """v of `parameter` at its last step, same shape, in parameter units per step."""
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
        buffers = []
        for p in params:
            if "momentum_buffer" not in self.state[p]:
                self.state[p]["momentum_buffer"] = torch.zeros_like(p)
            buffers.append(self.state[p]["momentum_buffer"])
        torch._foreach_mul_(buffers, rescale * (1 - damping))
        torch._foreach_add_(buffers, grads)
        if temperature > 0 and lr > 0:
            # u = −v/α carries √(2γαT)/α; the sign of η is immaterial, but kept as printed.
            amplitude = -math.sqrt(2 * damping * temperature / lr)
            torch._foreach_add_(buffers, self._draw(params), alpha=amplitude)
        torch._foreach_add_(params, buffers, alpha=-lr)

    def _by_device_and_dtype(self, group: dict[str, Any]) -> list[list[Tensor]]:
        together: dict[tuple[torch.device, torch.dtype], list[Tensor]] = {}
        for p in group["params"]:
            if p.grad is None:
                continue
            if p.grad.is_sparse or p.is_complex():
                raise TypeError("Langevin needs dense gradients and real parameters")
            together.setdefault((p.device, p.dtype), []).append(p)
        return list(together.values())

    def _draw(self, params: list[Tensor]) -> list[Tensor]:
        """Fresh standard-normal noise, one tensor per parameter: views of one flat buffer."""
        noise = self._noise.get(id(params[0]))
        if noise is None or not noise.fits(params):
            noise = self._noise[id(params[0])] = _NoiseBuffer(params)
        noise.flat.normal_(generator=self._generator(noise.flat.device))
        return noise.views

    def _generator(self, device: torch.device) -> torch.Generator:
        if device not in self._generators:
            # A stream for each device, and none that torch.manual_seed(seed) also gives: initial
            # weights drawn from that one would be the first step's noise over again.
            stream = np.random.SeedSequence([self.seed, len(self._generators)])
            seed = int(stream.generate_state(1, np.uint64)[0])
            self._generators[device] = torch.Generator(device).manual_seed(seed)
        return self._generators[device]

    def state_dict(self) -> dict[str, Any]:
        """torch's state, and under "generators" the state of the noise on each device."""
        states = {str(device): g.get_state() for device, g in self._generators.items()}
        return {**super().state_dict(), "seed": self.seed, "generators": states}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Restore `state_dict`, the noise included; a device it does not name starts its noise."""
        super().load_state_dict(state_dict)
        self._restore_noise(state_dict)

    def _restore_noise(self, state: dict[str, Any]) -> None:
        self.seed = state.get("seed", self.seed)
        self._generators, self._noise = {}, {}
        saved = state.get("generators", {})
        devices = dict.fromkeys(p.device for group in self.param_groups for p in group["params"])
        for device in devices:
            if str(device) in saved:  # states of devices that are no longer in use are dropped
                self._generator(device).set_state(saved[str(device)].cpu())

    def __getstate__(self) -> dict[str, Any]:  # pickle and deepcopy
        kept = {"seed": self.seed, "scheme": self.scheme}
        states = {str(device): g.get_state() for device, g in self._generators.items()}
        return {**super().__getstate__(), **kept, "generators": states}

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__({k: v for k, v in state.items() if k != "generators"})
        if "generators" in state:
            self._restore_noise(state)
