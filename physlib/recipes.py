"""What a run is made of, as data: a frozen `Recipe`, and every named run of the book."""

import dataclasses
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_type_hints

from physlib.checks import (
    LARGEST_SEED,
    LARGEST_SIZE,
    require_choice,
    require_integer,
    require_number,
    require_truth,
    shown,
)


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """One way to train one network; immutable, comparable, made of plain values.

    A changed copy is `recipe.replace(lr=3e-3)`, or `recipe.override("lr=3e-3")`.
    The fields below "loss" matter only to the loss or optimizer that they belong to.

    Shape:
        ``hidden`` has the widths between input and output, ``pixel_range`` what black and white
        become; all other fields are single values.

    Units:
        ``lr``, ``damping`` and ``temperature`` are those of `Langevin`; ``label_noise`` is a
        fraction, ``validation`` counts images, ``epochs`` passes over the training images.

    Raises:
        TypeError, ValueError: a field of the wrong type or outside its range.

    Source:
        Defaults are the post's where it gives a number, and this book's elsewhere.

    Example:
        >>> recipe = Recipe(name="mine", lr=3e-3)
        >>> recipe.override("hidden=64,32", "temperature=1e-6").hidden
        (64, 32)
        >>> recipe.replace(damping=2)
        Traceback (most recent call last):
        ValueError: damping must be finite and in (0, 1], got 2.0
    """

    name: str

    network: Literal["experimental", "mlp"] = "experimental"
    hidden: tuple[int, ...] = (156,)  # widths between input and output
    activation: Literal["rrelu", "mish", "relu", "identity"] = "rrelu"
    # "linear" is the control: the same weights and no gain
    layer: Literal["hyperbolic", "linear"] = "hyperbolic"
    batch_norm: bool = True  # before the activation, but for the last of several layers
    ramp: Literal["index", "normalised", "ones"] = "index"
    beta: float = 1e-3  # initial rapidity over five

    loss: Literal["ginzburg-landau", "cross-entropy"] = "ginzburg-landau"
    alpha: float = 0.0035  # quadratic weight
    gamma: float = 5.0  # quartic weight
    stiffness: float = 0.5  # gradient weight
    axis: Literal["class", "batch"] = "class"
    maximum: Literal["sample", "batch"] = "sample"  # what the outputs are divided by
    wrap: bool = True  # whether the last class is a neighbour of the first
    quartic: Literal["printed", "stable"] = "printed"  # -gamma or +gamma

    optimizer: Literal["langevin", "sgd", "adam"] = "langevin"
    lr: float = 1e-3
    damping: float = 0.1  # Langevin's γ; SGD's momentum is 1 - damping
    temperature: float = 0.0
    scheme: Literal["symplectic-euler", "baoab", "overdamped", "explicit-euler"] = (
        "symplectic-euler"
    )
    noise: Literal["gaussian", "two-point"] = "gaussian"  # the cheap one has the same temperatures
    # "forgotten" drops the velocity after each step and keeps the size of the noise
    velocity: Literal["kept", "forgotten"] = "kept"

    dataset: Literal["mnist", "fashion-mnist", "kmnist", "digits"] = "mnist"
    pixel_range: tuple[float, float] = (-1.0, 1.0)  # what black and white become
    pixel_permutation: int = 0  # the seed of one shuffle of the pixels; 0 leaves them in order
    batch_size: int = 128
    epochs: int = 5
    # This many training images are held out, and the test columns are then measured on them.
    validation: int = 0
    label_noise: float = 0.0  # this fraction of the training labels is replaced by wrong ones

    def __post_init__(self) -> None:
        if not isinstance(self.name, str):
            raise TypeError(f"name must be a text, got {shown(self.name)}")
        for field, hint in get_type_hints(type(self)).items():
            if choices := get_args(hint) if "Literal" in str(hint) else ():
                require_choice(field, getattr(self, field), choices)
        for field in ("batch_norm", "wrap"):
            require_truth(field, getattr(self, field))
        for field in ("hidden", "pixel_range"):
            if not isinstance(getattr(self, field), tuple):
                raise TypeError(f"{field} must be a tuple, got {shown(getattr(self, field))}")
        if len(self.pixel_range) != 2:
            raise ValueError(f"pixel_range must be (black, white), got {self.pixel_range!r}")
        # Plain floats and ints, so that equal recipes are equal on disk too.
        plain: dict[str, object] = {
            field: require_number(field, getattr(self, field))
            for field in ("alpha", "gamma", "stiffness", "beta")
        }
        plain["lr"] = require_number("lr", self.lr, low=0)
        plain["damping"] = require_number("damping", self.damping, low=0, high=1, open_low=True)
        plain["temperature"] = require_number("temperature", self.temperature, low=0)
        plain["pixel_range"] = tuple(require_number("pixel_range", p) for p in self.pixel_range)
        plain["hidden"] = tuple(
            require_integer("hidden", width, low=1, high=LARGEST_SIZE) for width in self.hidden
        )
        plain["pixel_permutation"] = require_integer(
            "pixel_permutation", self.pixel_permutation, low=0, high=LARGEST_SEED
        )
        plain["validation"] = require_integer("validation", self.validation, low=0)
        plain["label_noise"] = require_number("label_noise", self.label_noise, low=0, high=1)
        plain["epochs"] = require_integer("epochs", self.epochs, low=1)
        # A single sample has no variance to normalise by, and no neighbour along the batch.
        normalised = self.batch_norm and self.network == "experimental"
        neighbours = self.loss == "ginzburg-landau" and self.axis == "batch" and not self.wrap
        least = 2 if normalised or neighbours else 1
        plain["batch_size"] = require_integer(
            "batch_size", self.batch_size, low=least, high=LARGEST_SIZE
        )
        for field, value in plain.items():
            object.__setattr__(self, field, value)  # the class is frozen

    def replace(self, **changes: Any) -> "Recipe":
        """A copy with some fields changed."""
        return dataclasses.replace(self, **changes)

    def override(self, *assignments: str) -> "Recipe":
        """A copy with fields set from text, as the command line gives them: ``"lr=3e-3"``.

        A tuple is written with commas, ``"hidden=156,64"``; ``"hidden="`` is the empty one.
        """
        changes: dict[str, Any] = {}
        hints = get_type_hints(type(self))
        for assignment in assignments:
            if not isinstance(assignment, str) or "=" not in assignment:
                raise ValueError(f"a setting must read FIELD=VALUE, got {shown(assignment)}")
            field, _, text = assignment.partition("=")
            require_choice("the field of a setting", field, hints)
            changes[field] = _parse(field, text, hints[field])
        return self.replace(**changes)


