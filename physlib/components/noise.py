r"""Thermal noise for the optimizer: drawn at once, repeatable, and its own.

``"gaussian"`` is :math:`\eta \sim \mathcal N(0, 1)`. ``"two-point"`` is ±1 with equal chance, a
coin per number, which costs a bit where a Gaussian one costs 32: mean, variance and the vanishing
third moment agree, and that is all that a scheme of first order asks for (*weak* convergence:
averages agree to the order of the step, paths do not). In a quadratic well the temperatures agree
exactly. Source: Kloeden and Platen, Numerical Solution of Stochastic Differential Equations
(1992), chapter 14.
"""

import operator
from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor

from physlib.checks import require_choice, require_integer

Kind = Literal["gaussian", "two-point"]


class _Gaussian:
    """One flat buffer, with views in the shapes of `params`: one call draws all the noise."""

    def __init__(self, params: list[Tensor]) -> None:
        sizes = [p.numel() for p in params]
        self.params = params  # held, so that no address is recycled
        self.flat = params[0].new_empty(self.length(sum(sizes)))
        pieces = self.flat[: sum(sizes)].split(sizes)
        self.views = [n.view(p.shape) for n, p in zip(pieces, params, strict=True)]

    @staticmethod
    def length(numbers: int) -> int:
        return numbers

    @property
    def nbytes(self) -> int:
        return self.flat.nbytes

    def fits(self, params: list[Tensor]) -> bool:
        return len(params) == len(self.params) and all(map(operator.is_, params, self.params))

    def fill(self, deviation: float, generator: torch.Generator) -> None:
        self.flat.normal_(0, deviation, generator=generator)


class _TwoPoint(_Gaussian):
    """The same, with signs looked up in a table: every random byte is eight of them."""

    def __init__(self, params: list[Tensor]) -> None:
        super().__init__(params)
        self.words = self.flat.new_empty(len(self.flat) // 64, dtype=torch.int64)
        byte, bit = torch.arange(256).unsqueeze(1), torch.arange(8)
        self.signs = (2 * ((byte >> bit) & 1) - 1).to(self.flat)  # (256, 8)

    @staticmethod
    def length(numbers: int) -> int:
        return 64 * -(-numbers // 64)  # whole words

    @property
    def nbytes(self) -> int:
        return self.flat.nbytes + self.words.nbytes + self.signs.nbytes

    def fill(self, deviation: float, generator: torch.Generator) -> None:
        self.words.random_(-(2**63), None, generator=generator)
        rows = self.words.view(torch.uint8).int()
        torch.index_select(self.signs * deviation, 0, rows, out=self.flat.view(-1, 8))


_BUFFERS: dict[Kind, type[_Gaussian]] = {"gaussian": _Gaussian, "two-point": _TwoPoint}


class Noise:
    """Noise in the shapes of parameters, from generators of its own.

    There is one generator a device. Their states survive `state` and `restore`, pickle and
    deepcopy, so that whoever goes on draws what an uninterrupted run would.

    Args:
        seed: of the generators, at least 0.
        kind: ``"gaussian"`` or ``"two-point"``.

    Raises:
        TypeError, ValueError: another kind, or a seed that is no integer from 0.
    """

    def __init__(self, seed: int, kind: Kind = "gaussian") -> None:
        require_choice("noise", kind, _BUFFERS)
        self.seed, self.kind = require_integer("seed", seed, low=0), kind
        self._generators: dict[torch.device, torch.Generator] = {}
        self._saved: dict[str, Tensor] = {}  # states of devices that have not drawn yet
        self._buffers: dict[int, _Gaussian] = {}  # by the address of the first parameter

    def draw(self, params: list[Tensor], deviation: float = 1.0) -> list[Tensor]:
        """Fresh noise of this standard deviation for `params`, all of one device and dtype.

        It may be changed, and is valid until the next draw.
        """
        buffer = self._buffers.get(id(params[0]))
        if buffer is None or not buffer.fits(params):
            buffer = self._buffers[id(params[0])] = _BUFFERS[self.kind](params)
        buffer.fill(deviation, self._generator(buffer.flat.device))
        return buffer.views

    @property
    def generators(self) -> list[torch.Generator]:
        """Those that have been drawn from, one per device."""
        return list(self._generators.values())

    @property
    def nbytes(self) -> int:
        """Memory of the buffers."""
        return sum(buffer.nbytes for buffer in self._buffers.values())

    def state(self) -> dict[str, Tensor]:
        """The state of every device's generator, by the device's name."""
        drawn = {str(device): g.get_state() for device, g in self._generators.items()}
        return {**self._saved, **drawn}

    def restore(self, seed: int, states: dict[str, Tensor]) -> None:
        """Go on from `states`; a device they do not name starts its noise from `seed`."""
        self.seed, self._saved = seed, dict(states)
        self._generators, self._buffers = {}, {}

    def __getstate__(self) -> dict[str, Any]:
        return {"seed": self.seed, "kind": self.kind, "states": self.state()}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.kind = state["kind"]
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
