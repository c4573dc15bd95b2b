"""One epoch of MNIST: this library's loop, the least that a loop can do, and its peers."""

from collections.abc import Iterable
from functools import partial
from importlib.metadata import version
from importlib.util import find_spec
from typing import Any, cast

import torch
from torch import Tensor
from torch.nn import functional as F

from benchmarks import peers
from benchmarks.interleaved import Candidate, Target, compare
from physlib import MLP, Recipe, recipes
from physlib.building import build_loss, build_model, build_optimizer
from physlib.components import literal
from physlib.epochs import Step, train_epoch, train_step
from physlib.graphs import CudaRecorder, Replayed
from physlib.training import recipe_data

OURS, BARE, PRINTED = "physlib", "bare MLP", "as printed"
CHEAP = "physlib, two-point noise"
LOOP = "bare MLP in physlib's loop"
RECORDED = "physlib, one CUDA graph"
TUTORIAL = "torch's tutorial (MLP)"


def run(
    device: str, samples: int = 60_000, printed_steps: int = 20, rounds: int = 6
) -> dict[str, Any]:
    """Seconds of an epoch over `samples` images; the printed code's from `printed_steps`."""
    recipe = recipes["physlib"]
    data = recipe_data(recipe, device=device)
    x, y = data.train_inputs(recipe.pixel_range)[:samples], data.train_labels[:samples]
    steps = -(-samples // recipe.batch_size)
    candidates = {
        OURS: ours(recipe, x, y),
        CHEAP: ours(recipe.replace(noise="two-point"), x, y),
        BARE: bare(x, y, recipe.batch_size),
        LOOP: ours(recipes["mlp"], x, y),
        PRINTED: printed(recipe, x, y, printed_steps),
        TUTORIAL: peers.tutorial(recipe, device, samples),
    }
    frameworks = {"Lightning": peers.lightning, "skorch": peers.skorch}
    if x.is_cuda:
        candidates[RECORDED] = ours(recipe, x, y, graph=True)
    there = {name: p for name, p in peers.FRAMEWORKS.items() if find_spec(p) is not None}
    candidates |= {name: frameworks[name](recipe, x, y) for name in there}
    found = compare(candidates, rounds, scale={PRINTED: steps / printed_steps})
    targets = (
        Target(OURS, BARE, at_most=1.7),
        Target(CHEAP, BARE),
        Target(LOOP, BARE),
        Target(RECORDED, OURS),
        Target(PRINTED, OURS, at_least=50),
        Target(TUTORIAL, OURS, at_least=4),
        *(Target(name, OURS) for name in peers.FRAMEWORKS),
    )
    return {
        "sizes": {"samples": samples, "batch": recipe.batch_size, "printed_steps": printed_steps},
        "peers": {package: version(package) for package in there.values()},
        "missing": sorted(peers.FRAMEWORKS.keys() - there.keys()),
        "comparisons": [found.as_json(*targets, threads=torch.get_num_threads())],
    }


def ours(recipe: Recipe, x: Tensor, y: Tensor, graph: bool = False) -> Candidate:
    """As `fit` runs it, recorded or not."""
    model, loss_of = build_model(recipe).to(x.device), build_loss(recipe)
    optimizer, order = build_optimizer(recipe, model, 0), torch.Generator().manual_seed(0)
    step: Step = partial(train_step, model, loss_of, optimizer, x, y)
    if graph:
        step = Replayed(step, CudaRecorder(lambda: getattr(optimizer, "generators", ())))
    return lambda: train_epoch(model, loss_of, optimizer, x, y, recipe.batch_size, order, step)


def bare(x: Tensor, y: Tensor, batch_size: int) -> Candidate:
    """The ordinary network of the same widths, and nothing on the way but its steps."""
    model = MLP().to(x.device)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9, fused=True)

    def epoch() -> None:
        for batch in torch.randperm(len(x)).to(x.device).split(batch_size):
            loss = F.cross_entropy(model(x.index_select(0, batch)), y.index_select(0, batch))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

    return epoch


def printed(recipe: Recipe, x: Tensor, y: Tensor, steps: int) -> Candidate:
    """The post's formulas, word for word, for the first `steps` of an epoch."""
    model = build_model(recipe).to(x.device)
    first, norm, _, second, _ = cast(Iterable[Any], model.children())
    theta = list(model.parameters())
    v = [torch.zeros_like(p) for p in theta]

    def part() -> None:
        for batch in torch.randperm(len(x)).to(x.device).split(recipe.batch_size)[:steps]:
            hidden = F.rrelu(norm(literal.layer(x[batch], first.weight, first.beta, first.t)))
            phi = F.rrelu(literal.layer(hidden, second.weight, second.beta, second.t))
            loss = literal.loss(phi, y[batch], recipe.alpha, recipe.gamma)
            model.zero_grad()
            loss.backward()
            noise = [torch.randn_like(p) for p in theta]
            literal.langevin_step(theta, v, noise, recipe.lr, recipe.damping, recipe.temperature)

    return part
