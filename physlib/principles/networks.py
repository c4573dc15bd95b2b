"""What the chapters on principles train beside the book's networks, on pixels from 0 to 1."""

from collections.abc import Callable
from typing import Literal, get_args

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from physlib.building import build_loss, build_model, build_optimizer
from physlib.checks import require_choice, require_integer, require_number
from physlib.data import CLASSES
from physlib.epochs import Step, train_epoch, train_step
from physlib.principles.attacks import pgd
from physlib.recipes import Recipe, recipes
from physlib.training import recipe_data, seed_generators, seed_streams

Network = Literal["experimental", "mlp", "cnn", "linear"]
Dataset = Literal["mnist", "digits"]
HARDENING_STEPS = 4


class SmallCNN(nn.Sequential):
    """Two strided convolutions and a linear layer: 6,000 parameters for 28×28 pixels.

    Shape:
        (B, 784) to (B, 10).

    Units:
        Pixels in, logits out.

    Source:
        Ours: a small descendant of LeNet.

    Example:
        >>> SmallCNN()(torch.zeros(2, 784)).shape
        torch.Size([2, 10])
    """

    def __init__(self) -> None:
        super().__init__(
            nn.Unflatten(1, (1, 28, 28)),
            nn.Conv2d(1, 8, 5, stride=2),  # (B, 8, 12, 12)
            nn.ReLU(),
            nn.Conv2d(8, 16, 5, stride=2),  # (B, 16, 4, 4)
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(256, CLASSES),
        )


class Scaled(nn.Module):
    """From pixels in [0, 1] to the range that a recipe trains on.

    Shape:
        (…) to the same.

    Units:
        Black 0 and white 1, to whatever black and white shall be.
    """

    def __init__(self, black: float, white: float) -> None:
        super().__init__()
        self.black, self.white = black, white

    def forward(self, x: Tensor) -> Tensor:
        """The scaled pixels."""
        scaled: Tensor = self.black + (self.white - self.black) * x
        return scaled


def trained(
    network: Network,
    seed: int,
    *,
    lr: float,
    epochs: int,
    hardening: float = 0.0,
    label_noise: float = 0.0,
    train_images: int | None = None,
    dataset: Dataset = "mnist",
    watch: Callable[[int, nn.Module], None] | None = None,
) -> nn.Module:
    r"""A network of the book, or `SmallCNN`, trained on pixels in [0, 1] and in evaluation mode.

    Args:
        network: ``"experimental"`` with its own loss and optimizer (the recipe ``physlib``), or
            ``"mlp"``, ``"cnn"`` or ``"linear"``, which has no hidden layer, with cross-entropy and
            SGD (the recipe ``mlp``).
        seed: of the weights, the order and the optimizer's noise: three streams, as in `fit`.
        lr: learning rate.
        epochs: passes over the training images.
        hardening: radius ε of adversarial training in ℓ∞; every step then is on images that four
            steps of `pgd` have just attacked, up the loss that is trained on. 0: as they are.
        label_noise: fraction of wrong training labels; 0.9 makes them independent of the image.
        train_images: how many, the first ones; None takes all.
        dataset: ``"mnist"`` or ``"digits"``.
        watch: called with 0 before the first epoch and with its number after each, and with the
            network in evaluation mode; it may not draw from torch's global generator.

    Shape:
        The network maps (B, 784) to (B, 10).

    Units:
        `hardening` in pixels, black 0 and white 1.

    Raises:
        TypeError, ValueError: an argument outside its range.

    Source:
        Adversarial training: Madry et al., arXiv:1706.06083.
    """
    require_number("hardening", hardening, low=0, high=1)
    plan = recipe_of(network).replace(
        lr=lr, epochs=epochs, dataset=dataset, label_noise=label_noise
    )
    data = recipe_data(plan, seed, "cpu")
    x, y = data.train_inputs(), data.train_labels
    if train_images is not None:
        count = require_integer("train_images", train_images, low=2, high=len(y))
        x, y = x[:count], y[:count]
    with torch.random.fork_rng(devices=[]):
        weights, orders, noise = seed_streams(seed)
        seed_generators(torch.device("cpu"), weights)
        inner = SmallCNN() if network == "cnn" else build_model(plan)
        model = nn.Sequential(Scaled(*plan.pixel_range), inner)
        loss_of = build_loss(plan)
        optimizer = build_optimizer(plan, model, noise)
        starts = torch.Generator().manual_seed(noise)

        step = _hardened_step(model, loss_of, optimizer, x, y, hardening, starts)
        order = torch.Generator().manual_seed(orders)
        for epoch in range(plan.epochs + 1):
            if epoch:
                train_epoch(model, loss_of, optimizer, x, y, plan.batch_size, order, step)
            if watch is not None:
                watch(epoch, model.eval())
    return model.eval()


def recipe_of(network: Network) -> Recipe:
    """Whose loss and optimizer a network is trained with.

    Raises:
        ValueError: an unknown network.
    """
    require_choice("network", network, get_args(Network))
    if network == "experimental":
        return recipes["physlib"]
    return recipes["mlp"].replace(hidden=()) if network == "linear" else recipes["mlp"]


def _hardened_step(
    model: nn.Module,
    loss_of: nn.Module,
    optimizer: Optimizer,
    x: Tensor,
    y: Tensor,
    radius: float,
    generator: torch.Generator,
) -> Step:
    """On the rows (B,) of a batch that `pgd` has just attacked within `radius`; 0: as they are."""

    def step(batch: Tensor) -> tuple[Tensor, Tensor]:
        inputs, labels = x[batch], y[batch]
        if radius:
            model.eval()
            inputs = pgd(
                model, loss_of, inputs, labels, radius,
                steps=HARDENING_STEPS, generator=generator, low=0, high=1,
            )  # fmt: skip
            model.train()
        return train_step(model, loss_of, optimizer, inputs, labels, torch.arange(len(batch)))

    return step
