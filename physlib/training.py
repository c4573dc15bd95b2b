"""One loop: a recipe and a seed in, a run out."""

import os
import time
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any, overload

import torch
from numpy.random import SeedSequence
from tqdm.auto import tqdm

from physlib.building import build_loss, build_model, build_optimizer
from physlib.checkpoints import load_checkpoint, readable, save_checkpoint
from physlib.checks import require_integer, shown
from physlib.components.replicas import from_first_rank, ranks
from physlib.data import Dataset, load_dataset, pixel_order, resolve_device
from physlib.distributed import AcrossRanks
from physlib.epochs import Step, evaluate, train_epoch, train_step, weights_are_finite
from physlib.graphs import CudaRecorder, Replayed
from physlib.launching import device_of_rank, is_first, one_per_machine_first
from physlib.memory import advice, out_of_memory
from physlib.recipes import Recipe, recipes
from physlib.resuming import restore, whole_state
from physlib.runs import Run


@overload
def fit(
    recipe: Recipe | str,
    seed: int = 0,
    device: str | torch.device | None = None,
    *,
    checkpoint: str | Path | None = None,
    progress: bool = True,
    graph: bool = False,
) -> Run: ...


@overload
def fit(
    recipe: Recipe | str,
    *,
    seeds: Iterable[int],
    device: str | torch.device | None = None,
    progress: bool = True,
    graph: bool = False,
) -> list[Run]: ...


