"""From a recipe's words to the modules that they name."""

from collections.abc import Sequence

import torch
from torch import nn
from torch.optim import Optimizer

from physlib.components.landau import GinzburgLandauLoss
from physlib.components.langevin import Langevin
from physlib.data import CLASSES, PIXELS
from physlib.models import MLP, ExperimentalNet
from physlib.recipes import Recipe


def build_model(recipe: Recipe, inputs: int = PIXELS, classes: int = CLASSES) -> nn.Module:
    """The recipe's network, initialised from torch's global generator."""
    widths = (inputs, *recipe.hidden, classes)
    if recipe.network == "mlp":
        return MLP(widths)
    return ExperimentalNet(
        widths,
        activation=recipe.activation,
        batch_norm=recipe.batch_norm,
        ramp=recipe.ramp,
        beta=recipe.beta,
        layer=recipe.layer,
    )


def build_loss(recipe: Recipe) -> nn.Module:
    """The recipe's loss, a module of (phi, target)."""
    if recipe.loss == "cross-entropy":
        return nn.CrossEntropyLoss()
    return GinzburgLandauLoss(
        alpha=recipe.alpha,
        gamma=recipe.gamma,
        stiffness=recipe.stiffness,
        axis=recipe.axis,
        maximum=recipe.maximum,
        wrap=recipe.wrap,
        quartic=recipe.quartic,
    )


def build_optimizer(recipe: Recipe, model: nn.Module, seed: int | Sequence[int]) -> Optimizer:
    """The recipe's optimizer over the parameters of `model`; `seed` as in `Langevin`."""
    if recipe.optimizer == "adam":
        return torch.optim.Adam(model.parameters(), lr=recipe.lr, fused=True)
    if recipe.optimizer == "sgd":
        momentum = 1 - recipe.damping
        return torch.optim.SGD(model.parameters(), lr=recipe.lr, momentum=momentum, fused=True)
    damping, temperature = recipe.damping, recipe.temperature
    if recipe.velocity == "forgotten":
        # Full damping forgets the velocity; this temperature keeps the noise √(2γαT) as it was.
        damping, temperature = 1.0, damping * temperature
    return Langevin(
        model.parameters(),
        lr=recipe.lr,
        damping=damping,
        temperature=temperature,
        scheme=recipe.scheme,
        noise=recipe.noise,
        seed=seed,
    )
