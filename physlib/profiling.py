"""What each part of a training step costs, in seconds and in bytes."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from statistics import median

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from physlib.building import build_loss, build_model, build_optimizer
from physlib.checks import require_integer
from physlib.components.costs import kept_tensors
from physlib.data import Dataset, resolve_device
from physlib.recipes import Recipe
from physlib.training import recipe_data

PARTS = ("batch", "forward", "loss", "backward", "update")


class _Bench:
    """A recipe's network, loss and optimizer on a device, with batches to step on."""

    def __init__(self, recipe: Recipe, device: torch.device) -> None:
        self.device = device
        self.data: Dataset = recipe_data(recipe, 0, self.device)
        self.model: nn.Module = build_model(recipe).to(self.device).train()
        self.loss_of = build_loss(recipe)
        self.optimizer: Optimizer = build_optimizer(recipe, self.model, 0)
        self.x = self.data.train_inputs(recipe.pixel_range)
        order = torch.randperm(len(self.x), generator=torch.Generator().manual_seed(0))
        self.batches = order.to(self.device).split(recipe.batch_size)

    def step(self, position: int) -> Iterator[Tensor]:
        """One step of training, which yields after each of `PARTS`."""
        batch = self.batches[position % len(self.batches)]
        x = self.x.index_select(0, batch)
        target = self.data.train_labels.index_select(0, batch)
        yield x
        phi = self.model(x)
        yield phi
        loss = self.loss_of(phi, target)
        yield loss
        self.optimizer.zero_grad()
        loss.backward()
        yield loss
        self.optimizer.step()
        yield loss


@contextmanager
def _bench(recipe: Recipe, device: str | torch.device | None) -> Iterator[_Bench]:
    """One that leaves the caller's random state alone."""
    device = resolve_device(device)
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        yield _Bench(recipe, device)


def step_seconds(
    recipe: Recipe, device: str | torch.device | None = None, steps: int = 200
) -> dict[str, float]:
    """Median wall seconds of each of `PARTS` of a training step, after a tenth of them as warm-up.

    On a GPU every part is waited for, which a training run does not do: there the parts overlap,
    and their sum is more than a step takes.

    Raises:
        TypeError, ValueError: `steps` is not a positive integer, or there is no such device.
    """
    require_integer("steps", steps, low=1)
    warm_up = 1 + steps // 10
    spent = []
    with _bench(recipe, device) as bench:
        wait = torch.cuda.synchronize if bench.device.type == "cuda" else lambda: None
        for position in range(warm_up + steps):
            wait()
            marks = [time.perf_counter()]
            for _ in bench.step(position):
                wait()
                marks.append(time.perf_counter())
            spent.append([after - before for before, after in pairwise(marks)])
    columns = zip(*spent[warm_up:], strict=True)
    return {part: median(column) for part, column in zip(PARTS, columns, strict=True)}


def step_bytes(recipe: Recipe, device: str | torch.device | None = None) -> dict[str, int]:
    """Bytes that training holds, by what holds them, counted from the tensors themselves.

    ``images`` are the training inputs as floats, ``weights`` parameters and buffers,
    ``gradients`` and ``optimizer`` what a step leaves behind, its buffer of noise included, and
    ``activations`` what autograd keeps of a forward pass.
    """
    with _bench(recipe, device) as bench:
        weights = [*bench.model.parameters(), *bench.model.buffers()]
        with kept_tensors(weights) as kept:
            for _ in bench.step(0):
                pass
    gradients = [p.grad for p in bench.model.parameters() if p.grad is not None]
    held = [t for state in bench.optimizer.state.values() for t in state.values()]
    noise = getattr(bench.optimizer, "noise_bytes", 0)
    return {
        "images": _bytes([bench.x]),
        "weights": _bytes(weights),
        "gradients": _bytes(gradients),
        "optimizer": _bytes([t for t in held if isinstance(t, Tensor)]) + noise,
        "activations": sum(kept.values()),
    }


def _bytes(tensors: list[Tensor]) -> int:
    return sum(t.nbytes for t in tensors)
