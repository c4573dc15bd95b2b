"""How time grows with size: the exponent of a power law, which should not exceed one.

A line is fitted by least squares to the logarithms over the larger sizes; the smaller ones show
what a step costs before there is any work in it, and are left out of the fit.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import ArrayLike
from scipy import stats

from benchmarks.epoch import ours
from benchmarks.interleaved import Candidate, blocks, compare, once
from physlib import HyperbolicLinear, recipes
from physlib.building import build_loss, build_model, build_optimizer
from physlib.epochs import train_step
from physlib.training import recipe_data

SIZES = {
    "step against width": (64, 128, 256, 512, 1024, 2048),
    "step against batch size": (32, 64, 128, 256, 512, 1024),
    "epoch against images": (1_875, 3_750, 7_500, 15_000, 30_000, 60_000),
    "layer against inputs": (128, 256, 512, 1024, 2048, 4096),
    "layer against outputs": (32, 64, 128, 256, 512, 1024),
}
FITTED = 4  # of the sizes, the largest ones


class Power(NamedTuple):
    """An exponent with its 95 % interval."""

    exponent: float
    low: float
    high: float


def run(
    device: str,
    sizes: Mapping[str, tuple[int, ...]] = SIZES,
    rounds: int = 6,
    seconds: float = 0.03,
) -> dict[str, Any]:
    """Seconds against each size, and the exponents."""
    recipe = recipes["physlib"]
    data = recipe_data(recipe, device=device)
    x, y = data.train_inputs(recipe.pixel_range), data.train_labels
    make: dict[str, Callable[[int], Candidate]] = {
        "step against width": lambda n: _step(device, width=n),
        "step against batch size": lambda n: _step(device, batch=n),
        "epoch against images": lambda n: ours(recipe, x[:n], y[:n]),
        "layer against inputs": lambda n: _layer(device, inputs=n),
        "layer against outputs": lambda n: _layer(device, outputs=n),
    }
    comparisons = []
    for what, chosen in sizes.items():
        measure = once if what.startswith("epoch") else blocks(seconds=seconds)
        found = compare({str(n): make[what](n) for n in chosen}, rounds, measure)
        medians = [float(np.median(found.medians(str(n)))) for n in chosen]
        power = power_law(chosen[-FITTED:], medians[-FITTED:])
        fit = {"fitted": FITTED, **power._asdict(), "at_most": 1, "met": power.low <= 1}
        comparisons.append({**found.as_json(what=what, sizes=chosen), "power": fit})
    return {"comparisons": comparisons}


def power_law(sizes: ArrayLike, seconds: ArrayLike) -> Power:
    """Least squares through the logarithms, with Student's interval for the slope."""
    line = stats.linregress(np.log(sizes), np.log(seconds))
    half = stats.t.ppf(0.975, np.size(sizes) - 2) * line.stderr
    return Power(float(line.slope), float(line.slope - half), float(line.slope + half))


def _step(device: str, width: int = 156, batch: int = 128) -> Candidate:
    recipe = recipes["physlib"].replace(hidden=(width,))
    model, loss_of = build_model(recipe).to(device), build_loss(recipe)
    optimizer = build_optimizer(recipe, model, 0)
    x = torch.rand(batch, 784, device=device) * 2 - 1
    y = torch.randint(10, (batch,), device=device)
    return partial(
        train_step, model, loss_of, optimizer, x, y, torch.randperm(batch, device=device)
    )


def _layer(device: str, inputs: int = 784, outputs: int = 156, batch: int = 128) -> Candidate:
    layer = HyperbolicLinear(inputs, outputs).to(device)
    x = torch.rand(batch, inputs, device=device)
    delta = torch.randn(batch, outputs, device=device)
    return lambda: torch.autograd.grad(layer(x), list(layer.parameters()), delta)