def fit(
    recipe: Recipe | str,
    seed: int | None = None,
    device: str | torch.device | None = None,
    *,
    seeds: Iterable[int] | None = None,
    checkpoint: str | Path | None = None,
    progress: bool = True,
    graph: bool = False,
) -> Run | list[Run]:
    """Train `recipe` from `seed`, or from many `seeds` at once.

    The same seed gives the same bits on the same machine with the same number of threads.

    The seed sets three independent streams: of the initial weights and random activations,
    of the order of the images, and of the optimizer's noise. The caller's random state is left
    alone. Two recipes with one seed see the images in the same order, so that their
    difference is a paired one.

    Many seeds are one batched program, for a GPU that one small network leaves idle; on a CPU, a
    process for each core does as well. Each seed has its own streams, so that its run is the one
    it would have alone, up to the order in which floating-point numbers are summed; and one that
    diverges harms no other.

    On several ranks (see `physlib.launching.joined`) all of them train one network together: each
    takes its rows of every batch, and the run is that of one process to rounding. They return equal
    runs; the first one alone writes and shows anything.

    A run has the precision of torch's default dtype.

    Args:
        recipe: a `Recipe`, or the name of one in `recipes`.
        seed: any integer from 0, the default.
        device: where to train; None takes CUDA if there is one, otherwise the CPU.
        seeds: different integers from 0, in place of `seed`: a list of runs, in their order.
            The seconds of an epoch are then shared evenly among them.
        checkpoint: a file that is written after every epoch and, if it exists, continued
            from, to the same bits as without the interruption. Not with `seeds`. Any number of
            ranks goes on from it.
        progress: whether to show a bar.
        graph: whether to record a step as a CUDA graph and replay it, on a GPU and not with Adam:
            the same steps without the time to launch them. A run that is resumed takes its first
            steps without the graph, and then agrees to rounding only. Not on several ranks.

    Returns:
        A `Run`: its ``history`` has one entry per whole epoch in each column, its ``model`` the
        trained network. With `seeds`, a list of them.

    Shape:
        Batches are (B, 784), outputs (B, 10).

    Units:
        Accuracies are fractions, times seconds, losses those of the recipe's loss.

    Raises:
        TypeError, ValueError: an argument of the wrong type or outside its range.
        DatasetUnavailableError: no copy of the recipe's dataset.
        CheckpointError: the checkpoint is damaged or of another run.
        OutOfMemoryError: with the size of batch to try.

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
        raise TypeError(f"recipe must be a Recipe or the name of one, got {shown(recipe)}")
    device = device_of_rank(resolve_device(device))
    if ranks() > 1 and (graph or seeds is not None):
        name = "graph" if graph else "seeds"
        raise ValueError(f"{name} must be left out on several ranks, which train one network")
    if graph and (device.type != "cuda" or recipe.optimizer == "adam"):
        raise ValueError(
            f"graph must be false on {device.type!r} with the optimizer {recipe.optimizer!r}, got "
            f"{graph!r}: graphs are for CUDA, with 'langevin' or 'sgd'"
        )
    if seeds is not None:
        from physlib.batched import fit_many  # which builds on this module

        if seed is not None:
            raise ValueError(f"seed must be left out beside seeds, got {shown(seed)}")
        if checkpoint is not None:
            raise ValueError("checkpoint must be left out with seeds: one file holds one run")
        return fit_many(recipe, _different(seeds), device, progress=progress, graph=graph)
    seed = require_integer("seed", 0 if seed is None else seed, low=0)
    if checkpoint is not None and not isinstance(checkpoint, str | Path):
        raise TypeError(f"checkpoint must be a path, got {shown(checkpoint)}")
    with one_per_machine_first():
        data = recipe_data(recipe, seed, device)
    train = data.train_inputs(recipe.pixel_range), data.train_labels
    test = data.test_inputs(recipe.pixel_range), data.test_labels

    too_large = out_of_memory("the network does not fit: try a smaller one")
    with too_large, torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        weights_seed, order_seed, noise_seed = seed_streams(seed)
        seed_generators(device, weights_seed)
        model = build_model(recipe).to(device)
        network = AcrossRanks(model) if ranks() > 1 else model
        loss_of = build_loss(recipe)
        optimizer = build_optimizer(recipe, model, noise_seed)
        order = torch.Generator().manual_seed(order_seed)
        step: Step = partial(train_step, network, loss_of, optimizer, *train)
        if graph:
            step = Replayed(step, CudaRecorder(lambda: getattr(optimizer, "generators", ())))
        run = Run(recipe, seed, str(device), model)
        if checkpoint is not None:
            with readable(Path(checkpoint)):
                saved = None
                if is_first() and Path(checkpoint).exists():
                    saved = load_checkpoint(Path(checkpoint), recipe, seed)
                if (saved := from_first_rank(saved)) is not None:
                    restore(saved, run, optimizer, order)

        done = len(run.history["epoch"])
        fits = out_of_memory(advice(recipe.batch_size, len(train[1])))
        with fits, progress_bar(recipe, progress and is_first(), initial=done) as bar:
            for _ in range(done, recipe.epochs):
                start = time.perf_counter()
                losses, hits = train_epoch(
                    network, loss_of, optimizer, *train, recipe.batch_size, order, step
                )
                scores = evaluate(network, loss_of, *test, recipe.batch_size)
                row = [losses.mean(), hits.mean(), *scores]
                sound = weights_are_finite(model)
                if not run.add_epoch(losses, row, sound, time.perf_counter() - start):
                    break
                if checkpoint is not None and is_first():
                    save_checkpoint(
                        Path(checkpoint), recipe, seed, whole_state(run, optimizer, order)
                    )
                bar.set_postfix_str(f"test accuracy {100 * run.test_accuracy:.1f} %")
                bar.update()
    return run


@out_of_memory("the dataset does not fit")
def recipe_data(recipe: Recipe, seed: int = 0, device: str | torch.device | None = None) -> Dataset:
    """What `fit` trains and scores on: the dataset as the recipe shuffles, splits and mislabels it.

    The label noise has a stream of its own in the seed, so that a clean run and a noisy one
    share weights and order.
    """
    data = load_dataset(recipe.dataset, resolve_device(device))
    if recipe.pixel_permutation:
        data = data.with_pixel_order(pixel_order(recipe.pixel_permutation))
    size = len(data.train_labels)
    require_integer("validation", recipe.validation, low=0, high=size - 2)  # two are left to learn
    if recipe.validation:
        data = data.hold_out(recipe.validation)
    if recipe.label_noise:
        label_seed = int(SeedSequence(seed).generate_state(4)[3])  # after the three of `fit`
        data = data.with_label_noise(recipe.label_noise, label_seed)
    return data


def seed_streams(seed: int) -> tuple[int, int, int]:
    """The seeds of a run's three streams: initial weights, order of the images, noise.

    Raises:
        TypeError, ValueError: no integer from 0.
    """
    seed = require_integer("seed", seed, low=0)
    weights, order, noise = map(int, SeedSequence(seed).generate_state(3))
    return weights, order, noise


def seed_generators(device: torch.device, seed: int) -> None:
    """Seed the generators that `fork_rng` restores, and no other: torch.manual_seed takes all."""
    torch.default_generator.manual_seed(seed)
    if device.type == "cuda":
        with torch.cuda.device(device):
            torch.cuda.manual_seed(seed)


def progress_bar(recipe: Recipe, show: bool, label: str = "", initial: int = 0) -> "tqdm[Any]":
    """A bar over the recipe's epochs."""
    return tqdm(
        total=recipe.epochs,
        initial=initial,
        unit="epoch",
        desc=label or recipe.name,
        leave=False,
        # tqdm's bar for notebooks does not heed its own variable
        disable=not show or "TQDM_DISABLE" in os.environ,
    )


def _different(seeds: Iterable[int]) -> list[int]:
    if not isinstance(seeds, Iterable):
        raise TypeError(f"seeds must be integers in a sequence, got {shown(seeds)}")
    checked = [require_integer("seeds", seed, low=0) for seed in seeds]
    if not checked or len(set(checked)) < len(checked):
        raise ValueError(f"seeds must be at least one, and each another one, got {checked}")
    return checked
