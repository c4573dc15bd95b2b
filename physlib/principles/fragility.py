"""How accuracy falls along the input's conjugate: the study behind the chapter."""

from collections.abc import Sequence

import numpy as np
import torch
from scipy.stats import spearmanr
from torch import Tensor, nn

from physlib.checks import require_ascending, require_integer, require_number
from physlib.data import load_dataset
from physlib.principles.attacks import fgsm, input_gradient, pgd, random_step
from physlib.principles.conjugates import conjugate
from physlib.principles.losses import losses_of
from physlib.principles.networks import Dataset, Network, trained
from physlib.principles.survival import (
    every,
    first_order_radius,
    right,
    spaced,
    survivors,
)
from physlib.studies import Row

DRAWS = 21  # the seed of random directions: one for all runs, which are then paired


def attack_network(
    *,
    network: Network,
    lr: float,
    epochs: int,
    hardening: float,
    train_images: int,
    epsilons: Sequence[float],
    radii: Sequence[float],
    steps: int,
    counts: Sequence[int],
    reference: float,
    attacked: int,
    dataset: Dataset = "mnist",
    seed: int,
) -> list[Row]:
    r"""Train a network, and attack it: accuracies on test images that are used for nothing else.

    An image survives if it is classified right after the attack up *every* loss of `losses_of`.
    Rows (k, metric, value) with k the place in `epsilons`:

    - ``noise``: random signs times ε; ``fgsm``; ``pgd``, ``pgd_own`` and so on, up one loss alone.
    - ``borrowed``: as ``fgsm``, along the gradient of *another* image, which has another label.
    - ``first_order``: the share of images whose margin exceeds ε times the 1-norm of its gradient.

    With k the place in `radii`, ``pgd_l2`` and ``noise_l2``: steps of that length in ℓ₂ before
    pixels are clipped. With k the place in `counts`, ``steps``: of `pgd` with that many and no
    random start, at `reference`. Once, ``test_accuracy`` on all test images, ``conjugate_rank`` and
    ``margin_rank``: over the images that are right at first, Spearman's correlation of the place in
    `epsilons` at which `pgd` first succeeds with minus the 1-norm of p, and with the first-order
    radius.

    Args:
        network: what to train, see `trained`.
        lr: learning rate.
        epochs: passes over the training images.
        hardening: radius of adversarial training, 0 for none.
        train_images: how many, the first ones.
        epsilons: sizes in ℓ∞, ascending.
        radii: sizes in ℓ₂, ascending.
        steps: of `pgd`.
        counts: of steps, where these are varied.
        reference: ε there.
        attacked: how many test images, evenly spaced.
        dataset: ``"mnist"`` or ``"digits"``.
        seed: see `trained`.

    Shape:
        A list of rows.

    Units:
        Sizes in pixels, black 0 and white 1; accuracies are fractions.

    Raises:
        TypeError, ValueError: a setting outside its range.

    Source:
        Ours.
    """
    require_ascending("epsilons", epsilons)
    require_ascending("radii", radii)
    require_ascending("counts", counts)
    require_integer("steps", steps, low=1)
    for count in counts:
        require_integer("counts", count, low=1)
    require_number("reference", reference, low=0)
    losses = losses_of(network)
    data = load_dataset(dataset)
    x, y = spaced(attacked, data.test_inputs(), data.test_labels, "attacked")
    others = _next_of_another_class(y)
    model = trained(
        network, seed, lr=lr, epochs=epochs, hardening=hardening,
        train_images=train_images, dataset=dataset,
    )  # fmt: skip
    with torch.no_grad():
        clean = right(model, data.test_inputs(), data.test_labels).float().mean().item()
    starts = torch.Generator().manual_seed(DRAWS)
    draws = torch.Generator().manual_seed(DRAWS)  # one sequence for networks of few or many losses
    rows: list[Row] = [(0, "test_accuracy", clean)]

    forces = {name: input_gradient(model, loss, x, y) for name, loss in losses.items()}
    rise = first_order_radius(model, x, y)
    lost = torch.full((len(y),), len(epsilons))  # where each image is lost
    for k, epsilon in enumerate(epsilons):
        signs = epsilon * random_step(x, 1.0, generator=draws).sign()
        alive = {
            "noise": right(model, (x + signs).clamp(0, 1), y),
            "fgsm": every(
                right(model, fgsm(model, loss, x, y, epsilon, low=0, high=1), y)
                for loss in losses.values()
            ),
            "borrowed": every(
                right(model, (x + epsilon * p[others].sign()).clamp(0, 1), y)
                for p in forces.values()
            ),
            "first_order": rise > epsilon,
        }
        attacked_by = survivors(model, losses, x, y, epsilon, steps=steps, generator=starts)
        alive["pgd"] = attacked_by.pop("all")
        alive |= {f"pgd_{name}": kept for name, kept in attacked_by.items()}
        lost = torch.where((lost == len(epsilons)) & ~alive["pgd"], k, lost)
        rows += [(k, metric, kept.float().mean().item()) for metric, kept in alive.items()]
    for k, radius in enumerate(radii):
        ends = [
            pgd(model, loss, x, y, radius, norm="2", steps=steps, generator=starts, low=0, high=1)
            for loss in losses.values()
        ]
        step = nn.functional.normalize(torch.randn(x.shape, generator=draws))
        noisy = (x + radius * step).clamp(0, 1)
        rows.append((k, "pgd_l2", every(right(model, f, y) for f in ends).float().mean().item()))
        rows.append((k, "noise_l2", right(model, noisy, y).float().mean().item()))
    for k, count in enumerate(counts):
        ends = [
            pgd(model, loss, x, y, reference, steps=count, random_start=False, low=0, high=1)
            for loss in losses.values()
        ]
        rows.append((k, "steps", every(right(model, f, y) for f in ends).float().mean().item()))
    p = conjugate(model, losses["own"], x, y).p.abs().sum(1)
    first = right(model, x, y)
    for metric, predictor in (("conjugate_rank", -p), ("margin_rank", rise)):
        rows.append((0, metric, _rank_correlation(predictor[first], lost[first])))
    return rows


def _next_of_another_class(y: Tensor) -> Tensor:
    """For every row the next one, around the end, whose label is another, (N,)."""
    count = torch.arange(len(y))
    after = (count[:, None] + count) % len(y)  # (N, N), itself first
    different = y[after] != y[:, None]
    if not different.any(1).all():
        raise ValueError(f"attacked must reach images of two classes, got {len(y)} of one")
    return after[count, different.int().argmax(1)]


def _rank_correlation(predictor: Tensor, found: Tensor) -> float:
    """Spearman's; NaN where one of the two is the same throughout."""
    if min(len(predictor.unique()), len(found.unique())) < 2:
        return float(np.nan)
    return float(spearmanr(predictor.numpy(), found.numpy()).statistic)
