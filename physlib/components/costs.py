"""What a computation costs, counted while it runs."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor
from torch.autograd.graph import saved_tensors_hooks
from torch.utils.flop_counter import FlopCounterMode


@contextmanager
def kept_tensors(apart_from: Iterable[Tensor] = ()) -> Iterator[dict[int, int]]:
    """The bytes that autograd keeps of the forward passes inside, by address of the memory.

    Each memory counts once, however many tensors share it, and that of `apart_from` not at all.
    """
    own = {tensor.untyped_storage().data_ptr() for tensor in apart_from}
    kept: dict[int, int] = {}

    def note(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in own:
            kept[storage.data_ptr()] = storage.nbytes()
        return tensor

    with saved_tensors_hooks(note, lambda saved: saved):
        yield kept


def measured_cost(layer: Callable[..., Tensor], *tensors: Tensor) -> tuple[int, int]:
    """Flops of the matrix products in ``layer(*tensors)`` and its gradients, and bytes kept.

    The bytes are those of the tensors that autograd holds between the forward and the backward
    pass, the arguments not counted. The closed form is `theory.layer_cost`.
    """
    with FlopCounterMode(display=False) as flops, kept_tensors(tensors) as kept:
        out = layer(*tensors)
        torch.autograd.grad(out, [t for t in tensors if t.requires_grad], torch.ones_like(out))
    return flops.get_total_flops(), sum(kept.values())
