"""Accuracy, robustness and both spreads along training: for plain and for hardened networks."""

import copy
import math
from functools import partial

import torch
from torch import Tensor, nn

from physlib.building import build_loss, build_model, build_optimizer
from physlib.checks import require_choice, require_integer, require_number
from physlib.data import CLASSES, PIXELS
from physlib.epochs import evaluate, train_epoch
from physlib.principles.attacks import pgd
from physlib.principles.losses import SampleLoss
from physlib.principles.networks import Scaled, hardened_step
from physlib.principles.survival import spaced
from physlib.principles.uncertainty.images import around, over_data
from physlib.principles.uncertainty.networks import cross_entropy
from physlib.recipes import recipes
from physlib.studies import Row
from physlib.training import recipe_data, seed_generators, seed_streams

_ATTACK = 22  # the seed of random starts and of samples: one for all runs, which are then paired
TEST_STEPS = 20  # of projected gradient descent
SPREADS = ("dx", "dp", "rms_p", "boundary", "product")  # in boxes


def along_training(
    *,
    recipe: str,
    lr: float,
    epochs: int,
    hardening: float,
    label_noise: float,
    train_images: int,
    epsilon: float,
    attacked: int,
    centres: int,
    samples: int,
    seed: int,
) -> list[Row]:
    r"""Train a network, and measure it before the first epoch (0) and after each one.

    Pixels are in [0, 1] here, whatever range the recipe scales them to. Metrics:

    - ``test_accuracy``: on all test images.
    - ``pgd_accuracy``: on `attacked` of them, of images that survive `TEST_STEPS` steps of
      projected gradient descent within ε, up the network's own loss and, where that is another one,
      up the cross-entropy too.
    - ``local_dx``, ``local_dp``, ``local_rms_p``, ``local_boundary``, ``local_product`` and
      ``local_effective``: means over `centres` test images of what `around` gives with the
      radius ε; ``local_dx_error`` and so on, their standard errors from sampling.
    - ``whole_dx`` and so on: the same on the box of all images, means over the ten labels.
    - ``data_dx``, ``data_dp``, ``data_rms_p``, ``data_bound``, ``data_effective``: of `over_data`.

    Args:
        recipe: the name of one in `recipes`; its width, batch size and optimizer are taken.
        lr: learning rate.
        epochs: passes over the training images.
        hardening: radius of adversarial training, see `hardened_step`; 0 trains on clean images.
        label_noise: fraction of wrong training labels; 0.9 makes them independent of the image.
        train_images: how many of the training images, the first ones.
        epsilon: radius of attacks and boxes, in (0, 1].
        attacked: how many test images are attacked.
        centres: how many test images are centres of boxes.
        samples: of each box.
        seed: of weights, order and labels.

    Shape:
        Rows (epoch, metric, value).

    Units:
        Radii and dx in pixels' units, black 0 and white 1; accuracies are fractions.

    Raises:
        TypeError, ValueError: a setting outside its range.

    Source:
        Adversarial training: Madry et al., arXiv:1706.06083.
    """
    require_choice("recipe", recipe, recipes)
    require_number("hardening", hardening, low=0, high=1)
    require_number("epsilon", epsilon, low=0, high=1, open_low=True)
    for name, count in (("attacked", attacked), ("centres", centres), ("epochs", epochs)):
        require_integer(name, count, low=1)
    plan = recipes[recipe].replace(lr=lr, epochs=epochs, label_noise=label_noise)
    data = recipe_data(plan, seed, "cpu")
    x, y = data.train_inputs()[:train_images], data.train_labels[:train_images]
    test = data.test_inputs(), data.test_labels
    black, white = plan.pixel_range
    rows: list[Row] = []
    with torch.random.fork_rng(devices=[]):
        weights_seed, order_seed, noise_seed = seed_streams(seed)
        seed_generators(torch.device("cpu"), weights_seed)
        model = nn.Sequential(Scaled(black, white), build_model(plan))
        loss_of = build_loss(plan)
        optimizer = build_optimizer(plan, model, noise_seed)
        order = torch.Generator().manual_seed(order_seed)
        starts = torch.Generator().manual_seed(noise_seed)

        step = hardened_step(model, loss_of, optimizer, x, y, hardening, starts)
        for epoch in range(epochs + 1):
            if epoch:
                train_epoch(model, loss_of, optimizer, x, y, plan.batch_size, order, step)
            _, right = evaluate(model, loss_of, *test, plan.batch_size)
            rows.append((epoch, "test_accuracy", right.item()))
            own = sample_loss(loss_of)
            images, labels = spaced(attacked, *test)
            robust = surviving(model, own, images, labels, epsilon)
            rows.append((epoch, "pgd_accuracy", robust.float().mean().item()))
            rows += _spreads(epoch, model, own, test, epsilon, centres, samples)
    return rows


