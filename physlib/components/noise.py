"""Thermal noise for the optimizer: drawn at once, repeatable, and its own."""

import operator
from typing import Any

import numpy as np
import torch
from torch import Tensor


class _Buffer:
    """One flat buffer and its views in the shapes of `params`: one call draws all the noise."""

    def __init__(self, params: list[Tensor]) -> None:
        sizes = [p.numel() for p in params]
        self.params = params  # held, so that no address is recycled
        self.flat = params[0].new_empty(sum(sizes))
        self.views = [n.view(p.shape) for n, p in zip(self.flat.split(sizes), params, strict=True)]

    def fits(self, params: list[Tensor]) -> bool:
        return len(params) == len(self.params) and all(map(operator.is_, params, self.params))


class Noise:
    """Standard-normal noise in the shapes of parameters, from generators of its own.

    There is one generator a device. Their states survive `state` and `restore`, pickle and
    deepcopy, so that whoever goes on draws what an uninterrupted run would.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._generators: dict[torch.device, torch.Generator] = {}
        self._saved: dict[str, Tensor] = {}  # states of devices that have not drawn yet
        self._buffers: dict[int, _Buffer] = {}  # by the address of the first parameter

    def draw(self, params: list[Tensor]) -> list[Tensor]:
        """Fresh noise for `params`, all of one device and dtype; valid until the next draw."""
        buffer = self._buffers.get(id(params[0]))
        if buffer is None or not buffer.fits(params):
            buffer = self._buffers[id(params[0])] = _Buffer(params)
        self.fill(buffer.flat)
        return buffer.views

    def fill(self, flat: Tensor) -> None:
        """Draw into `flat`, any shape, in place."""
        flat.normal_(generator=self._generator(flat.device))

    @property
    def nbytes(self) -> int:
        """Memory of the buffers."""
        return sum(buffer.flat.nbytes for buffer in self._buffers.values())

    def state(self) -> dict[str, Tensor]:
        """The state of every device's generator, by the device's name."""
        drawn = {str(device): g.get_state() for device, g in self._generators.items()}
        return {**self._saved, **drawn}

    def restore(self, seed: int, states: dict[str, Tensor]) -> None:
        """Go on from `states`; a device they do not name starts its noise from `seed`."""
        self.seed, self._saved = seed, dict(states)
        self._generators, self._buffers = {}, {}

    def __getstate__(self) -> dict[str, Any]:
        return {"seed": self.seed, "states": self.state()}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.restore(state["seed"], state["states"])

    def _generator(self, device: torch.device) -> torch.Generator:
        if device not in self._generators:
            # A stream for each device, and none that torch.manual_seed(seed) also gives: initial
            # weights drawn from that one would be the first step's noise over again.
            stream = np.random.SeedSequence([self.seed, len(self._generators)])
            seed = int(stream.generate_state(1, np.uint64)[0])
            generator = torch.Generator(device).manual_seed(seed)
            if str(device) in self._saved:
                generator.set_state(self._saved.pop(str(device)).cpu())
            self._generators[device] = generator
        return self._generators[device]
