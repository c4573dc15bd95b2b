"""What chapters need to show the library, and themselves."""

import inspect
import math
import platform
import resource
import sys
import textwrap
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

import torch
from IPython.display import Markdown, display

from physlib import __version__
from physlib.claims import claims
from physlib.claims.judging import Shelf
from physlib.intervals import Interval
from physlib.records import committed_results
from physlib.verdicts import judge, row, sensitivity


def records(profile: str = "full") -> Shelf:
    """The records of this checkout, every byte of them checked.

    Raises:
        RecordError: there are none, or one is damaged.
    """
    return Shelf(committed_results(), profile)


def verdict_table(shelf: Shelf, *ids: str) -> Markdown:
    """The verdicts on these claims as `shelf` gives them, with links to the page of verdicts.

    Raises:
        KeyError: no claim has such an id.
    """
    judged = judge(shelf, [claims[name] for name in ids])
    rows = [row(j, "#") for j in judged]
    return Markdown("\n".join(["| claim | verdict | measured |", "|---|---|---|", *rows]))


def sensitivity_table(shelf: Shelf, name: str) -> Markdown:
    """What the verdict on the claim `name` would be under other definitions.

    Raises:
        KeyError: no claim has such an id.
    """
    (judged,) = judge(shelf, [claims[name]])
    return Markdown("\n".join(sensitivity(judged)))


def markdown_table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Markdown:
    """Rows under a head, as the page shows tables; numbers come as text or as they print."""
    lines = [head, ["---"] * len(head), *rows]
    return Markdown("\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines))


def signed(interval: Interval, scale: float = 1.0, digits: int = 2) -> str:
    """A difference with its interval, ``+0.12 [−0.30, +0.54]`` after scaling; NaN is a dash."""
    if math.isnan(interval.mean):
        return "–"
    mean, low, high = (f"{scale * x:+.{digits}f}".replace("-", "−") for x in interval)
    return f"{mean} [{low}, {high}]"


def source(shown: type | Callable[..., Any]) -> Markdown:
    """The source of a function, method or class as the library has it, highlighted by the page.

    Raises:
        TypeError: `shown` is not something that was written in Python.
    """
    return Markdown(f"```python\n{textwrap.dedent(inspect.getsource(shown))}```")


def peak_memory() -> int:
    """The most memory that this process has held, in bytes (Linux and macOS)."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


COST = "cost"  # where `cost` puts its numbers into the output's metadata, for programs


def cost(start: float) -> None:
    """Show what this notebook has cost since `start`, and what it ran on: a chapter's last cell.

    The site puts the same words under the chapter's title, and the numbers into the table of
    "Running the book".

    Units:
        `start` in seconds, from `time.perf_counter`.
    """
    threads = torch.get_num_threads()
    device = f"{threads} CPU thread{'s' if threads > 1 else ''}"
    if torch.cuda.is_available():
        device = torch.cuda.get_device_name()
    versions = {
        "Python": platform.python_version(),
        "torch": torch.__version__,
        "physlib": __version__,
    }
    seconds, memory, today = time.perf_counter() - start, peak_memory(), date.today().isoformat()
    words = (
        f"Runs in {seconds:.0f} s on {device}, with at most {memory / 2**30:.1f} GiB of memory. "
        f"Last executed on {today} with {', '.join(' '.join(pair) for pair in versions.items())}."
    )
    numbers = {
        "seconds": seconds,
        "memory": memory,
        "device": device,
        "date": today,
        "versions": versions,
    }
    display({"text/plain": words}, raw=True, metadata={COST: numbers})
