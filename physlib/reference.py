"""The curves of the post's later revision, as far as they can be read off its two figures."""

from functools import lru_cache
from importlib.resources import files

import numpy as np
import pandas as pd

from physlib.checks import require_choice
from physlib.records import Record

# What reading a value off the picture may be wrong by.
READING_ERROR = {"loss": 0.003, "accuracy": 0.003}


@lru_cache
def published(layers: int) -> pd.DataFrame:
    """The published curves of the network with 1 or 2 layers.

    Indexed by epoch, 1 to 100; columns train_loss, test_loss, train_accuracy, test_accuracy,
    accuracies as fractions. NaN where one line of the figure hides the other.

    Source: bthndmn12.github.io/landaunet (July 2024), its two figures.
    """
    if layers not in (1, 2):
        raise ValueError(f"layers must be 1 or 2, got {layers!r}")
    with (files("physlib") / "published" / f"{layers}layer.csv").open(encoding="utf-8") as file:
        table = pd.read_csv(file, index_col="epoch")
    for half in ("train", "test"):
        table[f"{half}_accuracy"] = table.pop(f"{half}_acc") / 100
    return table


def lone_jumps(layers: int, metric: str, size: float) -> dict[int, float]:
    """Epochs at which a published curve leaves both its visible neighbours by more than `size`, to
    the same side, and by how much it leaves the nearer one: a jump that lasts for one epoch.
    """
    table = published(layers)
    require_choice("metric", metric, table.columns)
    curve = table[metric].dropna()
    before, after = curve.diff(), curve.diff(-1)
    lone = (before * after > 0) & (before.abs() > size) & (after.abs() > size)
    nearer = before.where(before.abs() < after.abs(), after)
    return {int(epoch): float(jump) for epoch, jump in nearer[lone].items()}


def distance_to_published(record: Record, layers: int) -> float:
    """Mean distance of a run's test accuracy from the published one over its second half.

    NaN for a run that diverged.
    """
    length = len(record.curve("test_accuracy"))
    return mean_distance(record, layers, length // 2 + 1, length)


def mean_distance(record: Record, layers: int, first: int, last: int) -> float:
    """Mean distance of a run's test accuracy from the published one, epochs `first` to `last`.

    NaN for a run that diverged, or that has no epoch `last`.
    """
    curve = np.asarray(record.curve("test_accuracy"))[first - 1 : last]
    if record.facts["status"] == "diverged" or len(curve) < last - first + 1:
        return float("nan")
    there = published(layers)["test_accuracy"].to_numpy()[first - 1 : last]
    return float(np.nanmean(np.abs(curve - there)))
