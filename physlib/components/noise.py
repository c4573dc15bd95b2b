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
from physlib.components.replicas import local, shard_of

Kind = Literal["gaussian", "two-point"]


class _Gaussian:
    """One flat buffer, with views in the shapes of `params`: one call draws all the noise."""

    def __init__(self, params: list[Tensor]) -> None:
        parts = [local(p) for p in params]
        sizes = [p.numel() for p in parts]
        self.params = params  # held, so that no address is recycled
        self.flat = parts[0].new_empty(self.length(sum(sizes)))
        pieces = self.flat[: sum(sizes)].split(sizes)
        self.views = [n.view(p.shape) for n, p in zip(pieces, parts, strict=True)]

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

    There is one generator a device, and for sharded parameters one a shard (`replicas.shard_of`):
    ranks that hold the same numbers draw the same noise, the shards of a parameter independent
    noise. Their states survive `state` and `restore`, pickle and deepcopy, so that whoever goes on
    draws what an uninterrupted run would.

    Args:
        seed: of the generators, at least 0.
        kind: ``"gaussian"`` or ``"two-point"``.

    Raises:
        TypeError, ValueError: another kind, or a seed that is no integer from 0.
    """

    def __init__(self, seed: int, kind: Kind = "gaussian") -> None:
        require_choice("noise", kind, _BUFFERS)
        self.seed, self.kind = require_integer("seed", seed, low=0), kind
        self._generators: dict[tuple[torch.device, tuple[int, ...]], torch.Generator] = {}
        self._saved: dict[str, Tensor] = {}  # states of streams that have not been drawn from yet
        self._buffers: dict[int, _Gaussian] = {}  # by the address of the first parameter

    def draw(self, params: list[Tensor], deviation: float = 1.0) -> list[Tensor]:
        """Fresh noise of this standard deviation for `params`, all of one device, dtype and shard.

        It has the shapes of what this rank holds of them. It may be changed, and is valid until the
        next draw.
        """
        buffer = self._buffers.get(id(params[0]))
        if buffer is None or not buffer.fits(params):
            buffer = self._buffers[id(params[0])] = _BUFFERS[self.kind](params)
        buffer.fill(deviation, self._generator(buffer.flat.device, shard_of(params[0])))
        return buffer.views

    @property
    def generators(self) -> list[torch.Generator]:
        """Those that have been drawn from, one per device and shard."""
        return list(self._generators.values())

    @property
    def nbytes(self) -> int:
        """Memory of the buffers."""
        return sum(buffer.nbytes for buffer in self._buffers.values())

    def state(self) -> dict[str, Tensor]:
        """The state of every generator, by the device's name, and the shard's if there is one."""
        drawn = {_name(*stream): g.get_state() for stream, g in self._generators.items()}
        return {**self._saved, **drawn}

    def restore(self, seed: int, states: dict[str, Tensor]) -> None:
        """Go on from `states`; a device they do not name starts its noise from `seed`.

        A device goes on from another one's state if that is the only one of its type: a run may
        move from one GPU to the next, and the ranks' GPUs go on from what the first one saved.
        """
        self.seed, self._saved = seed, dict(states)
        self._generators, self._buffers = {}, {}

    def __getstate__(self) -> dict[str, Any]:
        return {"seed": self.seed, "kind": self.kind, "states": self.state()}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.kind = state["kind"]
        self.restore(state["seed"], state["states"])

    def _generator(self, device: torch.device, shard: tuple[int, ...]) -> torch.Generator:
        if (device, shard) not in self._generators:
            # A stream for each device, and none that torch.manual_seed(seed) also gives: initial
            # weights drawn from that one would be the first step's noise over again.
            earlier = sum(own == shard for _, own in self._generators)
            stream = np.random.SeedSequence([self.seed, earlier], spawn_key=shard)
            seed = int(stream.generate_state(1, np.uint64)[0])
            generator = torch.Generator(device).manual_seed(seed)
            if (saved := self._saved_name(device, shard)) is not None:
                generator.set_state(self._saved.pop(saved).cpu())
            self._generators[device, shard] = generator
        return self._generators[device, shard]

    def _saved_name(self, device: torch.device, shard: tuple[int, ...]) -> str | None:
        if (name := _name(device, shard)) in self._saved:
            return name
        alike = [
            name
            for name in self._saved
            for saved, *at in [name.split()]
            if torch.device(saved).type == device.type and at == [*map(str, shard)]
        ]
        return alike[0] if len(alike) == 1 else None


def _name(device: torch.device, shard: tuple[int, ...]) -> str:
    return " ".join(map(str, (device, *shard)))