def _parse(field: str, text: str, hint: Any) -> Any:
    """`text` as a value of the type `hint`."""
    try:
        if hint is bool:
            return {"true": True, "false": False}[text.lower()]
        if hint in (int, float):
            return hint(text)
        if "tuple" in str(hint):
            kind = get_args(hint)[0]
            return tuple(kind(piece) for piece in text.split(",") if piece)
    except (ValueError, KeyError):
        wanted = getattr(hint, "__name__", hint) if hint in (bool, int, float) else hint
        raise ValueError(f"{field} must be of type {wanted}, got {shown(text)}") from None
    return text


class _Recipes(dict[str, Recipe]):
    """Every named run of the book: a mapping from names to each `Recipe`.

    Shape:
        One `Recipe` per name.

    Units:
        Those of `Recipe`.

    Raises:
        ValueError: an unknown name; the message has the known ones.

    Source:
        ``post`` has the post's numbers, ``revision-1layer`` and ``revision-2layer`` the later
        revision's, the others this book's.

    Example:
        >>> print(*recipes)
        physlib post revision-2layer revision-1layer mlp mlp-adam
        >>> recipes["revision-1layer"].gamma
        6.5
    """

    def __missing__(self, name: str) -> Recipe:
        require_choice("recipe", name, self)
        raise AssertionError  # unreachable: the check raises for every missing name


_BASELINE = Recipe(
    name="mlp",
    network="mlp",
    activation="relu",
    batch_norm=False,
    loss="cross-entropy",
    optimizer="sgd",
    lr=0.01,
)

# The later revision's loss and optimizer settings. Batch size, pixel range, activation and axis
# are our reading of it; velocity="forgotten" is the reading that follows its curves.
_REVISION = Recipe(
    name="revision-2layer",
    alpha=0.0095,
    gamma=6.5,
    axis="batch",
    lr=1e-2,
    damping=1e-3,
    temperature=8e-3,
    epochs=100,
)

recipes = _Recipes(
    (recipe.name, recipe)
    for recipe in (
        Recipe(name="physlib", temperature=1e-6),
        # The bare layer under the post's loss: what the post leaves open is as in "physlib".
        Recipe(
            name="post",
            hidden=(),
            activation="identity",
            batch_norm=False,
            temperature=1e-6,
            epochs=80,
        ),
        _REVISION,
        dataclasses.replace(_REVISION, name="revision-1layer", hidden=()),
        _BASELINE,
        dataclasses.replace(_BASELINE, name="mlp-adam", optimizer="adam", lr=1e-3),
    )
)
