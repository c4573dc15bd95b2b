"""One loop: a recipe and a seed in, a run out."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Literal

import torch
from numpy.random import SeedSequence
from torch import Tensor, nn
from torch.optim import Optimizer
from tqdm.auto import tqdm

from physlib.building import build_loss, build_model, build_optimizer
from physlib.checkpoints import load_checkpoint, readable, save_checkpoint
from physlib.checks import require_integer
from physlib.data import Dataset, load_dataset, pixel_order, resolve_device
from physlib.graphs import CudaRecorder, Replayed
from physlib.metrics import accuracy
from physlib.recipes import Recipe, recipes

# From the indices (B,) of a batch to the loss () and the outputs (B, C).
Step = Callable[[Tensor], tuple[Tensor, Tensor]]
COLUMNS = ("epoch", "train_loss", "train_accuracy", "test_loss", "test_accuracy", "seconds")


@dataclass
class Run:
    """What `fit` returns.

    ``history`` has one list per column of `COLUMNS`, one entry per whole epoch: losses,
    accuracies as fractions, seconds of wall time. The training columns are means over the
    epoch's steps, while the weights move; the test columns follow the epoch. A run that
    diverged keeps the epochs before, and ``diverged_at`` is the first step (counted from 0
    over the whole run) whose loss was not finite, or the last one of the epoch after which
    the test loss was not.
    """

    recipe: Recipe
    seed: int
    device: str
    model: nn.Module
    status: Literal["completed", "diverged"] = "completed"
    diverged_at: int | None = None
    why: str | None = None  # which quantity was not finite, if any
    history: dict[str, list[float]] = field(default_factory=lambda: {c: [] for c in COLUMNS})

    @property
    def test_accuracy(self) -> float:
        """After the last whole epoch, a fraction; NaN if there was none."""
        return (self.history["test_accuracy"] or [float("nan")])[-1]


def fit(
    recipe: Recipe | str,
    seed: int = 0,
    device: str | torch.device | None = None,
    *,
    checkpoint: str | Path | None = None,
    progress: bool = True,
    graph: bool = False,
) -> Run:
    """Train `recipe` from `seed`.

    The same seed gives the same bits on the same machine with the same number of threads.

    The seed sets three independent streams: of the initial weights and random activations,
    of the order of the images, and of the optimizer's noise. The caller's random state is left
    alone. Two recipes with one seed see the images in the same order, so that their
    difference is a paired one.

    Args:
        recipe: a `Recipe`, or the name of one in `recipes`.
        seed: any integer from 0.
        device: where to train; None takes CUDA if there is one, otherwise the CPU.
        checkpoint: a file that is written after every epoch and, if it exists, continued
            from, to the same bits as without the interruption.
        progress: whether to show a bar.
        graph: whether to record a step as a CUDA graph and replay it, on a GPU and not with Adam:
            the same steps without the time to launch them. A run that is resumed takes its first
            steps without the graph, and then agrees to rounding only.

    Returns:
        A `Run`: its ``history`` has one entry per whole epoch in each column, its ``model`` the
        trained network.

    Shape:
        Batches are (B, 784), outputs (B, 10).

    Units:
        Accuracies are fractions, times seconds, losses those of the recipe's loss.

    Raises:
        TypeError, ValueError: an argument of the wrong type or outside its range.
        DatasetUnavailableError: no copy of the recipe's dataset.
        CheckpointError: the checkpoint is damaged or of another run.

    Source:
        Stochastic gradient descent over shuffled batches; the post does not say how it trains.

    Example:
        >>> from physlib import recipes
        >>> small = recipes["physlib"].replace(dataset="digits", lr=1e-2, epochs=2)
        >>> run = fit(small, seed=0, device="cpu", progress=False)
        >>> run.status, run.history["epoch"]
        ('completed', [1, 2])
        >>> run.test_accuracy > 0.5  # chance is 0.1
        True
    """
    recipe = recipes[recipe] if isinstance(recipe, str) else recipe
    if not isinstance(recipe, Recipe):
        raise TypeError(f"recipe must be a Recipe or the name of one, got {recipe!r}")
    seed = require_integer("seed", seed, low=0)
    device = resolve_device(device)
    if graph and (device.type != "cuda" or recipe.optimizer == "adam"):
        raise ValueError(
            f"graph must be false on {device.type!r} with the optimizer {recipe.optimizer!r}: "
            "graphs are for CUDA, with 'langevin' or 'sgd'"
        )
    data = recipe_data(recipe, seed, device)
    train = data.train_inputs(recipe.pixel_range), data.train_labels
    test = data.test_inputs(recipe.pixel_range), data.test_labels

    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        weights_seed, order_seed, noise_seed = map(int, SeedSequence(seed).generate_state(3))
        _seed(device, weights_seed)
        model = build_model(recipe).to(device)
        loss_of = build_loss(recipe)
        optimizer = build_optimizer(recipe, model, noise_seed)
        order = torch.Generator().manual_seed(order_seed)
        step: Step = partial(train_step, model, loss_of, optimizer, *train)
        if graph:
            step = Replayed(step, CudaRecorder(lambda: getattr(optimizer, "generators", ())))
        run = Run(recipe, seed, str(device), model)
        if checkpoint is not None and Path(checkpoint).exists():
            with readable(Path(checkpoint)):
                _restore(load_checkpoint(Path(checkpoint), recipe, seed), run, optimizer, order)

        done = len(run.history["epoch"])
        with tqdm(
            total=recipe.epochs,
            initial=done,
            unit="epoch",
            desc=recipe.name,
            leave=False,
            # tqdm's bar for notebooks does not heed its own variable
            disable=not progress or "TQDM_DISABLE" in os.environ,
        ) as bar:
            for epoch in range(done, recipe.epochs):
                start = time.perf_counter()
                losses, hits = train_epoch(
                    model, loss_of, optimizer, *train, recipe.batch_size, order, step
                )
                scores = evaluate(model, loss_of, *test, recipe.batch_size)
                row = [losses.mean(), hits.mean(), *scores]
                if (bad := _first_non_finite(losses, row)) is not None:
                    run.status, run.diverged_at = "diverged", epoch * len(losses) + bad
                    which = "test" if losses.isfinite().all() else "training"
                    run.why = f"the {which} loss is not finite"
                    break
                values = [epoch + 1, *(float(x) for x in row), time.perf_counter() - start]
                for column, value in zip(COLUMNS, values, strict=True):
                    run.history[column].append(value)
                if checkpoint is not None:
                    save_checkpoint(Path(checkpoint), recipe, seed, _state(run, optimizer, order))
                bar.set_postfix_str(f"test accuracy {100 * run.test_accuracy:.1f} %")
                bar.update()
    return run


def recipe_data(recipe: Recipe, seed: int = 0, device: str | torch.device | None = None) -> Dataset:
    """What `fit` trains and scores on: the dataset as the recipe shuffles, splits and mislabels it.

    The label noise has a stream of its own in the seed, so that a clean run and a noisy one
    share weights and order.
    """
    data = load_dataset(recipe.dataset, resolve_device(device))
    if recipe.pixel_permutation:
        data = data.with_pixel_order(pixel_order(recipe.pixel_permutation))
    if recipe.validation:
        data = data.hold_out(recipe.validation)
    if recipe.label_noise:
        label_seed = int(SeedSequence(seed).generate_state(4)[3])  # after the three of `fit`
        data = data.with_label_noise(recipe.label_noise, label_seed)
    return data


def train_step(
    model: nn.Module, loss_of: nn.Module, optimizer: Optimizer, x: Tensor, y: Tensor, batch: Tensor
) -> tuple[Tensor, Tensor]:
    """One step on the rows `batch` (B,) of x and y; the loss, and the outputs (B, C) before it."""
    phi = model(x.index_select(0, batch))
    loss = loss_of(phi, y.index_select(0, batch))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.detach(), phi.detach()


def train_epoch(
    model: nn.Module,
    loss_of: nn.Module,
    optimizer: Optimizer,
    x: Tensor,
    y: Tensor,
    batch_size: int,
    order: torch.Generator,
    step: Step | None = None,
) -> tuple[Tensor, Tensor]:
    """One pass over x (N, I), y (N,); the loss and the accuracy of every step, on the device.

    A last batch of a single sample is left out: batch normalisation has no variance for it.
    ``step`` is `train_step` for these arguments, if not another form of it.
    """
    step = step or partial(train_step, model, loss_of, optimizer, x, y)
    model.train()
    batches = torch.randperm(len(x), generator=order).to(x.device).split(batch_size)
    if len(batches) > 1 and len(batches[-1]) == 1:
        batches = batches[:-1]
    # Kept as they are and scored once per epoch: a float() here would stall a GPU every step.
    losses, outputs = [], []
    for batch in batches:
        loss, phi = step(batch)
        losses.append(loss)
        outputs.append(phi)
    return torch.stack(losses), _accuracies(outputs, [y[batch] for batch in batches])


@torch.no_grad()
def evaluate(
    model: nn.Module, loss_of: nn.Module, x: Tensor, y: Tensor, batch_size: int
) -> tuple[Tensor, Tensor]:
    """Loss and accuracy on x (N, I), y (N,) in evaluation mode, two scalar tensors.

    The loss is the mean over batches of the training size: the absolute value around the
    Ginzburg-Landau mean makes the loss of a whole set another quantity.
    """
    model.eval()
    phi = torch.cat([model(chunk) for chunk in x.split(4096)])
    losses = [
        loss_of(*pair) for pair in zip(phi.split(batch_size), y.split(batch_size), strict=True)
    ]
    return torch.stack(losses).mean(), accuracy(phi, y)


def _accuracies(outputs: list[Tensor], targets: list[Tensor]) -> Tensor:
    """The accuracy of every batch; all but the last are of one size, and scored at once."""
    *whole, last = zip(outputs, targets, strict=True)
    scores = [accuracy(*last).unsqueeze(0)]
    if whole:
        phi, target = (torch.stack(tensors) for tensors in zip(*whole, strict=True))
        scores.insert(0, accuracy(phi, target))
    return torch.cat(scores)


def _seed(device: torch.device, seed: int) -> None:
    """Seed the generators that `fork_rng` restores, and no other: torch.manual_seed takes all."""
    torch.default_generator.manual_seed(seed)
    if device.type == "cuda":
        with torch.cuda.device(device):
            torch.cuda.manual_seed(seed)


def _first_non_finite(losses: Tensor, row: list[Tensor]) -> int | None:
    """The first step of the epoch whose loss is not finite; the last one if only a mean is."""
    bad = (~losses.isfinite()).nonzero()
    if len(bad):
        return int(bad[0])
    return None if torch.stack(row).isfinite().all() else len(losses) - 1


def _state(run: Run, optimizer: Optimizer, order: torch.Generator) -> dict[str, Any]:
    """All that the next epoch depends on."""
    on_gpu = run.device.startswith("cuda")
    return {
        "history": run.history,
        "model": run.model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "order": order.get_state(),
        "cpu": torch.get_rng_state(),
        "cuda": torch.cuda.get_rng_state(run.device) if on_gpu else None,
    }


def _restore(state: dict[str, Any], run: Run, optimizer: Optimizer, order: torch.Generator) -> None:
    run.history = state["history"]
    run.model.load_state_dict(state["model"])
    optimizer.load_state_dict(state["optimizer"])
    order.set_state(state["order"])
    torch.set_rng_state(state["cpu"])
    if run.device.startswith("cuda") and state["cuda"] is not None:
        torch.cuda.set_rng_state(state["cuda"], run.device)
