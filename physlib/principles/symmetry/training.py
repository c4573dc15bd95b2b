"""Replicas trained alike, and how far they part on the way: the study behind the chapter."""

import math
from collections.abc import Sequence
from typing import Literal, get_args

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from physlib.checks import (
    require_ascending,
    require_choice,
    require_integer,
    require_number,
)
from physlib.data import load_dataset
from physlib.metrics import accuracy
from physlib.principles.symmetry.control import bias_control
from physlib.principles.symmetry.expansion import expand_image, expanded_pixels, upsample_nearest
from physlib.principles.symmetry.networks import build_network, weight_matrices
from physlib.principles.symmetry.replicas import symmetry_breaking
from physlib.studies import Row
from physlib.training import seed_streams

Fill = Literal["none", "constant", "nearest", "bias-control"]
Groups = list[dict[str, object]]
_SPLIT = 60_000  # the seed of the images that are chosen: the same ones in every run


def filled(x: Tensor, fill: str, factor: int, constant: float) -> Tensor:
    """Images (N, H, W) as a network of this input sees them."""
    require_choice("fill", fill, get_args(Fill))
    if fill == "constant":
        return expand_image(x, factor, constant)
    return upsample_nearest(x, factor) if fill == "nearest" else x


def network_and_groups(
    architecture: str,
    side: int,
    *,
    technique: str,
    fill: str,
    factor: int,
    constant: float,
    hidden: int,
    lr: float,
) -> tuple[nn.Module, Groups]:
    """A network drawn from torch's global generator, and the learning rates of its parameters.

    The control of an expanded MLP is made of its very weights.
    """
    network = build_network(
        architecture,
        side,
        technique=technique,
        factor=factor if fill != "none" else 1,
        hidden=hidden,
    )
    if fill != "bias-control":
        return network, [{"params": list(network.parameters()), "lr": lr}]
    require_choice("architecture of the bias control", architecture, ["mlp"])
    assert isinstance(network, nn.Sequential)
    assert isinstance(network[1], nn.Linear)
    control = bias_control(network[1], expanded_pixels(side, side, factor), constant)
    network[1] = control.layer
    rest = [p for module in network[2:] for p in module.parameters()]
    return network, [*control.parameter_groups(lr), {"params": rest, "lr": lr}]


def train(
    network: nn.Module,
    groups: Groups,
    x: Tensor,
    y: Tensor,
    *,
    epochs: int,
    batch: int,
    momentum: float,
    order: torch.Generator,
) -> list[list[Tensor]]:
    """Gradient descent with momentum on the cross-entropy.

    Returns:
        Copies of the weight matrices at the start, after a tenth of the steps, and at the end.
    """
    optimizer = torch.optim.SGD(groups, momentum=momentum)
    orders = [torch.randperm(len(x), generator=order) for _ in range(epochs)]
    batches = [rows for rows_of_epoch in orders for rows in rows_of_epoch.split(batch)]
    kept = [_copies(network)]
    network.train()
    for step, rows in enumerate(batches, start=1):
        optimizer.zero_grad()
        F.cross_entropy(network(x[rows]), y[rows]).backward()
        optimizer.step()
        if step == max(1, len(batches) // 10):
            kept.append(_copies(network))
    return [*kept, _copies(network)]


@torch.no_grad()
def held_out_accuracy(network: nn.Module, x: Tensor, y: Tensor) -> float:
    """The share of images that the network gets right, in evaluation mode; NaN if it diverged."""
    network.eval()
    phi = torch.cat([network(part) for part in x.split(1000)])
    return float(accuracy(phi, y)) if phi.isfinite().all() else float("nan")


def replica_study(
    *,
    dataset: str,
    architecture: str,
    technique: str,
    fill: str,
    factor: int,
    constant: float,
    hidden: int,
    images: int,
    validation: int,
    epochs: int,
    batch: int,
    momentum: float,
    rates: Sequence[float],
    replicas: int,
    seed: int,
) -> list[Row]:
    """Replicas of one network, trained alike from seeds of their own.

    The learning rate is the one, of `rates`, with which the replicas do best on average on images
    that are held out from training; one that diverges rules its rate out. Images are a fixed choice
    of the training images.

    Returns:
        Rows of (step, metric, value) at the start, after a tenth of the steps and at the end:
        ``distance_1``, ``null_1`` and so on of each layer, `symmetry_breaking`; NaN where a
        replica diverged. And at the end ``test_accuracy``, the mean over replicas, and ``lr``.

    Raises:
        TypeError, ValueError: a setting outside its range, or more images than there are.
    """
    counts = {"factor": factor, "epochs": epochs, "batch": batch}
    for name, count in counts.items():
        require_integer(name, count, low=1)
    require_integer("replicas", replicas, low=2)
    require_integer("seed", seed, low=0)
    require_number("constant", constant)
    require_number("momentum", momentum, low=0, high=1)
    require_ascending("rates", rates)
    data = load_dataset(dataset)
    require_integer("images", images, low=1, high=len(data.train_labels) - 1)
    require_integer("validation", validation, low=1, high=len(data.train_labels) - images)
    chosen = torch.randperm(
        len(data.train_labels), generator=torch.Generator().manual_seed(_SPLIT)
    )[: images + validation]
    side = data.train_images.shape[-1]

    def inputs(pictures: Tensor) -> Tensor:
        return filled(pictures.float() / 255, fill, factor, constant)

    x, y = inputs(data.train_images[chosen]), data.train_labels[chosen]
    test = inputs(data.test_images), data.test_labels

    def trained(replica: int, lr: float) -> tuple[nn.Module, list[list[Tensor]]]:
        weights, order, noise = seed_streams(seed * replicas + replica)
        with torch.random.fork_rng(devices=[]):
            torch.default_generator.manual_seed(weights)
            network, groups = network_and_groups(
                architecture, side, technique=technique, fill=fill, factor=factor,
                constant=constant, hidden=hidden, lr=lr,
            )  # fmt: skip
            torch.default_generator.manual_seed(noise)  # of dropout
            generator = torch.Generator().manual_seed(order)
            kept = train(
                network, groups, x[:images], y[:images], epochs=epochs, batch=batch,
                momentum=momentum, order=generator,
            )  # fmt: skip
        return network, kept

    def score(runs: list[tuple[nn.Module, list[list[Tensor]]]]) -> float:
        mean = sum(held_out_accuracy(n, x[images:], y[images:]) for n, _ in runs) / replicas
        return -1.0 if math.isnan(mean) else mean

    tried = {lr: [trained(replica, lr) for replica in range(replicas)] for lr in rates}
    best = max(tried, key=lambda lr: score(tried[lr]))
    runs = tried[best]
    steps = epochs * -(-images // batch)
    rows: list[Row] = []
    for at, step in enumerate((0, max(1, steps // 10), steps)):
        layers = zip(*(kept[at] for _, kept in runs), strict=True)
        for number, layer in enumerate(layers, start=1):
            rows += _measured(step, number, layer)
    scores = [held_out_accuracy(network, *test) for network, _ in runs]
    return [*rows, (steps, "test_accuracy", sum(scores) / replicas), (steps, "lr", best)]


def _measured(step: int, number: int, layer: Sequence[Tensor]) -> list[Row]:
    distance, null = float("nan"), float("nan")
    if all(w.isfinite().all() for w in layer):
        distance, null = symmetry_breaking([w.numpy() for w in layer])
    return [(step, f"distance_{number}", distance), (step, f"null_{number}", null)]


def _copies(network: nn.Module) -> list[Tensor]:
    return [w.detach().clone() for w in weight_matrices(network)]
