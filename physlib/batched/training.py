"""The loop of `physlib.training` over stacked networks: nothing here waits for a GPU in a step."""

import time
from collections.abc import Callable, Sequence
from functools import partial

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from physlib.batched.layers import stack_networks, unstack
from physlib.building import build_loss, build_model, build_optimizer
from physlib.epochs import Step, covered, step_accuracies, weights_are_finite
from physlib.graphs import CudaRecorder, Replayed
from physlib.memory import advice, out_of_memory
from physlib.metrics import accuracy
from physlib.recipes import Recipe
from physlib.runs import Run
from physlib.training import progress_bar, recipe_data, seed_generators, seed_streams

Losses = Callable[[Tensor, Tensor], Tensor]


def fit_many(
    recipe: Recipe,
    seeds: Sequence[int],
    device: torch.device,
    *,
    progress: bool = True,
    graph: bool = False,
) -> list[Run]:
    """What ``fit(recipe, seeds=seeds)`` returns; the arguments are checked there.

    Every seed has the streams of its single run: initial weights, slopes of random activations,
    order of the images, noise, wrong labels. Its numbers differ from those of the single run,
    and with the company it has, by the order in which products of matrices are summed.
    """
    data = recipe_data(recipe, seeds[0], device)
    x = data.train_inputs(recipe.pixel_range)
    test = data.test_inputs(recipe.pixel_range), data.test_labels
    labels = [data.train_labels] * len(seeds)
    if recipe.label_noise:
        labels = [recipe_data(recipe, seed, device).train_labels for seed in seeds]
    y = torch.stack(labels)  # (S, N)

    too_large = out_of_memory("the networks do not fit: try fewer seeds")
    with too_large, torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        models, activations, orders, noise_seeds = [], [], [], []
        for seed in seeds:
            weights_seed, order_seed, noise_seed = seed_streams(seed)
            seed_generators(device, weights_seed)
            models.append(build_model(recipe).to(device))
            activations.append(_copy_of_global_generator(device))
            orders.append(torch.Generator().manual_seed(order_seed))
            noise_seeds.append(noise_seed)
        network = stack_networks(models, activations)
        losses_of = torch.vmap(build_loss(recipe))
        optimizer = build_optimizer(recipe, network, noise_seeds)
        step: Step = partial(train_step, network, losses_of, optimizer, x, y)
        if graph:
            recorder = CudaRecorder(lambda: [*activations, *getattr(optimizer, "generators", ())])
            step = Replayed(step, recorder)
        runs = [Run(recipe, seed, str(device), m) for seed, m in zip(seeds, models, strict=True)]
        going = dict(enumerate(runs))
        fits = out_of_memory(advice(recipe.batch_size, len(x), len(seeds)))
        with fits, progress_bar(recipe, progress, label=f"{recipe.name} × {len(runs)}") as bar:
            for _ in range(recipe.epochs):
                start = time.perf_counter()
                steps = train_epoch(network, step, y, recipe.batch_size, orders)
                ends = evaluate(network, losses_of, *test, recipe.batch_size, len(seeds))
                sound = weights_are_finite(network, len(seeds))
                losses, hits, *scores, sound = (c.cpu() for c in (*steps, *ends, sound))
                rows = torch.stack([losses.mean(1), hits.mean(1), *scores], dim=1)
                seconds = (time.perf_counter() - start) / len(runs)
                for at, run in list(going.items()):
                    if not run.add_epoch(losses[at], list(rows[at]), sound[at], seconds):
                        # a slice of NaN goes on; what it was at its end is kept
                        unstack(network, at, going.pop(at).model)
                if not going:
                    break
                bar.update()
        for at, run in going.items():
            unstack(network, at, run.model)
    return runs


def train_step(
    network: nn.Module,
    losses_of: Losses,
    optimizer: Optimizer,
    x: Tensor,
    y: Tensor,
    batch: Tensor,
) -> tuple[Tensor, Tensor]:
    """One step, each network on its column of `batch` (B, S), rows of x (N, I) and y (S, N).

    Returns:
        The losses (S,), and the outputs (S, B, C) before the step.
    """
    rows = batch.T
    phi = network(x.index_select(0, rows.flatten()).view(*rows.shape, -1))
    losses = losses_of(phi, y.gather(1, rows))
    optimizer.zero_grad()
    losses.sum().backward()  # each network has its own gradient
    optimizer.step()
    return losses.detach(), phi.detach()


def train_epoch(
    network: nn.Module,
    step: Step,
    y: Tensor,
    batch_size: int,
    orders: Sequence[torch.Generator],
) -> tuple[Tensor, Tensor]:
    """One pass of each network over its labels y (S, N), in an order of its own.

    Returns:
        The losses and the accuracies, (S, steps) each, on the device. A last batch of a single
        sample is left out, as in a single run.
    """
    network.train()
    order = torch.stack([torch.randperm(y.shape[1], generator=g) for g in orders], dim=1)
    order = order[: covered(len(order), batch_size)]
    batches = order.to(y.device).split(batch_size)  # (B, S) each
    losses, outputs = zip(*map(step, batches), strict=True)
    targets = [y.gather(1, batch.T) for batch in batches]
    return torch.stack(losses, 1), step_accuracies(list(outputs), targets).T


@torch.no_grad()
@out_of_memory("scoring does not fit, whatever the batch_size: try fewer seeds")
def evaluate(
    network: nn.Module, losses_of: Losses, x: Tensor, y: Tensor, batch_size: int, seeds: int
) -> tuple[Tensor, Tensor]:
    """Loss and accuracy of each network on x (N, I), y (N,) in evaluation mode, (S,) each."""
    network.eval()
    # as much memory as one network takes
    chunks = x.split(max(1, 4096 // seeds))
    phi = torch.cat([network(chunk.expand(seeds, -1, -1)) for chunk in chunks], dim=1)
    target = y.expand(seeds, -1)
    whole = covered(len(y), batch_size)
    batches = (rows[:, :whole].split(batch_size, 1) for rows in (phi, target))
    losses = [losses_of(*pair) for pair in zip(*batches, strict=True)]
    return torch.stack(losses).mean(0), accuracy(phi, target)


def _copy_of_global_generator(device: torch.device) -> torch.Generator:
    """A generator of `device` that goes on as its global one would."""
    on_gpu = device.type == "cuda"
    generator = torch.Generator(device)
    generator.set_state(torch.cuda.get_rng_state(device) if on_gpu else torch.get_rng_state())
    return generator
