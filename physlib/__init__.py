"""Neural networks from physics: the library behind the book.

Public names load on first use, so that `import physlib` and the `physlib` command start at once.
"""

from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

# Free of torch, and eager: the mapping `recipes` must win over the submodule of the same name.
from physlib.recipes import Recipe, recipes

if TYPE_CHECKING:
    from physlib.components.hyperbolic import HyperbolicLinear, hyperbolic_linear
    from physlib.components.landau import GinzburgLandauLoss, ginzburg_landau_loss
    from physlib.components.langevin import Langevin
    from physlib.data import load_dataset
    from physlib.models import MLP, ExperimentalNet
    from physlib.training import fit

__all__ = [
    "MLP",
    "ExperimentalNet",
    "GinzburgLandauLoss",
    "HyperbolicLinear",
    "Langevin",
    "Recipe",
    "fit",
    "ginzburg_landau_loss",
    "hyperbolic_linear",
    "load_dataset",
    "recipes",
]

_HOME = {
    "MLP": "models",
    "ExperimentalNet": "models",
    "GinzburgLandauLoss": "components.landau",
    "HyperbolicLinear": "components.hyperbolic",
    "Langevin": "components.langevin",
    "fit": "training",
    "ginzburg_landau_loss": "components.landau",
    "hyperbolic_linear": "components.hyperbolic",
    "load_dataset": "data",
}

try:
    __version__ = version("physlib-book")
except PackageNotFoundError:  # a source tree on the path, not installed
    __version__ = "0+unknown"


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOME])
