"""What a parameter group holds: settings in their range, and tensors that one call can step."""

import sys
from collections.abc import Iterable
from typing import Any

from torch import Tensor

from physlib.checks import require_number
from physlib.components.replicas import shard_of

_LARGEST = sys.float_info.max


def check(group: dict[str, Any]) -> None:
    """Raise on settings outside their range; three comparisons where all is well."""
    lr, damping, temperature = group["lr"], group["damping"], group["temperature"]
    try:
        if 0 <= lr <= _LARGEST and 0 < damping <= 1 and 0 <= temperature <= _LARGEST:
            return
    except (TypeError, RuntimeError):
        pass  # not numbers, or tensors of several: named below
    require_number("lr", lr, low=0)
    require_number("damping", damping, low=0, high=1, open_low=True)
    require_number("temperature", temperature, low=0)


def together(params: Iterable[Tensor]) -> list[list[Tensor]]:
    """Those with a gradient, those of one device, dtype and shard in a list."""
    lists: dict[tuple[object, ...], list[Tensor]] = {}
    for p in params:
        if p.grad is None:
            continue
        if p.grad.is_sparse or p.is_complex():
            raise TypeError("Langevin needs dense gradients and real parameters")
        lists.setdefault((p.device, p.dtype, shard_of(p)), []).append(p)
    return list(lists.values())
