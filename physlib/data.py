"""Datasets as resident tensors."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from physlib.archives import STEMS, DatasetUnavailableError, read_verified
from physlib.checks import LARGEST_SEED, require_choice, require_integer, require_number, shown
from physlib.memory import out_of_memory

CLASSES = 10
PIXELS = 28 * 28
_SPLIT = 60_000  # the seed of the held-out images: one split for every recipe and run

# As figures and tables name them: nothing made with the stand-in goes unmarked.
TITLES = {
    "mnist": "MNIST",
    "fashion-mnist": "Fashion-MNIST",
    "kmnist": "KMNIST",
    "digits": "digits (a stand-in: says nothing about MNIST)",
}


@dataclass(frozen=True, eq=False)
class Dataset:
    """Images (N, 28, 28) as uint8, 0 black to 255 white, and labels (N,) as int64, 0 to 9."""

    name: str
    train_images: Tensor
    train_labels: Tensor
    test_images: Tensor
    test_labels: Tensor

    def train_inputs(self, pixel_range: tuple[float, float] = (0.0, 1.0)) -> Tensor:
        """Training images as network input (N, 784) of torch's default dtype, in this range."""
        return _scale(self.train_images, pixel_range)

    def test_inputs(self, pixel_range: tuple[float, float] = (0.0, 1.0)) -> Tensor:
        """Test images as network input (N, 784) of torch's default dtype, in this range."""
        return _scale(self.test_images, pixel_range)

    def hold_out(self, count: int) -> "Dataset":
        """`count` training images, the same ones always, in place of the test images.

        For choosing settings: what is returned knows nothing of the test set.

        Raises:
            TypeError, ValueError: `count` is no integer from 1 that leaves images to train on.
        """
        require_integer("count", count, low=1)
        if count >= len(self.train_labels):
            raise ValueError(
                f"count must be less than the {len(self.train_labels)} training images, "
                f"got {shown(count)}"
            )
        generator = torch.Generator().manual_seed(_SPLIT)
        order = torch.randperm(len(self.train_labels), generator=generator)
        order = order.to(self.train_labels.device)
        train, held = order[count:].sort().values, order[:count].sort().values
        images, labels = self.train_images, self.train_labels
        return Dataset(self.name, images[train], labels[train], images[held], labels[held])

    def with_pixel_order(self, order: Tensor) -> "Dataset":
        """All images with their pixels in `order`, shape (784,), as `pixel_order` gives it."""
        if not isinstance(order, Tensor) or not torch.equal(
            order.sort().values.cpu(), torch.arange(PIXELS)
        ):
            raise ValueError(
                f"order must hold every pixel of 0 .. {PIXELS - 1} once, got {shown(order)}"
            )
        order = order.to(self.train_images.device)
        train, test = (
            images.flatten(1)[:, order].view_as(images)
            for images in (self.train_images, self.test_images)
        )
        return replace(self, train_images=train, test_images=test)

    def with_label_noise(self, fraction: float, seed: int) -> "Dataset":
        """The given fraction of training labels, rounded to a count, replaced by wrong ones.

        Which labels, and by which of the other nine classes, is drawn uniformly from `seed`.

        Raises:
            TypeError, ValueError: `fraction` outside [0, 1], `seed` below 0.
        """
        require_number("fraction", fraction, low=0, high=1)
        require_integer("seed", seed, low=0, high=LARGEST_SEED)
        generator = torch.Generator().manual_seed(seed)
        size = len(self.train_labels)
        chosen = torch.randperm(size, generator=generator)[: round(fraction * size)]
        shift = torch.randint(1, CLASSES, chosen.shape, generator=generator)
        chosen, shift = chosen.to(self.train_labels.device), shift.to(self.train_labels.device)
        labels = self.train_labels.clone()
        labels[chosen] = (labels[chosen] + shift) % CLASSES
        return replace(self, train_labels=labels)


