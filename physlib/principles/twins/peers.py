"""Other ways to the parameters of a twin, each from a well-kept library, at the same price."""

import warnings
from collections.abc import Callable

import numpy as np
import torch
from cmaes import CMA
from scipy import optimize, stats
from sklearn.exceptions import ConvergenceWarning
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel

from physlib.principles.twins.policy import train_policy
from physlib.principles.twins.problem import Problem
from physlib.ranges import require_numbers
from physlib.theory import Array

CANDIDATES = 1000  # where the expected improvement is looked for
FIRST = 8  # random twins before the first Gaussian process


class Spent(Exception):
    """Raised out of a library's loop when the budget is used up."""


def _errors(problem: Problem, places: Array) -> Array:
    """The errors of twins at `places` (B, D), as arrays."""
    with torch.no_grad():
        return np.asarray(problem.simulate(torch.as_tensor(np.clip(places, 0, 1)))[0])


def random_search(problem: Problem, generator: torch.Generator) -> None:
    """Twins anywhere in the cube: the control that learns nothing."""
    dimension = len(problem.system.parameters)
    while not problem.spent:
        few = min(512, problem.budget - problem.calls)
        problem.simulate(torch.rand(few, dimension, generator=generator, dtype=torch.float64))


def evolution(problem: Problem, generator: torch.Generator) -> None:
    """Covariance matrix adaptation, from the middle of the cube with a step of 0.3."""
    dimension = len(problem.system.parameters)
    bounds, population = np.tile([0.0, 1.0], (dimension, 1)), 16
    seed = int(torch.randint(2**31, (), generator=generator))
    strategy = CMA(
        np.full(dimension, 0.5), 0.3, bounds=bounds, population_size=population, seed=seed
    )
    while not problem.spent:
        places = np.array([strategy.ask() for _ in range(population)])
        errors = _errors(problem, places)
        strategy.tell([(p, float(e)) for p, e in zip(places, errors, strict=True)])


def expected_improvement(mean: Array, deviation: Array, best: float) -> Array:
    r"""How far below `best` a normal value is expected to fall, (B,).

    :math:`s\,(z\Phi(z)+\varphi(z))` with :math:`z=(f^*-m)/s`. Source: Mockus (1975); Jones,
    Schonlau and Welch, Journal of Global Optimization 13, 455 (1998).

    Raises:
        TypeError, ValueError: a standard deviation that is not positive.
    """
    deviation = require_numbers("deviation", deviation, "(0, inf)")
    z = (best - mean) / deviation
    return np.asarray(deviation * (z * stats.norm.cdf(z) + stats.norm.pdf(z)))


def bayesian(problem: Problem, generator: torch.Generator) -> None:
    """A Gaussian process of the logarithmic error; next, where it expects to improve most."""
    dimension = len(problem.system.parameters)
    draw = np.random.default_rng(int(torch.randint(2**31, (), generator=generator)))
    places = draw.random((FIRST, dimension))
    heights = np.log(_errors(problem, places))
    kernel = ConstantKernel() * Matern(np.full(dimension, 0.3), nu=2.5) + WhiteKernel(
        1e-4, (1e-8, 1e-1)
    )
    while not problem.spent:
        process = GaussianProcessRegressor(kernel, normalize_y=True)
        with warnings.catch_warnings():  # a length scale at its bound is no harm
            warnings.simplefilter("ignore", ConvergenceWarning)
            process.fit(places, heights)
        kernel = process.kernel_  # begin from what was found
        near = places[heights.argmin()] + 0.05 * draw.standard_normal((CANDIDATES, dimension))
        candidates = np.clip(np.vstack([draw.random((CANDIDATES, dimension)), near]), 0, 1)
        mean, deviation = process.predict(candidates, return_std=True)
        promise = expected_improvement(mean, np.maximum(deviation, 1e-12), heights.min())
        chosen = candidates[promise.argmax()][None]
        places = np.vstack([places, chosen])
        heights = np.append(heights, np.log(_errors(problem, chosen)))


def gradient(problem: Problem, generator: torch.Generator) -> None:
    """L-BFGS-B with the gradient through the simulator; anew from a random place when it ends.

    A forward and a backward pass are two calls.
    """

    def value(place: Array) -> tuple[float, Array]:
        if problem.spent:
            raise Spent
        at = torch.tensor(np.clip(place, 0, 1)[None], requires_grad=True)
        error, _ = problem.simulate(at)
        error.sum().backward()
        assert at.grad is not None
        return float(error.detach()), at.grad[0].numpy()

    def descend(start: Array) -> None:
        optimize.minimize(value, start, jac=True, method="L-BFGS-B", bounds=[(0, 1)] * len(start))

    _again(problem, generator, descend)


def least_squares(problem: Problem, generator: torch.Generator) -> None:
    """Trust-region least squares with differences for derivatives; anew when it ends."""
    physical = problem.readings.states[0]
    scales = physical.new_tensor(problem.system.scales)

    def residuals(place: Array) -> Array:
        if problem.spent:
            raise Spent
        with torch.no_grad():
            states = problem.simulate(torch.as_tensor(np.clip(place, 0, 1))[None])[1]
        return np.asarray(((states[0] - physical) / scales).flatten())

    def descend(start: Array) -> None:
        optimize.least_squares(residuals, start, bounds=(0, 1), diff_step=1e-4)

    _again(problem, generator, descend)


def _again(problem: Problem, generator: torch.Generator, descend: Callable[[Array], None]) -> None:
    """Descend from the middle of the cube, then from random places, until the budget is spent."""
    dimension = len(problem.system.parameters)
    start = np.full(dimension, 0.5)
    try:
        while not problem.spent:
            descend(start)
            start = torch.rand(dimension, generator=generator, dtype=torch.float64).numpy()
            start = 0.02 + 0.96 * start  # within the bounds, as least squares wants it
    except Spent:
        pass


def untuned(problem: Problem, generator: torch.Generator) -> None:
    """The twin that nobody tunes: the middle of the cube."""
    problem.simulate(torch.full((1, len(problem.system.parameters)), 0.5, dtype=torch.float64))


Method = Callable[[Problem, torch.Generator], object]
METHODS: dict[str, Method] = {
    "untuned": untuned,
    "random": random_search,
    "policy": train_policy,
    "policy-raw": lambda problem, generator: train_policy(problem, generator, differences=False),
    "cma-es": evolution,
    "bayesian": bayesian,
    "gradient": gradient,
    "least-squares": least_squares,
}
