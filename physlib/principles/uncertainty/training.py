"""Accuracy, robustness and both spreads along training: for plain and for hardened networks."""

import copy
import math
from functools import partial

import torch
from torch import Tensor, nn

from physlib.checks import require_integer, require_number
from physlib.data import CLASSES, PIXELS, load_dataset
from physlib.principles.losses import SampleLoss, losses_of
from physlib.principles.networks import Network, trained
from physlib.principles.survival import right, spaced, survivors
from physlib.principles.uncertainty.images import around, over_data
from physlib.studies import Row

_ATTACK = 22  # the seed of random starts and of samples: one for all runs, which are then paired
TEST_STEPS = 20  # of projected gradient descent
SPREADS = ("dx", "dp", "rms_p", "boundary", "product")  # in boxes


def along_training(
    *,
    network: Network,
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
      projected gradient descent within ε up every loss of `losses_of`; ``pgd_own_accuracy`` and
      so on, up one loss alone.
    - ``local_dx``, ``local_dp``, ``local_rms_p``, ``local_boundary``, ``local_product`` and
      ``local_effective``: means over `centres` test images of what `around` gives with the
      radius ε; ``local_dx_error`` and so on, their standard errors from sampling.
    - ``whole_dx`` and so on: the same on the box of all images, means over the ten labels.
    - ``data_dx``, ``data_dp``, ``data_rms_p``, ``data_bound``, ``data_effective``: of `over_data`.

    Args:
        network: what to train, see `trained`.
        lr: learning rate.
        epochs: passes over the training images.
        hardening: radius of adversarial training; 0 trains on clean images.
        label_noise: fraction of wrong training labels.
        train_images: how many of the training images, the first ones.
        epsilon: radius of attacks and boxes, in (0, 1].
        attacked: how many test images are attacked.
        centres: how many test images are centres of boxes.
        samples: of each box.
        seed: see `trained`.

    Shape:
        Rows (epoch, metric, value).

    Units:
        Radii and dx in pixels' units, black 0 and white 1; accuracies are fractions.

    Raises:
        TypeError, ValueError: a setting outside its range.

    Source:
        Ours; attack and adversarial training: Madry et al., arXiv:1706.06083.
    """
    require_number("epsilon", epsilon, low=0, high=1, open_low=True)
    require_integer("samples", samples, low=2)
    for name, count in (("attacked", attacked), ("centres", centres)):
        require_integer(name, count, low=1)
    losses = losses_of(network)
    data = load_dataset("mnist")
    test = data.test_inputs(), data.test_labels
    images, labels = spaced(attacked, *test, "attacked")
    middles = spaced(centres, *test, "centres")
    rows: list[Row] = []

    def measure(epoch: int, model: nn.Module) -> None:
        rows.append((epoch, "test_accuracy", right(model, *test).float().mean().item()))
        generator = torch.Generator().manual_seed(_ATTACK)
        alive = survivors(
            model, losses, images, labels, epsilon, steps=TEST_STEPS, generator=generator
        )
        rows.append((epoch, "pgd_accuracy", alive.pop("all").float().mean().item()))
        rows.extend(
            (epoch, f"pgd_{name}_accuracy", kept.float().mean().item())
            for name, kept in alive.items()
        )
        rows.extend(_spreads(epoch, model, losses["own"], test, epsilon, middles, samples))

    trained(
        network, seed, lr=lr, epochs=epochs, hardening=hardening, label_noise=label_noise,
        train_images=train_images, watch=measure,
    )  # fmt: skip
    return rows


def _spreads(
    epoch: int,
    model: nn.Module,
    own: SampleLoss,
    test: tuple[Tensor, Tensor],
    epsilon: float,
    centres: tuple[Tensor, Tensor],
    samples: int,
) -> list[Row]:
    """Both spreads around images, on the box of all images, and over the test images."""
    exact = copy.deepcopy(model).double()

    def loss(labels: Tensor, x: Tensor) -> Tensor:
        return own(exact(x), labels.expand(len(x)))

    everything = torch.full((CLASSES, PIXELS), 0.5), torch.arange(CLASSES)
    boxes = {"local": (centres, epsilon), "whole": (everything, 0.5)}
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
    over = over_data(lambda x: own(model(x), test[1]), test[0])
    return rows + [(epoch, f"data_{name}", value) for name, value in over._asdict().items()]
