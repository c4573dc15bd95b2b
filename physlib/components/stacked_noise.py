"""Thermal noise for many particles, chains or networks at once, a generator for each of them."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import torch
from torch import Tensor

from physlib.components.noise import Kind, Noise
from physlib.components.replicas import shard_of


class _Layout:
    """Noise of the shapes (S, …) of `params`, and where the numbers of each seed go in it."""

    def __init__(self, params: list[Tensor], seeds: int) -> None:
        self.sizes = [p.numel() // seeds for p in params]
        self.row = params[0].new_empty(sum(self.sizes))  # as much as one seed draws
        self.noise = [p.new_empty(p.shape) for p in params]
        self.pieces = [[n[at].view(-1) for n in self.noise] for at in range(seeds)]


class StackedNoise:
    """Noise for parameters of shape (S, …): slice s has what `Noise` of seed s alone would draw.

    The bits are the same too, since a seed's numbers are drawn in one call of the same size. On
    the CPU, where a generator keeps one core busy, torch's threads share the seeds.
    """

    def __init__(self, seeds: Sequence[int], kind: Kind = "gaussian") -> None:
        self.kind = kind
        self._noises = [Noise(seed, kind) for seed in seeds]
        self._layouts: dict[tuple[object, ...], _Layout] = {}
        self._pool: ThreadPoolExecutor | None = None

    @property
    def seed(self) -> tuple[int, ...]:
        """One for each slice."""
        return tuple(noise.seed for noise in self._noises)

    @property
    def generators(self) -> list[torch.Generator]:
        """Those that have been drawn from, one per seed and device."""
        return [generator for noise in self._noises for generator in noise.generators]

    def draw(self, params: list[Tensor], deviation: float = 1.0) -> list[Tensor]:
        """Fresh noise of this standard deviation for `params`, all of one device and dtype.

        It may be changed, and is valid until the next draw.

        Raises:
            ValueError: a parameter has no first axis with a slice for each seed.
        """
        seeds = len(self._noises)
        for p in params:
            if shard_of(p):
                raise ValueError("params must be whole for a sequence of seeds, got a shard")
            if p.dim() == 0 or len(p) != seeds:
                raise ValueError(
                    f"params must have a first axis of {seeds}, one slice for each seed, "
                    f"got shape {tuple(p.shape)}"
                )
        key = params[0].device, params[0].dtype, *(p.shape for p in params)
        if key not in self._layouts:
            self._layouts[key] = _Layout(params, seeds)
        layout = self._layouts[key]

        def draw_one(noise: Noise, pieces: list[Tensor]) -> None:
            (row,) = noise.draw([layout.row], deviation)
            torch._foreach_copy_(pieces, row.split(layout.sizes))

        if params[0].device.type != "cpu" or min(torch.get_num_threads(), seeds) == 1:
            for pair in zip(self._noises, layout.pieces, strict=True):
                draw_one(*pair)
        else:  # torch lets go of the interpreter while it draws
            self._pool = self._pool or ThreadPoolExecutor(torch.get_num_threads())
            list(self._pool.map(draw_one, self._noises, layout.pieces))
        return layout.noise

    @property
    def nbytes(self) -> int:
        """Memory of the buffers."""
        held = [noise for layout in self._layouts.values() for noise in layout.noise]
        return sum(n.nbytes for n in held) + sum(noise.nbytes for noise in self._noises)

    def state(self) -> dict[str, Tensor]:
        """The states of every device's generators, a row for each seed, by the device's name."""
        states = [noise.state() for noise in self._noises]
        return {device: torch.stack([s[device] for s in states]) for device in states[0]}

    def restore(self, seed: Sequence[int], states: dict[str, Tensor]) -> None:
        """Go on from `states`; a device they do not name starts its noise from `seed`.

        Raises:
            ValueError: not as many seeds as there are.
        """
        if not isinstance(seed, Sequence) or len(seed) != len(self._noises):
            raise ValueError(f"seed must be {len(self._noises)} seeds, one a slice, got {seed!r}")
        for at, (noise, own) in enumerate(zip(self._noises, seed, strict=True)):
            noise.restore(own, {device: rows[at].clone() for device, rows in states.items()})

    def __getstate__(self) -> dict[str, Any]:  # a pool of threads cannot be pickled
        return {"kind": self.kind, "_noises": self._noises, "_layouts": {}, "_pool": None}


def noise_from(seed: int | Sequence[int], kind: Kind) -> Noise | StackedNoise:
    """The noise of one seed, or that of one for each slice."""
    if isinstance(seed, Sequence):
        if not seed:
            raise ValueError(f"seed must be at least one integer from 0, got {seed!r}")
        return StackedNoise(seed, kind)
    return Noise(seed, kind)
