"""What to try when memory runs out."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch

# How torch says so on a CPU (Linux and macOS, Windows, C++), and in a CUDA library of its.
_SIGNS = ("can't allocate memory", "not enough memory", "bad_alloc", "STATUS_ALLOC_FAILED")


class OutOfMemoryError(MemoryError):
    """Memory ran out; the message says what to try."""


@contextmanager
def out_of_memory(message: str) -> Iterator[None]:
    """Turn the end of memory, on any device, into an `OutOfMemoryError` with `message`.

    Raises:
        OutOfMemoryError: memory ran out inside. One that was raised there keeps its own message.
    """
    try:
        yield
    except OutOfMemoryError:
        raise
    except (MemoryError, RuntimeError) as error:
        named = isinstance(error, (MemoryError, torch.OutOfMemoryError))
        if not named and not any(sign in str(error) for sign in _SIGNS):
            raise
        raise OutOfMemoryError(f"out of memory: {message}") from error


def advice(batch_size: int, images: int, networks: int = 1) -> str:
    """What to try when a step of `networks` at once over batches of so many `images` does not fit.

    Half of the batch, whose activations are most of a step's memory; but not a batch of one, for
    which batch normalisation has no variance.
    """
    batch = min(batch_size, images)
    seeds = "" if networks == 1 else f" for each of {networks} seeds"
    fewer = "" if networks == 1 else "fewer seeds, or "
    rest = "a smaller network" if batch < 4 else f"batch_size={batch // 2}"
    return f"a step of {batch} images{seeds} does not fit: try {fewer}{rest}"
