"""What a layer costs, counted while it runs."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.autograd.graph import saved_tensors_hooks
from torch.utils.flop_counter import FlopCounterMode


def measured_cost(layer: Callable[..., Tensor], *tensors: Tensor) -> tuple[int, int]:
    """Flops of the matrix products in layer(*tensors) and its gradients, and bytes kept for these.

    The bytes are those of the tensors that autograd holds between the forward and the backward
    pass, each memory counted once, and the arguments not at all. The closed form is
    `theory.layer_cost`.
    """
    own = {tensor.untyped_storage().data_ptr() for tensor in tensors}
    kept: dict[int, int] = {}

    def note(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in own:
            kept[storage.data_ptr()] = storage.nbytes()
        return tensor

    with FlopCounterMode(display=False) as flops, saved_tensors_hooks(note, lambda saved: saved):
        out = layer(*tensors)
        torch.autograd.grad(out, [t for t in tensors if t.requires_grad], torch.ones_like(out))
    return flops.get_total_flops(), sum(kept.values())
