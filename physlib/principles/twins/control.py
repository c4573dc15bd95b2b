"""What a twin is for: three controllers of the pendulum, ranked in it and on the pendulum."""

from collections.abc import Mapping

import numpy as np
import torch
from scipy.linalg import solve_continuous_are
from scipy.stats import kendalltau
from torch import Tensor

from physlib.checks import require_integer, require_number, shown
from physlib.principles.twins.errors import mean_state_error
from physlib.principles.twins.systems import (
    DRIVE_FREQUENCY,
    SYSTEMS,
    Control,
    System,
    trajectories,
)
from physlib.theory import Array

NOMINAL = tuple(float(p) for p in SYSTEMS["pendulum"].at(torch.full((3,), 0.5)))
EFFORT = 0.15  # the regulator's price of torque, in units of that of being away from rest
LIMIT = 0.6  # 1/s², what the motor of the feed-forward can give


def regulator_gains(stiffness: float, damping: float, effort: float) -> Array:
    r"""Gains (2,) of the linear–quadratic regulator of a pendulum about rest.

    With :math:`\dot x = Ax + Bu` linear about rest it minimises :math:`\int (x^2 + r u^2)\,dt`, by
    the algebraic Riccati equation.

    Args:
        stiffness: k.
        damping: c.
        effort: r, the price of torque.

    Shape:
        Returns the gains on angle and velocity.

    Units:
        1/s² and 1/s.

    Raises:
        TypeError, ValueError: an effort that is not positive, or another number that is not finite.

    Source:
        The solver is scipy's.
    """
    stiffness = require_number("stiffness", stiffness)
    damping = require_number("damping", damping)
    effort = require_number("effort", effort, low=0, open_low=True)
    drift, gain = np.array([[0.0, 1.0], [-stiffness, -damping]]), np.array([[0.0], [1.0]])
    value = solve_continuous_are(drift, gain, np.eye(2), np.array([[effort]]))
    return np.asarray((gain.T @ value / effort)[0])


def controllers() -> dict[str, Control | None]:
    """Three ways to hold the driven pendulum at rest, designed for the middle of the cube.

    ``"none"`` lets it swing; ``"feed-forward"`` pushes against the drive that it believes in, as
    hard as `LIMIT` allows, and looks at nothing; ``"regulator"`` is the linear–quadratic one, which
    looks and believes in no drive. Which of the last two is better depends on what is hidden: a
    ranking that is always the same would test no twin.
    """
    stiffness, damping, drive = NOMINAL
    on_angle, on_velocity = map(float, regulator_gains(stiffness, damping, EFFORT))

    def feed_forward(t: Tensor, state: Tensor) -> Tensor:
        return -min(drive, LIMIT) * torch.cos(DRIVE_FREQUENCY * t)

    def regulator(t: Tensor, state: Tensor) -> Tensor:
        return -on_angle * state[..., 0] - on_velocity * state[..., 1]

    return {"none": None, "feed-forward": feed_forward, "regulator": regulator}


def control_errors(
    system: System,
    parameters: Tensor,
    runs: int,
    generator: torch.Generator,
    *,
    noisy: bool,
) -> dict[str, float]:
    """MSTE from rest with each controller, the mean over runs that begin close to rest.

    Args:
        system: the pendulum.
        parameters: nature's or a twin's, (D,).
        runs: how many.
        generator: of beginnings and kicks; every controller meets the same.
        noisy: whether the system is kicked: nature is, a twin is not.

    Shape:
        One number for each of `controllers`.

    Units:
        None, see `mean_state_error`.

    Raises:
        TypeError, ValueError: a system that no torque turns, or no run.

    Source:
        Ours: the abstract of arXiv 2406.13145 names no task.
    """
    if not isinstance(system, System):
        raise TypeError(f"system must be one of `SYSTEMS`, got {shown(system)}")
    if system.name != "pendulum":
        raise ValueError(f"system must be 'pendulum', got {system.name!r}")
    require_integer("runs", runs, low=1)
    start = 0.2 * system.starts(runs, generator)
    kicks = torch.randn(system.steps, runs, generator=generator, dtype=torch.float64)
    kicks = kicks * (system.process if noisy else 0.0)
    return {
        name: float(
            mean_state_error(
                trajectories(system, parameters, start, kicks=kicks, control=control),
                torch.zeros_like(start[0]),
                system.scales,
            ).mean()
        )
        for name, control in controllers().items()
    }


def agreement(twin: dict[str, float], physical: dict[str, float]) -> float:
    """Kendall's τ of two rankings: 1 if they are the same, −1 if one is the other upside down.

    Raises:
        ValueError: fewer than two things to rank, or not the same ones.
    """
    same = isinstance(twin, Mapping) and isinstance(physical, Mapping)
    if not (same and len(twin) >= 2 and twin.keys() == physical.keys()):
        got = f"{shown(twin)} of the twin and {shown(physical)} of the physical system"
        raise ValueError(f"rankings must be of the same things, two at least, got {got}")
    return float(kendalltau([twin[k] for k in twin], [physical[k] for k in twin]).statistic)
