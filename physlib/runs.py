"""What training leaves behind."""

from dataclasses import dataclass, field
from typing import Literal

import torch
from torch import Tensor, nn

from physlib.recipes import Recipe

COLUMNS = ("epoch", "train_loss", "train_accuracy", "test_loss", "test_accuracy", "seconds")


@dataclass
class Run:
    """What `fit` returns.

    ``history`` has one list per column of `COLUMNS`, one entry per whole epoch: losses,
    accuracies as fractions, seconds of wall time. The training columns are means over the
    epoch's steps, while the weights move; the test columns follow the epoch. A run that
    diverged keeps the epochs before, and ``diverged_at`` is the first step (counted from 0
    over the whole run) whose loss was not finite, or the last one of the epoch after which
    the test loss or a weight was not.
    """

    recipe: Recipe
    seed: int
    device: str
    model: nn.Module
    status: Literal["completed", "diverged"] = "completed"
    diverged_at: int | None = None
    why: str | None = None  # which quantity was not finite, if any
    history: dict[str, list[float]] = field(default_factory=lambda: {c: [] for c in COLUMNS})

    @property
    def test_accuracy(self) -> float:
        """After the last whole epoch, a fraction; NaN if there was none."""
        return (self.history["test_accuracy"] or [float("nan")])[-1]

    def add_epoch(
        self, losses: Tensor, row: list[Tensor], weights_are_finite: Tensor, seconds: float
    ) -> bool:
        """Put an epoch on record, its losses step by step and its scores; or False: it diverged.

        A GPU is waited for here, once an epoch, and in no step.
        """
        epoch = len(self.history["epoch"])
        if (found := _first_non_finite(losses, row, weights_are_finite)) is not None:
            bad, which = found
            self.status, self.diverged_at = "diverged", epoch * len(losses) + bad
            self.why = f"the {which} is not finite"
            return False
        values = [epoch + 1, *(float(x) for x in row), seconds]
        for column, value in zip(COLUMNS, values, strict=True):
            self.history[column].append(value)
        return True


def _first_non_finite(
    losses: Tensor, row: list[Tensor], weights_are_finite: Tensor
) -> tuple[int, str] | None:
    """The first step of the epoch whose loss is not finite; the last one if something later is."""
    bad = (~losses.isfinite()).nonzero()
    if len(bad):
        return int(bad[0]), "training loss"
    if not torch.stack(row).isfinite().all():
        return len(losses) - 1, "test loss"
    # A loss need not show it: β is clamped, and a ReLU takes −∞ for 0.
    return None if weights_are_finite else (len(losses) - 1, "weight of the network")
