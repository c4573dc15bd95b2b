"""Two classes of points in the plane, and how a network comes to tell them apart."""

from typing import Literal, NamedTuple, get_args

import torch
from sklearn.datasets import make_circles, make_moons
from torch import Tensor

from physlib.building import build_loss, build_model, build_optimizer
from physlib.checks import require_choice, require_integer
from physlib.epochs import train_epoch
from physlib.metrics import accuracy
from physlib.recipes import Recipe
from physlib.training import seed_streams

Shape = Literal["moons", "circles"]


class Learning(NamedTuple):
    """What a network makes of the plane before the first epoch and after each one."""

    margins: Tensor  # (E + 1, …): output of class 1 minus output of class 0; its zeros separate
    accuracies: Tensor  # (E + 1,): on the test points


def plane_points(shape: Shape, n: int, seed: int) -> tuple[Tensor, Tensor]:
    """Two half moons that interlock, or two circles one in the other, both with noise.

    Args:
        shape: ``"moons"`` or ``"circles"``.
        n: how many points, half of each class, at least 2.
        seed: any integer from 0.

    Returns:
        Points (n, 2) and their classes (n,), 0 or 1. Both coordinates are of the order of one and
        zero lies in the middle, for networks without a bias.

    Raises:
        ValueError: an unknown shape, or too few points.
    """
    require_choice("shape", shape, get_args(Shape))
    require_integer("n", n, low=2)
    if shape == "moons":
        points, classes = make_moons(n, noise=0.15, random_state=seed)
        points = (points - (0.5, 0.25)) * (1.2, 2.0)  # the middle of the noiseless moons
    else:
        points, classes = make_circles(n, noise=0.08, factor=0.5, random_state=seed)
        points = 1.5 * points
    return torch.tensor(points, dtype=torch.float32), torch.tensor(classes)


def learn_boundary(
    recipe: Recipe,
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    where: Tensor,
    seed: int,
) -> Learning:
    """Train the recipe's network on points of the plane, and look at the plane after each epoch.

    Args:
        recipe: its network, loss, optimizer, batch size and epochs count; its dataset does not.
        train: points (N, 2) and classes (N,), as `plane_points` makes them.
        test: the same, for the accuracies.
        where: places (…, 2) at which to measure the margin.
        seed: any integer from 0, for the three streams of `physlib.fit`.
    """
    weights_seed, order_seed, noise_seed = seed_streams(seed)
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(weights_seed)
        model = build_model(recipe, inputs=2, classes=2)
        loss_of, optimizer = build_loss(recipe), build_optimizer(recipe, model, noise_seed)
        order = torch.Generator().manual_seed(order_seed)
        looks = [_look(model, test, where)]
        for _ in range(recipe.epochs):
            train_epoch(model, loss_of, optimizer, *train, recipe.batch_size, order)
            looks.append(_look(model, test, where))
    return Learning(*map(torch.stack, zip(*looks, strict=True)))


@torch.no_grad()
def _look(
    model: torch.nn.Module, test: tuple[Tensor, Tensor], where: Tensor
) -> tuple[Tensor, Tensor]:
    points, classes = test
    model.eval()
    zero, one = model(where.reshape(-1, 2)).T
    return (one - zero).reshape(where.shape[:-1]), accuracy(model(points), classes)
