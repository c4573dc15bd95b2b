"""What chapters need to show the library, and themselves."""

import inspect
import resource
import sys
from collections.abc import Callable
from typing import Any

from IPython.display import Markdown

from physlib.claims import claims
from physlib.claims.judging import Shelf
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
    rows = [row(j, "../../book/verdicts.md#") for j in judged]
    return Markdown("\n".join(["| claim | verdict | measured |", "|---|---|---|", *rows]))


def sensitivity_table(shelf: Shelf, name: str) -> Markdown:
    """What the verdict on the claim `name` would be under other definitions.

    Raises:
        KeyError: no claim has such an id.
    """
    (judged,) = judge(shelf, [claims[name]])
    return Markdown("\n".join(sensitivity(judged)))


def source(shown: type | Callable[..., Any]) -> Markdown:
    """The source of a function or class as the library has it, highlighted by the page.

    Raises:
        TypeError: `shown` is not something that was written in Python.
    """
    return Markdown(f"```python\n{inspect.getsource(shown)}```")


def peak_memory() -> int:
    """The most memory that this process has held, in bytes (Linux and macOS)."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
