"""What goes on record: a method's twin call by call, and what an outlier does to a fit."""

import torch
from torch import Tensor

from physlib.checks import require_choice, require_integer
from physlib.principles.twins.control import agreement, control_errors
from physlib.principles.twins.errors import mean_state_error
from physlib.principles.twins.peers import METHODS, gradient
from physlib.principles.twins.problem import Objective, Problem, Readings, hidden_place, observe
from physlib.principles.twins.systems import SYSTEMS, System, trajectories
from physlib.studies import Row

HELD_OUT = 16  # runs that no twin was fitted to


def _random(seed: int, stream: int) -> torch.Generator:
    """Nature draws from stream 0, whoever follows it: methods are paired by seed."""
    seed = require_integer("seed", seed, low=0)
    return torch.Generator().manual_seed(16 * seed + stream)


def calibrate(*, system: str, method: str, budget: int, seed: int) -> list[Row]:
    """Fit a twin to one physical run within `budget` calls, and judge the best at 1, 2, 4, … calls.

    Rows, with the calls in the place of the epoch:

    - ``fit``: its MSTE to the readings of the run that it was fitted to;
    - ``distance``: on held-out beginnings, MSTE from the same equations with the hidden
      parameters and no noise, in units of ``floor``: 0 is perfect;
    - ``held_out``: MSTE to held-out noisy readings, over ``floor``: 1 is as good as a twin can be;
    - ``floor``: MSTE to these readings of the twin with the hidden parameters;
    - ``policy``: where there is one, the mean error after the last correction of an update's
      episodes;
    - for the pendulum, of the last twin: ``twin_…`` and ``physical_…``, the MSTE from rest with
      each controller, and ``tau``, how far the two rankings agree.

    Args:
        system: one of `SYSTEMS`.
        method: one of `METHODS`.
        budget: in simulated trajectories, the gradient's backward passes included.
        seed: of nature, and apart from it of the method.

    Shape:
        Rows of (calls, metric, value).

    Units:
        Errors are MSTE, the mean over the times; places are of the unit cube.

    Raises:
        TypeError, ValueError: an unknown system or method, a budget below 1, or a negative seed.

    Source:
        The protocol is ours.
    """
    require_choice("system", system, SYSTEMS)
    require_choice("method", method, METHODS)
    require_integer("budget", budget, low=1)
    known, nature = SYSTEMS[system], _random(seed, 0)
    hidden = hidden_place(known, nature)
    problem = Problem(known, observe(known, known.at(hidden), 1, nature), budget)
    held_out = observe(known, known.at(hidden), HELD_OUT, nature)
    curve = METHODS[method](problem, _random(seed, 1 + list(METHODS).index(method)))

    counts = [n for n in (2**k for k in range(40)) if n < budget] + [budget]
    counts = [n for n in counts if n >= problem.trace[0][0]]  # a gradient's first costs two
    found = torch.stack([problem.best(n) for n in counts])
    rows = _judged(known, hidden, held_out, counts, found)
    errors = {at: error for at, error, _ in problem.trace}
    rows += [(n, "fit", min(e for at, e in errors.items() if at <= n)) for n in counts]
    if isinstance(curve, list):
        rows += [(calls, "policy", error) for calls, error in curve]
    if system == "pendulum":
        rows += _ranked(known, hidden, found[-1], nature, budget)
    return rows


def _judged(
    system: System, hidden: Tensor, held_out: Readings, counts: list[int], found: Tensor
) -> list[Row]:
    """How far the twins at the places `found` are from held-out runs."""
    places = torch.cat((found, hidden[None]))
    states = trajectories(system, system.at(places)[:, None], held_out.start)
    to_readings = mean_state_error(states, held_out.states, system.scales).mean(-1)
    to_truth = mean_state_error(states, states[-1], system.scales).mean(-1)
    floor = float(to_readings[-1])
    rows = [(counts[-1], "floor", floor)]
    for i, n in enumerate(counts):
        rows.append((n, "distance", float(to_truth[i]) / floor))
        rows.append((n, "held_out", float(to_readings[i]) / floor))
    return rows


def _ranked(
    system: System, hidden: Tensor, found: Tensor, nature: torch.Generator, calls: int
) -> list[Row]:
    """The controllers on the pendulum and in the twin, which begins elsewhere."""
    physical = control_errors(system, system.at(hidden), HELD_OUT, nature, noisy=True)
    own = torch.Generator().manual_seed(0)
    twin = control_errors(system, system.at(found), HELD_OUT, own, noisy=False)
    rows = [(calls, f"physical_{name}", error) for name, error in physical.items()]
    rows += [(calls, f"twin_{name}", error) for name, error in twin.items()]
    return [*rows, (calls, "tau", agreement(twin, physical))]


def robustness(*, system: str, outliers: float, budget: int, seed: int) -> list[Row]:
    """Fit by the gradient, once to MSTE and once to the mean squared error, and compare.

    Rows: ``mste`` and ``mse``, the distance of each twin as in `calibrate`, in units of what a
    twin can reach where there are no outliers.

    Args:
        system: one of `SYSTEMS`.
        outliers: the share of the readings whose error is twenty times as large.
        budget: in simulated trajectories, for each of the two.
        seed: of nature and of the restarts, which are the same for both.

    Shape:
        Rows of (budget, metric, value).

    Units:
        None.

    Raises:
        TypeError, ValueError: an unknown system, a share outside [0, 1], a budget below 1, or a
            negative seed.

    Source:
        Ours: the abstract of arXiv 2406.13145 says robust, and not against what.
    """
    require_choice("system", system, SYSTEMS)
    require_integer("budget", budget, low=1)
    known, nature = SYSTEMS[system], _random(seed, 0)
    hidden = hidden_place(known, nature)
    readings = observe(known, known.at(hidden), 1, nature, outliers=outliers)
    held_out = observe(known, known.at(hidden), HELD_OUT, nature)
    rows: list[Row] = []
    objectives: tuple[Objective, ...] = ("mste", "mse")
    for objective in objectives:
        problem = Problem(known, readings, budget, objective)
        gradient(problem, _random(seed, 1))
        found = problem.best(budget)[None]
        rows += [
            (calls, objective, value)
            for calls, metric, value in _judged(known, hidden, held_out, [budget], found)
            if metric == "distance"
        ]
    return rows