def sample_loss(loss_of: nn.Module) -> SampleLoss:
    """`loss_of` for every sample alone, from outputs (B, C) and labels (B,) to (B,).

    A mean over a batch of one is the sample's own; the modulus of the Ginzburg-Landau loss is then
    of that sample's bracket, where in training it is of the batch's.
    """
    if isinstance(loss_of, nn.CrossEntropyLoss):
        return cross_entropy

    def alone(phi: Tensor, target: Tensor) -> Tensor:
        return torch.as_tensor(loss_of(phi.unsqueeze(0), target.unsqueeze(0)))

    each: SampleLoss = torch.vmap(alone)
    return each


def surviving(model: nn.Module, own: SampleLoss, x: Tensor, y: Tensor, epsilon: float) -> Tensor:
    """Which of the images x (N, d) are still classified right after every attack, (N,) bool."""
    model.eval()
    generator = torch.Generator().manual_seed(_ATTACK)
    with torch.no_grad():
        alive: Tensor = model(x).argmax(1) == y
    for loss in dict.fromkeys((own, cross_entropy)):
        found = pgd(
            model, loss, x, y, epsilon, steps=TEST_STEPS, generator=generator, low=0, high=1
        )
        with torch.no_grad():
            alive &= model(found).argmax(1) == y
    return alive


def _spreads(
    epoch: int,
    model: nn.Module,
    own: SampleLoss,
    test: tuple[Tensor, Tensor],
    epsilon: float,
    centres: int,
    samples: int,
) -> list[Row]:
    """Both spreads around images, on the box of all images, and over the test images."""
    exact = copy.deepcopy(model).double().eval()

    def loss(labels: Tensor, x: Tensor) -> Tensor:
        return own(exact(x), labels.expand(len(x)))

    everything = torch.full((CLASSES, PIXELS), 0.5), torch.arange(CLASSES)
    boxes = {"local": (spaced(centres, *test), epsilon), "whole": (everything, 0.5)}
    rows: list[Row] = []
    for kind, ((images, labels), radius) in boxes.items():
        # The same points for every network and epoch: their differences are then paired.
        generator = torch.Generator().manual_seed(_ATTACK)
        values, errors, effective = zip(
            *(
                around(partial(loss, y), x, radius, samples=samples, generator=generator)
                for x, y in zip(images, labels, strict=True)
            ),
            strict=True,
        )
        rows.append((epoch, f"{kind}_effective", sum(effective) / len(images)))
        for name in SPREADS:
            mean = sum(getattr(value, name).item() for value in values) / len(images)
            error = math.hypot(*(getattr(error, name).item() for error in errors)) / len(images)
            rows += [(epoch, f"{kind}_{name}", mean), (epoch, f"{kind}_{name}_error", error)]
    model.eval()
    over = over_data(lambda x: own(model(x), test[1]), test[0])
    return rows + [(epoch, f"data_{name}", value) for name, value in over._asdict().items()]
