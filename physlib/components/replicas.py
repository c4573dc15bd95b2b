"""Parameters on several ranks: those that must stay equal, and those that are cut into shards."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor

_WORDS = {1: torch.int8, 2: torch.int16, 4: torch.int32, 8: torch.int64}  # by bytes a number


class ReplicasPartedError(RuntimeError):
    """Parameters that must be equal on every rank are not."""


def ranks() -> int:
    """How many processes work together; 1 where no process group has been set up."""
    return dist.get_world_size() if dist.is_available() and dist.is_initialized() else 1


def from_first_rank(value: Any) -> Any:
    """What rank 0 passes here, on every rank: all of them have to call."""
    if ranks() == 1:
        return value
    values = [value]
    dist.broadcast_object_list(values, src=0)
    return values[0]


def shard_of(tensor: Tensor) -> tuple[int, ...]:
    """Which shard of a DTensor this rank has; () of a tensor that is whole.

    One number for every axis of the device mesh along which the tensor is cut, so that the
    replicas of one shard have the same.
    """
    placements = getattr(tensor, "placements", None)  # only a DTensor has them
    if placements is None:
        return ()
    places = tensor.device_mesh.get_coordinate()  # type: ignore[attr-defined]
    return tuple(
        at for at, placement in zip(places, placements, strict=True) if placement.is_shard()
    )


def local(tensor: Tensor) -> Tensor:
    """The part of a DTensor that this rank has, sharing its memory; any other tensor as it is."""
    part: Tensor = tensor.to_local() if hasattr(tensor, "placements") else tensor  # type: ignore[attr-defined]
    return part


def local_gradient(parameter: Tensor) -> Tensor:
    """The gradient, cut as the parameter is."""
    grad = parameter.grad
    assert grad is not None
    if hasattr(parameter, "placements"):
        grad = grad.redistribute(parameter.device_mesh, parameter.placements)  # type: ignore[attr-defined]
    return local(grad)


class ReplicaCheck:
    """Compares a checksum of the parameters between ranks, after the first step and every so often.

    Shards are left out. One number a rank travels, and a GPU waits for it, once in `every` steps.

    Args:
        every: steps from one comparison to the next; 0 compares nothing.
    """

    def __init__(self, every: int) -> None:
        self.every, self.steps = every, 0

    def after_step(self, params: Iterable[Tensor]) -> None:
        """Count a step, and compare if it is time.

        Raises:
            ReplicasPartedError: on every rank, if one of them has other parameters.
        """
        self.steps += 1
        due = self.steps == 1 or (self.every and self.steps % self.every == 0)
        if not (self.every and due and ranks() > 1):
            return
        whole = [local(p) for p in params if not shard_of(p)]
        if not whole:
            return
        mine = checksum(whole)
        gathered = [torch.empty_like(mine) for _ in range(ranks())]
        dist.all_gather(gathered, mine)
        sums = torch.stack(gathered).tolist()
        # the value of most ranks, and of the lowest one in a draw
        expected = Counter(sums).most_common(1)[0][0]
        if parted := [rank for rank, found in enumerate(sums) if found != expected]:
            raise ReplicasPartedError(
                f"replicas have parted: after step {self.steps}, rank "
                f"{', '.join(map(str, parted))} has other parameters than rank "
                f"{sums.index(expected)}; every rank needs the same initial parameters, the same "
                "seed and averaged gradients; check_every=0 if ranks are to differ"
            )


def checksum(params: list[Tensor]) -> Tensor:
    """The sum of all bits as integers, (), int64: another one where any single number differs."""
    sums = [p.detach().view(_WORDS[p.element_size()]).sum(dtype=torch.int64) for p in params]
    return torch.stack([s.to(sums[0].device) for s in sums]).sum()
