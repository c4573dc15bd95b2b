"""Training state on disk: written whole or not at all, read without running any code from it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

import torch

from physlib.files import atomic_path
from physlib.recipes import Recipe

FORMAT = 1


class CheckpointError(RuntimeError):
    """A checkpoint that cannot be read, or that belongs to another run."""


def save_checkpoint(path: Path, recipe: Recipe, seed: int, state: dict[str, Any]) -> None:
    """Write `state`, tensors and plain values, with what it belongs to."""
    content = BytesIO()  # torch's own writer of files says little about a full disk
    torch.save({"format": FORMAT, "recipe": asdict(recipe), "seed": seed, "state": state}, content)
    with atomic_path(path) as temporary:
        temporary.write_bytes(content.getbuffer())


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """Turn whatever goes wrong while reading `path` into a `CheckpointError` that names it."""
    try:
        yield
    except CheckpointError:
        raise
    except Exception as error:
        damaged = isinstance(error, BadZipFile)
        reason = "is damaged" if damaged else f"cannot be read ({type(error).__name__})"
        raise CheckpointError(
            f"checkpoint {path} {reason}: it is left as it is; name another file to start afresh"
        ) from error


def load_checkpoint(path: Path, recipe: Recipe, seed: int) -> dict[str, Any]:
    """The state in `path`, if it is of `recipe` and `seed`; the number of epochs may grow.

    Raises:
        CheckpointError: of another format or of another run; `path` is left as it is. Read
            inside `readable`, damage is one too.
    """
    with ZipFile(path) as archive:  # torch reads past its checksums: a flipped bit was a weight
        if damaged := archive.testzip():
            raise BadZipFile(f"{damaged} has another checksum")
    # weights_only: tensors and plain values, no pickled code
    saved = torch.load(path, map_location="cpu", weights_only=True)
    if saved["format"] != FORMAT:
        raise CheckpointError(
            f"checkpoint {path} has format {saved['format']}, this version reads {FORMAT}"
        )
    written_by, wanted = dict(saved["recipe"], seed=saved["seed"]), dict(asdict(recipe), seed=seed)
    for field in sorted(wanted.keys() | written_by.keys()):
        there, here = written_by.get(field), wanted.get(field)
        if there != here and field != "epochs":
            raise CheckpointError(
                f"checkpoint {path} belongs to another run: {field} is {there!r} there, "
                f"{here!r} here"
            )
    state: dict[str, Any] = saved["state"]
    done = len(state["history"]["epoch"])
    if done > recipe.epochs:
        raise CheckpointError(
            f"checkpoint {path} is at epoch {done}, beyond the {recipe.epochs} asked for"
        )
    return state
