"""A physical system to be twinned: its readings, and the count of what looking at twins costs."""

from dataclasses import dataclass, field
from typing import Literal, get_args

import torch
from torch import Tensor

from physlib.checks import require_choice, require_integer, require_number
from physlib.principles.twins.errors import state_errors
from physlib.principles.twins.systems import System, trajectories

MARGIN = 0.15  # hidden parameters keep this far from the faces of the unit cube
FINER = 4  # nature takes smaller steps than the twin's solver
Objective = Literal["mste", "mse"]


@dataclass(frozen=True)
class Readings:
    """Runs of a physical system: where each began, (runs, n), and what was read, (runs, T, n)."""

    start: Tensor
    states: Tensor


def observe(
    system: System,
    parameters: Tensor,
    runs: int,
    generator: torch.Generator,
    *,
    outliers: float = 0.0,
) -> Readings:
    """Let nature run: kicks at each step, and readings with errors.

    Args:
        system: which one.
        parameters: the hidden ones, (D,).
        runs: how many, each from a start of its own, which is known.
        generator: of starts, kicks and errors.
        outliers: the share of readings whose error is twenty times as large.

    Shape:
        See `Readings`.

    Units:
        Those of the system.

    Raises:
        TypeError, ValueError: fewer than one run, or a share outside [0, 1].

    Source:
        Ours: the abstract of arXiv 2406.13145 names no system.
    """
    require_integer("runs", runs, low=1)
    require_number("outliers", outliers, low=0, high=1)
    start = system.starts(runs, generator)
    kicks = system.process * torch.randn(
        system.steps, runs, generator=generator, dtype=torch.float64
    )
    states = trajectories(system, parameters, start, kicks=kicks, substeps=FINER)
    errors = torch.randn(states.shape, generator=generator, dtype=torch.float64)
    wild = torch.rand(states.shape[:-1], generator=generator, dtype=torch.float64) < outliers
    errors = system.measurement * errors * torch.where(wild, 20.0, 1.0).unsqueeze(-1)
    return Readings(start, states + errors * states.new_tensor(system.scales))


@dataclass
class Problem:
    """Readings of one run to be followed by a twin; it counts every trajectory simulated for it.

    The error is MSTE, the mean, or, to compare it with, the mean square of the state errors.
    ``trace`` has (calls, error, place) whenever a twin was better than all before.

    Raises:
        TypeError, ValueError: a budget below 1, or an unknown objective.
    """

    system: System
    readings: Readings
    budget: int
    objective: Objective = "mste"
    calls: int = 0
    trace: list[tuple[int, float, Tensor]] = field(default_factory=list)

    def __post_init__(self) -> None:
        require_integer("budget", self.budget, low=1)
        require_choice("objective", self.objective, get_args(Objective))

    def simulate(self, place: Tensor) -> tuple[Tensor, Tensor]:
        """Twins at places of the unit cube, (B, D): their errors (B,) and states (B, T, n).

        A call for each trajectory; one more where a gradient will go back through it.

        Raises:
            ValueError: no place at all, or one outside the cube.
        """
        moved = trajectories(self.system, self.system.at(place), self.readings.start[0])
        apart = state_errors(moved, self.readings.states[0], self.system.scales)
        error = (apart if self.objective == "mste" else apart.square()).mean(-1)
        price = 2 if place.requires_grad else 1
        for i in range(len(place)):
            self.calls += price
            found = float(error[i].detach())
            if self.calls <= self.budget and (not self.trace or found < self.trace[-1][1]):
                self.trace.append((self.calls, found, place[i].detach().clone()))
        return error, moved

    @property
    def spent(self) -> bool:
        """Whether the budget is used up; what is simulated after that does not count."""
        return self.calls >= self.budget

    def best(self, calls: int) -> Tensor:
        """The place with the least error among the first so many calls."""
        return [place for at, _, place in self.trace if at <= max(calls, self.trace[0][0])][-1]


def hidden_place(system: System, generator: torch.Generator) -> Tensor:
    """Where in the unit cube nature's parameters lie, (D,), uniform but for a margin."""
    draw = torch.rand(len(system.parameters), generator=generator, dtype=torch.float64)
    return MARGIN + (1 - 2 * MARGIN) * draw
