"""Runs as a terminal shows them, and as JSON."""

import math
from collections.abc import Sequence
from dataclasses import asdict
from statistics import median
from typing import Any

import plotext
import torch
from rich.console import Console
from rich.table import Table
from rich.text import Text

from physlib import __version__
from physlib.data import TITLES
from physlib.intervals import Interval, paired_interval
from physlib.models import parameter_count
from physlib.runs import Run


def as_json(run: Run) -> dict[str, Any]:
    """A run as plain values; `stand_in` marks results that say nothing about MNIST."""
    return {
        "recipe": asdict(run.recipe),
        "seed": run.seed,
        "device": run.device,
        "stand_in": run.recipe.dataset == "digits",
        "status": run.status,
        "diverged_at": run.diverged_at,
        "parameters": parameter_count(run.model),
        "test_accuracy": None if math.isnan(run.test_accuracy) else run.test_accuracy,
        "history": run.history,
        "threads": torch.get_num_threads(),
        "versions": {"physlib": __version__, "torch": torch.__version__},
    }


def title(runs: Sequence[Run]) -> str:
    """What the runs were measured on."""
    return f"Test accuracy on {TITLES[runs[0].recipe.dataset]}, seed {runs[0].seed}"


def accuracies(runs: Sequence[Run]) -> dict[str, list[float]]:
    """Test accuracy in percent after each epoch, by recipe."""
    return {r.recipe.name: [100 * a for a in r.history["test_accuracy"]] for r in runs}


def show_table(runs: Sequence[Run]) -> None:
    """One line per run."""
    table = Table(title=title(runs), box=None, pad_edge=False, header_style="bold")
    table.add_column("recipe")
    for heading in ("parameters", "epochs", "train loss", "test acc.", "s/epoch"):
        table.add_column(heading, justify="right")
    table.add_column("status")
    for run in runs:
        status = run.status if run.diverged_at is None else f"diverged at step {run.diverged_at}"
        numbers = ["–"] * 3
        if run.history["epoch"]:
            numbers = [
                f"{run.history['train_loss'][-1]:.4f}",
                f"{100 * run.test_accuracy:.2f} %",
                f"{median(run.history['seconds']):.2f}",
            ]
        parameters = f"{parameter_count(run.model):,}"
        table.add_row(run.recipe.name, parameters, str(len(run.history["epoch"])), *numbers, status)
    Console().print(table)


def show_curves(runs: Sequence[Run]) -> None:
    """Test accuracy against epoch, in characters."""
    plotext.clear_figure()
    plotext.theme("clear")
    for marker, (label, percent) in zip("ox", accuracies(runs).items(), strict=False):
        if percent:
            epochs = list(range(1, len(percent) + 1))
            plotext.plot(epochs, percent, marker="braille")
            plotext.scatter(epochs, percent, marker=marker, label=label)
    plotext.plotsize(72, 16)
    plotext.xfrequency(5)
    plotext.xlabel("epoch")
    plotext.ylabel("test accuracy (%)")
    Console().print(Text.from_ansi(plotext.build()))


def seeds_as_json(groups: Sequence[Sequence[Run]]) -> dict[str, Any]:
    """Runs of one recipe from many seeds as plain values, and those of a rival under "against"."""
    plain = [
        {
            "recipe": asdict(runs[0].recipe),
            "seeds": [run.seed for run in runs],
            "diverged": sum(run.status == "diverged" for run in runs),
            "test_accuracy": _plain(_over_seeds(runs)),
            "runs": [as_json(run) for run in runs],
        }
        for runs in groups
    ]
    if len(plain) == 1:
        return plain[0]
    return {**plain[0], "against": plain[1], "difference": _plain(_difference(*groups))}


def show_seeds(groups: Sequence[Sequence[Run]]) -> None:
    """One line per recipe, and the difference paired by seed."""
    table = Table(
        title=f"Test accuracy on {TITLES[groups[0][0].recipe.dataset]}, mean over seeds",
        box=None,
        pad_edge=False,
        header_style="bold",
    )
    table.add_column("recipe")
    for heading in ("seeds", "diverged", "epochs", "test acc.", "95 % interval", "s/epoch"):
        table.add_column(heading, justify="right")
    for runs in groups:
        diverged = sum(run.status == "diverged" for run in runs)
        epochs = max(len(run.history["epoch"]) for run in runs)
        seconds = [s for run in runs for s in run.history["seconds"]]
        cost = f"{len(runs) * median(seconds):.2f}" if seconds else "–"
        numbers = (str(n) for n in (len(runs), diverged, epochs))
        table.add_row(runs[0].recipe.name, *numbers, *_in_percent(_over_seeds(runs)), cost)
    if len(groups) == 2:
        table.add_row("difference (points)", "", "", "", *_in_percent(_difference(*groups)), "")
    Console().print(table)


def _over_seeds(runs: Sequence[Run]) -> Interval:
    """Of the accuracy after the last whole epoch, NaN if a run has none."""
    return paired_interval([run.test_accuracy for run in runs])


def _difference(runs: Sequence[Run], rivals: Sequence[Run]) -> Interval:
    pairs = zip(runs, rivals, strict=True)
    return paired_interval([run.test_accuracy - rival.test_accuracy for run, rival in pairs])


def _plain(interval: Interval) -> dict[str, float | None]:
    """JSON has no NaN and no infinity: the interval of a single seed has no ends."""
    return {name: x if math.isfinite(x) else None for name, x in interval._asdict().items()}


def _in_percent(interval: Interval) -> tuple[str, str]:
    mean, low, high = (f"{100 * x:.2f}" if math.isfinite(x) else "–" for x in interval)
    return f"{mean} %", f"{low} to {high} %"
