"""What chapters need to show the library, and themselves."""

import inspect
import resource
import sys
from collections.abc import Callable
from typing import Any

from IPython.display import Markdown


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
