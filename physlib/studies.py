"""A run that trains no recipe: a function of settings and a seed, on record like any other."""

import dataclasses
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from physlib.checks import require_choice

Row = tuple[int, str, float]  # epoch (or another count), metric, value


@dataclass(frozen=True)
class Study:
    """A function of the library, and the settings to call it with; immutable, of plain values.

    Args:
        name: of a-z, 0-9, '.', '+' and '-': the folder of its records.
        function: ``"physlib.module:name"``. It is called with the settings and ``seed`` by
            keyword, and returns rows: (epoch, metric, value). A value that is NaN is of something
            that diverged or was not reached.
        settings: plain values, and tuples of them.
        dataset: what it needs to be there before it begins, if anything.
        seconds: about how long it takes on one core, to order runs by. No part of what it is.

    Raises:
        ValueError: a function outside the library, or a setting that is no plain value.
    """

    name: str
    function: str
    settings: Mapping[str, Any]
    dataset: str | None = None
    seconds: float = field(default=10.0, compare=False)

    def __post_init__(self) -> None:
        if not re.fullmatch(r"physlib(\.\w+)+:\w+", self.function):
            raise ValueError(f"function must read 'physlib.module:name', got {self.function!r}")
        settings = {name: _plain(name, value) for name, value in self.settings.items()}
        object.__setattr__(self, "settings", settings)  # the class is frozen

    def __hash__(self) -> int:
        return hash((self.name, self.function))

    def replace(self, **settings: Any) -> "Study":
        """A copy with some settings changed.

        Raises:
            ValueError: a setting that it does not have.
        """
        for name in settings:
            require_choice("setting", name, self.settings)
        return dataclasses.replace(self, settings={**self.settings, **settings})

    def run(self, seed: int) -> list[Row]:
        """What the function finds."""
        module, name = self.function.split(":")
        rows: Iterable[Row] = getattr(import_module(module), name)(seed=seed, **self.settings)
        return [(int(epoch), metric, float(value)) for epoch, metric, value in rows]

    def as_data(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "name": self.name,
            "function": self.function,
            "settings": self.settings,
            "dataset": self.dataset,
        }


def _plain(name: str, value: Any) -> Any:
    """`value` as it is hashed and compared; what comes back from JSON is equal to it."""
    if isinstance(value, list | tuple):
        return tuple(_plain(name, v) for v in value)
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise ValueError(f"settings must be plain values and tuples of them, got {name}={value!r}")
