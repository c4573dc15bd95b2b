"""Two systems, a driven pendulum and an epidemic, and their motion."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torchdiffeq import odeint

from physlib.checks import require_integer, shown
from physlib.tensors import require_floats

DRIVE_FREQUENCY = 1.5  # rad/s, known
Control = Callable[[Tensor, Tensor], Tensor]  # (time, state) to torque
# time, state, parameters, kick, torque to the state's rate of change
Rate = Callable[[Tensor, Tensor, Tensor, Tensor, Tensor], Tensor]


def pendulum_rate(
    t: Tensor, state: Tensor, parameters: Tensor, kick: Tensor, torque: Tensor
) -> Tensor:
    r""":math:`\ddot\theta = -k\sin\theta - c\,\dot\theta + A\cos\Omega t + \text{kick} + u`."""
    angle, velocity = state.unbind(-1)
    stiffness, damping, drive = parameters.unbind(-1)
    force = drive * torch.cos(DRIVE_FREQUENCY * t) - stiffness * angle.sin() - damping * velocity
    return torch.stack(torch.broadcast_tensors(velocity, force + kick + torque), -1)


def epidemic_rate(
    t: Tensor, state: Tensor, parameters: Tensor, kick: Tensor, torque: Tensor
) -> Tensor:
    r""":math:`\dot S = -b\,e^{\text{kick}} S I,\ \dot I = -\dot S - g I,\ \dot R = g I`.

    The shares S + I + R stay 1 whatever kicks it. Nothing is there for a torque to turn.
    """
    susceptible, infected, _ = state.unbind(-1)
    transmission, recovery = parameters.unbind(-1)
    infections = transmission * kick.exp() * susceptible * infected
    recoveries = recovery * infected
    return torch.stack((-infections, infections - recoveries, recoveries), -1)


@dataclass(frozen=True)
class System:
    """An ordinary differential equation with unknown parameters in a box, and how it is observed.

    ``step`` is the time between observations, a power of two so that times are exact; ``scales``
    is what a state is measured in; ``process`` and ``measurement`` are the standard deviations of
    the kicks, held for one step each, and of the readings in units of ``scales``.
    """

    name: str
    rate: Rate
    parameters: tuple[str, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    scales: tuple[float, ...]
    step: float
    steps: int
    process: float
    measurement: float
    starts: Callable[[int, torch.Generator], Tensor]  # (runs, generator) to (runs, state)

    @property
    def times(self) -> Tensor:
        """When it is observed, (steps + 1,), from 0."""
        return torch.arange(self.steps + 1, dtype=torch.float64) * self.step

    def at(self, place: Tensor) -> Tensor:
        """The parameters at a place of the unit cube, of the same shape (…, D).

        Raises:
            TypeError, ValueError: a place outside the cube, or of another dimension than the
                parameters.
        """
        require_floats("place", place, "(…, D)")
        if place.shape[-1:] != (len(self.parameters),):
            wanted = f"(…, {len(self.parameters)})"
            raise ValueError(f"place must have the shape {wanted}, got {tuple(place.shape)}")
        if not ((place >= 0) & (place <= 1)).all():
            raise ValueError(f"place must be in [0, 1], got {place.min():g} to {place.max():g}")
        low, high = place.new_tensor(self.low), place.new_tensor(self.high)
        return low + (high - low) * place


def trajectories(
    system: System,
    parameters: Tensor,
    start: Tensor,
    *,
    kicks: Tensor | None = None,
    control: Control | None = None,
    substeps: int = 1,
) -> Tensor:
    """What `system` does, by a Runge–Kutta method of fourth order, Kutta's 3/8 rule.

    Args:
        system: of which the equation is.
        parameters: (…, D), one row for each trajectory, or one for all.
        start: (…, n), the states at time 0.
        kicks: (steps, …), each held for one step; None for none.
        control: gives the torque (…) at a time and a state; None for none.
        substeps: how many steps of the solver there are between two observations.

    Shape:
        Returns (…, steps + 1, n), the shapes of parameters and start broadcast.

    Units:
        Those of the system: radians and seconds, or shares of a population and days.

    Raises:
        TypeError, ValueError: no trajectory at all, other shapes, or fewer than one substep.

    Source:
        The solver is torchdiffeq's; gradients go through it.
    """
    require_integer("substeps", substeps, low=1)
    sizes = {"parameters": len(system.parameters), "start": len(system.scales)}
    for name, value in (("parameters", parameters), ("start", start)):
        require_floats(name, value, f"(…, {sizes[name]})")
        if value.shape[-1] != sizes[name]:
            shape = tuple(value.shape)
            raise ValueError(f"{name} must have the shape (…, {sizes[name]}), got {shape}")
    if kicks is not None and (not isinstance(kicks, Tensor) or kicks.shape[:1] != (system.steps,)):
        raise ValueError(f"kicks must be a tensor of {system.steps} rows, got {shown(kicks)}")
    batch = torch.broadcast_shapes(parameters.shape[:-1], start.shape[:-1])
    start = start.expand(*batch, start.shape[-1])
    still = start.new_zeros(())

    def rate(t: Tensor, state: Tensor) -> Tensor:
        kick = still if kicks is None else kicks[int(t / system.step)]
        torque = still if control is None else control(t, state)
        return system.rate(t, state, parameters, kick, torque)

    # "perturb" looks at the end of a step from within it, where its own kick still acts
    options = {"step_size": system.step / substeps, "perturb": True}
    moved: Tensor = odeint(rate, start, system.times, method="rk4", options=options)
    return moved.movedim(0, -2)


def _swings(runs: int, generator: torch.Generator) -> Tensor:
    """Angles up to 1.5 rad and velocities up to 1 rad/s, either way."""
    spread = torch.tensor([1.5, 1.0], dtype=torch.float64)
    return (2 * torch.rand(runs, 2, generator=generator, dtype=torch.float64) - 1) * spread


def _outbreaks(runs: int, generator: torch.Generator) -> Tensor:
    """Shares of infected from 0.3 to 3 percent, nobody recovered."""
    draw = torch.rand(runs, generator=generator, dtype=torch.float64)
    infected = 0.003 * torch.exp(math.log(10.0) * draw)
    return torch.stack((1 - infected, infected, torch.zeros_like(infected)), -1)


SYSTEMS: dict[str, System] = {
    "pendulum": System(
        "pendulum",
        pendulum_rate,
        ("stiffness", "damping", "drive"),  # 1/s², 1/s, 1/s²
        low=(2.0, 0.05, 0.0),
        high=(8.0, 0.85, 2.0),
        scales=(1.0, 2.0),  # rad, rad/s
        step=0.125,  # s
        steps=64,
        process=0.1,  # 1/s²
        measurement=0.03,
        starts=_swings,
    ),
    "epidemic": System(
        "epidemic",
        epidemic_rate,
        ("transmission", "recovery"),  # 1/day
        low=(0.2, 0.05),
        high=(1.0, 0.25),
        scales=(1.0, 1.0, 1.0),
        step=1.0,  # day
        steps=48,
        process=0.05,
        measurement=0.01,
        starts=_outbreaks,
    ),
}