def load_dataset(name: str = "mnist", device: str | torch.device = "cpu") -> Dataset:
    """The dataset `name` as tensors on `device`.

    MNIST, Fashion-MNIST and KMNIST (60,000 + 10,000 images) are looked for in
    ``$PHYSLIB_DATA``, then in the user's cache, both laid out as torchvision does
    (``MNIST/raw/…``), and are otherwise downloaded into the cache through torchvision. A file
    whose MD5 sum is wrong is named in a warning, renamed to ``….corrupt`` and fetched again.
    ``digits`` (1,437 + 360) is scikit-learn's, enlarged from 8×8 pixels to 28×28: a stand-in
    that needs no network, and never a basis for a statement about MNIST.

    Args:
        name: ``"mnist"``, ``"fashion-mnist"``, ``"kmnist"`` or ``"digits"``.
        device: where the tensors shall live.

    Shape:
        Images (N, 28, 28), labels (N,); as network input, (N, 784).

    Units:
        Images are grey values, 0 black to 255 white; inputs are scaled to the range asked for.

    Raises:
        ValueError: unknown name or device.
        DatasetUnavailableError: no intact copy, and no network.

    Source:
        LeCun, Cortes and Burges (MNIST); Xiao, Rasul and Vollgraf 2017 (Fashion-MNIST); Clanuwat et
        al. 2018 (KMNIST); Alpaydin and Kaynak 1998 (digits, as scikit-learn has them).

    Example:
        >>> data = load_dataset("digits")
        >>> data.train_images.shape, data.test_labels.shape
        (torch.Size([1437, 28, 28]), torch.Size([360]))
        >>> data.train_inputs((-1.0, 1.0)).shape
        torch.Size([1437, 784])
    """
    require_choice("dataset", name, TITLES)
    device = resolve_device(device)
    arrays = _digits() if name == "digits" else _idx(name)
    return Dataset(name, *(torch.from_numpy(array).to(device) for array in arrays))


def mnist_or_digits() -> str:
    """``"mnist"`` where it can be had, otherwise ``"digits"``, said in one line on stderr."""
    try:
        load_dataset("mnist")
    except DatasetUnavailableError:
        print(
            "MNIST cannot be had here (no copy, no network): "
            "using scikit-learn's digits instead, and marking every result made with them.",
            file=sys.stderr,
        )
        return "digits"
    return "mnist"


def pixel_order(seed: int) -> Tensor:
    """The shuffle of the pixels that a recipe's ``pixel_permutation`` names, shape (784,), int64.

    Drawn from a generator of its own; 0 is the order of the rows. An image x (..., 784) is
    shuffled as ``x[..., order]``.
    """
    if require_integer("seed", seed, low=0, high=LARGEST_SEED) == 0:
        return torch.arange(PIXELS)
    return torch.randperm(PIXELS, generator=torch.Generator().manual_seed(seed))


def resolve_device(device: str | torch.device | None = None) -> torch.device:
    """The device asked for, or CUDA where there is one and otherwise the CPU.

    Raises:
        ValueError: the device is unknown, or not there.
    """
    if device is None:
        device = "cuda" if torch.cuda.is_available() else "cpu"
    there = ["cpu", *(f"cuda:{i}" for i in range(torch.cuda.device_count()))]
    known = [*there, "cuda"] if len(there) > 1 else there
    if str(device) not in known:
        raise ValueError(
            f"device must be one that this machine has ({', '.join(known)}), got {str(device)!r}"
        )
    return torch.device(device)


@out_of_memory("the dataset does not fit")
def _scale(images: Tensor, pixel_range: tuple[float, float]) -> Tensor:
    if not isinstance(pixel_range, Sequence) or len(pixel_range) != 2:
        raise ValueError(f"pixel_range must be (black, white), got {shown(pixel_range)}")
    black, white = (require_number("pixel_range", value) for value in pixel_range)
    inputs = images.flatten(1).to(torch.get_default_dtype())
    return inputs.mul_((white - black) / 255).add_(black)


def _digits() -> list[np.ndarray]:
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    small, labels = load_digits(return_X_y=True)  # (1797, 64), 0 to 16
    pixels = torch.from_numpy(small).view(-1, 1, 8, 8) * (255 / 16)
    large = torch.nn.functional.interpolate(pixels, size=(28, 28), mode="bilinear")
    images = large.round().to(torch.uint8).squeeze(1).numpy()
    train, test, train_labels, test_labels = train_test_split(
        images, labels.astype(np.int64), test_size=360, stratify=labels, random_state=0
    )
    return [train, train_labels, test, test_labels]


def _idx(name: str) -> list[np.ndarray]:
    arrays = []
    for stem in STEMS:
        header = 16 if "images" in stem else 8
        values = np.frombuffer(read_verified(name, stem), np.uint8, offset=header)
        arrays.append(
            values.reshape(-1, 28, 28).copy() if "images" in stem else values.astype(np.int64)
        )
    return arrays
