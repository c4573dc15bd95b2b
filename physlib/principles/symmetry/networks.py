"""The networks that are expanded and compared: all small, all of one family."""

from typing import Literal, get_args

from torch import Tensor, nn

from physlib.checks import require_choice, require_integer
from physlib.components.hyperbolic import HyperbolicLinear
from physlib.data import CLASSES

Architecture = Literal["mlp", "cnn"]
Technique = Literal["none", "dropout", "batch-norm", "mirror", "ramp-index", "ramp-ones"]


class Mirrored(nn.Module):
    r"""The mean of a network over an image and its mirror image: invariant under the mirror.

    .. math::
        \bar f(x) = \tfrac12\,\bigl(f(x) + f(Px)\bigr), \qquad P^2 = 1

    Args:
        network: takes images (B, H, W).

    Shape:
        (B, H, W) to what the network returns.

    Units:
        Those of the network.

    Raises:
        Nothing of its own.

    Source:
        The average over a group; here it has two elements.
    """

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, x: Tensor) -> Tensor:
        """Map images (B, H, W)."""
        mean: Tensor = (self.network(x) + self.network(x.flip(-1))) / 2
        return mean


def build_network(
    architecture: str,
    side: int,
    *,
    technique: str = "none",
    factor: int = 1,
    hidden: int = 64,
) -> nn.Module:
    """A classifier of images, drawn from torch's global generator.

    The MLP has a hidden layer of ReLUs. The CNN has two convolutions of 3×3, 4 and 8 channels;
    its first pool is 2K wide, so that all that follows has one size for every K. Techniques are
    the MLP's: half of the hidden units dropped; hidden units normalised over the batch; the
    output averaged over the mirror's group; or the post's layers with either ramp, normalised,
    since pixel 783 speaks 783 times as loud as pixel 1.

    Args:
        architecture: ``"mlp"`` or ``"cnn"``.
        side: of the unexpanded images, which are square; a multiple of 4 for the CNN.
        technique: ``"none"``, ``"dropout"``, ``"batch-norm"``, ``"mirror"``, ``"ramp-index"`` or
            ``"ramp-ones"``.
        factor: K, by which images are expanded.
        hidden: width of the MLP.

    Shape:
        (B, K side, K side) to (B, 10).

    Units:
        Logits.

    Raises:
        TypeError, ValueError: an argument outside its range, or a CNN with a technique.

    Source:
        Choices of this book.
    """
    require_choice("architecture", architecture, get_args(Architecture))
    require_choice("technique", technique, get_args(Technique))
    side, factor = require_integer("side", side, low=1), require_integer("factor", factor, low=1)
    hidden = require_integer("hidden", hidden, low=1)
    if architecture == "mlp":
        return _mlp((factor * side) ** 2, hidden, technique)
    require_choice("technique of a CNN", technique, ["none"])
    if side % 4:
        raise ValueError(f"side must be a multiple of 4 for the CNN, got {side}")
    return nn.Sequential(
        nn.Unflatten(-2, (1, factor * side)),  # (B, 1, K side, K side)
        nn.Conv2d(1, 4, 3, padding=1),
        nn.MaxPool2d(2 * factor),
        nn.ReLU(),  # after the pool, which it commutes with: fewer numbers
        nn.Conv2d(4, 8, 3, padding=1),
        nn.MaxPool2d(2),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(8 * (side // 4) ** 2, CLASSES),
    )


def _mlp(inputs: int, hidden: int, technique: str) -> nn.Module:
    if technique.startswith("ramp"):
        ramp: Literal["index", "ones"] = "index" if technique == "ramp-index" else "ones"
        return nn.Sequential(
            nn.Flatten(),
            HyperbolicLinear(inputs, hidden, ramp=ramp),
            nn.BatchNorm1d(hidden),
            nn.ReLU(),
            HyperbolicLinear(hidden, CLASSES, ramp=ramp),
            nn.BatchNorm1d(CLASSES),
        )
    middle: list[nn.Module] = [nn.ReLU()]
    if technique == "dropout":
        middle.append(nn.Dropout(0.5))
    elif technique == "batch-norm":
        middle.insert(0, nn.BatchNorm1d(hidden))
    network = nn.Sequential(
        nn.Flatten(), nn.Linear(inputs, hidden), *middle, nn.Linear(hidden, CLASSES)
    )
    return Mirrored(network) if technique == "mirror" else network


def weight_matrices(network: nn.Module) -> list[Tensor]:
    """The weights of each layer that multiplies its input, from input to output; no biases."""
    return [
        module.weight
        for module in network.modules()
        if isinstance(module, nn.Linear | nn.Conv2d | HyperbolicLinear)
    ]
