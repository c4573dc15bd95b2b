"""Thermal noise for many particles, chains or networks at once, a generator for each of them."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import torch
from torch import Tensor

from physlib.checks import require_integer
from physlib.components.noise import Noise


class StackedNoise:
    """Noise for parameters of shape (S, …): slice s has what a `Noise` of seed s alone would draw.

    The bits are the same too, since each slice is drawn in one call of the same size. On the CPU,
    where one generator runs on one core, the slices are shared among torch's threads.
    """

    def __init__(self, seeds: Sequence[int]) -> None:
        self._noises = [Noise(seed) for seed in seeds]
        self._flat: dict[tuple[torch.device, torch.dtype, int], Tensor] = {}
        self._pool: ThreadPoolExecutor | None = None

    @property
    def seed(self) -> tuple[int, ...]:
        """One for each slice."""
        return tuple(noise.seed for noise in self._noises)

    def draw(self, params: list[Tensor]) -> list[Tensor]:
        """Fresh noise for `params`, all of one device and dtype; valid until the next draw.

        Raises:
            ValueError: a parameter has no first axis with a slice for each seed.
        """
        slices = len(self._noises)
        for p in params:
            if p.dim() == 0 or len(p) != slices:
                raise ValueError(
                    f"params must have a first axis of {slices}, one slice for each seed, "
                    f"got shape {tuple(p.shape)}"
                )
        sizes = [p.numel() // slices for p in params]
        key = params[0].device, params[0].dtype, sum(sizes)
        if key not in self._flat:
            self._flat[key] = params[0].new_empty(slices, sum(sizes))
        flat = self._flat[key]  # (S, P): a row holds all the noise of its seed
        workers = min(torch.get_num_threads(), slices) if flat.device.type == "cpu" else 1
        if workers == 1:
            for noise, row in zip(self._noises, flat, strict=True):
                noise.fill(row)
        else:  # torch lets go of the interpreter while it draws
            self._pool = self._pool or ThreadPoolExecutor(workers)
            list(self._pool.map(Noise.fill, self._noises, flat))
        return [part.view(p.shape) for part, p in zip(flat.split(sizes, 1), params, strict=True)]

    @property
    def nbytes(self) -> int:
        """Memory of the buffers."""
        return sum(flat.nbytes for flat in self._flat.values())

    def state(self) -> dict[str, Tensor]:
        """The states of every device's generators, a row for each seed, by the device's name."""
        states = [noise.state() for noise in self._noises]
        return {device: torch.stack([s[device] for s in states]) for device in states[0]}

    def restore(self, seed: Sequence[int], states: dict[str, Tensor]) -> None:
        """Go on from `states`; a device they do not name starts its noise from `seed`."""
        for at, (noise, own) in enumerate(zip(self._noises, seed, strict=True)):
            noise.restore(own, {device: rows[at] for device, rows in states.items()})

    def __getstate__(self) -> dict[str, Any]:
        return {"seed": self.seed, "states": self.state()}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(state["seed"])  # type: ignore[misc]
        self.restore(state["seed"], state["states"])


def noise_from(seed: int | Sequence[int]) -> Noise | StackedNoise:
    """The noise of one seed, or of one for each slice."""
    if isinstance(seed, Sequence):
        return StackedNoise([require_integer("seed", s, low=0) for s in seed])
    return Noise(require_integer("seed", seed, low=0))
