"""A small network whose code is the feature space that is attacked in."""

import torch
from torch import Tensor, nn

from physlib.checks import require_integer
from physlib.data import PIXELS
from physlib.tensors import require_floats
from physlib.training import seed_generators, seed_streams


class Autoencoder(nn.Module):
    """An encoder to a few numbers, and a decoder back to pixels in (0, 1).

    Args:
        code: how many numbers.
        width: of the hidden layers.

    Shape:
        ``encode`` (B, 784) to (B, code); ``decode`` back.

    Units:
        Pixels, black 0 and white 1; codes have no unit.

    Raises:
        TypeError, ValueError: sizes that are no integers from 1.

    Source:
        Ours: one hidden layer on either side.
    """

    def __init__(self, code: int = 16, width: int = 256) -> None:
        super().__init__()
        code, width = require_integer("code", code, low=1), require_integer("width", width, low=1)
        self.encode = nn.Sequential(nn.Linear(PIXELS, width), nn.ReLU(), nn.Linear(width, code))
        self.decode = nn.Sequential(
            nn.Linear(code, width), nn.ReLU(), nn.Linear(width, PIXELS), nn.Sigmoid()
        )

    def forward(self, x: Tensor) -> Tensor:
        """The image after its way through the code."""
        image: Tensor = self.decode(self.encode(x))
        return image


def trained_autoencoder(x: Tensor, seed: int, *, code: int, epochs: int) -> Autoencoder:
    """An `Autoencoder` that Adam has trained on x to return its pixels, by squared error.

    Shape:
        x (N, 784).

    Units:
        Pixels, black 0 and white 1.

    Raises:
        TypeError, ValueError: an argument outside its range.

    Source:
        Ours; Adam with its usual settings, batches of 128.
    """
    require_floats("x", x, "(N, 784)")
    require_integer("epochs", epochs, low=1)
    with torch.random.fork_rng(devices=[]):
        weights, orders, _ = seed_streams(seed)
        seed_generators(torch.device("cpu"), weights)
        model = Autoencoder(code)
        optimizer = torch.optim.Adam(model.parameters(), fused=True)
        order = torch.Generator().manual_seed(orders)
        for _ in range(epochs):
            for batch in torch.randperm(len(x), generator=order).split(128):
                images = x[batch]
                loss = nn.functional.mse_loss(model(images), images)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
    return model.eval()
