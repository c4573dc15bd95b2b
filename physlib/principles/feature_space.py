"""Pixel against feature space: the study behind the chapter."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from physlib.checks import require_ascending, require_integer
from physlib.data import load_dataset
from physlib.principles.attacks import input_gradient, pgd
from physlib.principles.autoencoder import trained_autoencoder
from physlib.principles.codes import at_distance, code_attack, decoder_jacobian, tangent_gradient
from physlib.principles.fragility import DRAWS
from physlib.principles.losses import losses_of
from physlib.principles.networks import Dataset, Network, trained
from physlib.principles.survival import every, right, spaced
from physlib.studies import Row


def attack_codes(
    *,
    network: Network,
    lr: float,
    epochs: int,
    train_images: int,
    code: int,
    code_epochs: int,
    radii: Sequence[float],
    steps: int,
    attacked: int,
    dataset: Dataset = "mnist",
    seed: int,
) -> list[Row]:
    r"""Pixel against feature space, at equal distances between images.

    Both attacks start from the image D(z) that an `Autoencoder` draws of a test image, so that its
    errors are no attack. Rows (k, metric, value) with k the place in `radii`: accuracies after
    ``pixel`` (`pgd` in ℓ₂), ``code`` (`code_attack`), ``random_pixel`` and ``random_code`` (random
    directions), each followed by ``…_distance``, the mean measured distance from D(z), over images
    and losses: up a loss that gives no force, nothing moves. Once: ``redrawn_accuracy``, on D(z);
    ``test_accuracy``; ``tangent_share``, the root mean square part of the force
    :math:`\partial_x\ell` that lies in the surface of images; ``drawing_error``, the mean distance
    of D(z) from x.

    Args:
        network: what to train, see `trained`.
        lr: learning rate.
        epochs: passes over the training images.
        train_images: how many, the first ones, for both the network and the autoencoder.
        code: numbers in a code.
        code_epochs: passes of the autoencoder.
        radii: distances in ℓ₂, ascending.
        steps: of either attack.
        attacked: how many test images, evenly spaced.
        dataset: ``"mnist"`` or ``"digits"``.
        seed: see `trained`.

    Shape:
        A list of rows.

    Units:
        Distances in pixels, black 0 and white 1; accuracies and the share are fractions.

    Raises:
        TypeError, ValueError: a setting outside its range.

    Source:
        Ours.
    """
    require_ascending("radii", radii)
    for name, count in (("code", code), ("code_epochs", code_epochs), ("steps", steps)):
        require_integer(name, count, low=1)
    losses = losses_of(network)
    data = load_dataset(dataset)
    x, y = spaced(attacked, data.test_inputs(), data.test_labels, "attacked")
    model = trained(network, seed, lr=lr, epochs=epochs, train_images=train_images, dataset=dataset)
    painter = trained_autoencoder(
        data.train_inputs()[:train_images], seed, code=code, epochs=code_epochs
    )
    painter.requires_grad_(False)
    decode = painter.decode
    generator = torch.Generator().manual_seed(DRAWS)
    with torch.no_grad():
        z = painter.encode(x)
        image = decode(z)
        force = input_gradient(model, losses["own"], image, y)
        _, along = tangent_gradient(force, decoder_jacobian(decode, z))
    share = along.square().sum() / force.square().sum()
    clean = right(model, data.test_inputs(), data.test_labels).float().mean().item()
    rows: list[Row] = [
        (0, "test_accuracy", clean),
        (0, "redrawn_accuracy", right(model, image, y).float().mean().item()),
        (0, "tangent_share", share.sqrt().item()),
        (0, "drawing_error", (image - x).norm(dim=1).mean().item()),
    ]

    def clipped(step: Tensor) -> Tensor:
        moved: Tensor = (image + step).clamp(0, 1)
        return moved

    for k, radius in enumerate(radii):
        straight = nn.functional.normalize(torch.randn(x.shape, generator=generator))
        inside = torch.randn(z.shape, generator=generator)
        found = {
            "pixel": [
                pgd(
                    model, loss, image, y, radius, norm="2",
                    steps=steps, random_start=False, low=0, high=1,
                )
                for loss in losses.values()
            ],
            "code": [
                decode(code_attack(model, decode, loss, z, y, radius, steps=steps))
                for loss in losses.values()
            ],
            "random_pixel": [clipped(at_distance(clipped, 0 * image, straight, radius))],
            "random_code": [decode(z + at_distance(decode, z, inside, radius))],
        }  # fmt: skip
        for metric, images in found.items():
            survived = every(right(model, i, y) for i in images).float().mean().item()
            distance = torch.stack([(i - image).norm(dim=1).mean() for i in images]).mean().item()
            rows += [(k, metric, survived), (k, f"{metric}_distance", distance)]
    return rows
