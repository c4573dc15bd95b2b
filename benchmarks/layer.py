"""The layer against `nn.Linear`, against the post's formula as printed, and against arithmetic.

Forward and backward pass. A linear layer whose input needs no gradient takes two products of
matrices, ours three, since β and t get their gradients through the third: no layer of this kind
can cost less than "three products". Where the input needs a gradient, both take three.
"""

import json
import tempfile
from collections.abc import Callable
from itertools import accumulate
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.profiler import ProfilerActivity, profile

from benchmarks.interleaved import Candidate, Target, blocks, compare
from physlib import HyperbolicLinear
from physlib.components import literal
from physlib.components.costs import measured_cost

OURS, LINEAR, PRINTED, PRODUCTS = "HyperbolicLinear", "nn.Linear", "as printed", "three products"
FACTORED = "factored, by autograd"


def run(
    device: str,
    batch: int = 128,
    inputs: int = 784,
    outputs: int = 156,
    rounds: int = 15,
    seconds: float = 0.05,
    threads: tuple[int, ...] = (1, 2),
) -> dict[str, Any]:
    """Seconds and bytes of the layers, the input with and without gradient."""
    sizes = {"batch": batch, "inputs": inputs, "outputs": outputs}
    comparisons = []
    for input_gradient in (False, True):
        layers = _layers(device, **sizes, input_gradient=input_gradient)
        candidates = {name: _both_passes(*layer) for name, layer in layers.items()}
        candidates[PRODUCTS] = _three_products(device, **sizes)
        for count in threads if device == "cpu" else (torch.get_num_threads(),):
            found = compare(candidates, rounds, blocks(count, seconds))
            targets = (
                Target(OURS, LINEAR, at_most=1.25 if input_gradient else 1.6),
                Target(PRODUCTS, LINEAR),
                Target(PRINTED, FACTORED),
                Target(FACTORED, OURS),
                Target(PRINTED, OURS, at_least=50),
            )
            comparisons.append(
                found.as_json(*targets, threads=count, input_gradient=input_gradient)
            )
    return {"sizes": sizes, "comparisons": comparisons, "memory": _memory(device, **sizes)}


Layer = tuple[Callable[..., Tensor], list[Tensor], Tensor]  # of x and parameters; these; delta


def _layers(
    device: str, batch: int, inputs: int, outputs: int, input_gradient: bool
) -> dict[str, Layer]:
    x = torch.rand(batch, inputs, device=device, requires_grad=input_gradient)
    delta = torch.randn(batch, outputs, device=device)  # gradient of the output
    ours = HyperbolicLinear(inputs, outputs).to(device)
    linear = nn.Linear(inputs, outputs, device=device)
    scalars = [ours.weight, ours.beta, ours.t]
    return {
        OURS: (lambda x, *_: ours(x), [x, *scalars], delta),
        LINEAR: (lambda x, *_: linear(x), [x, *linear.parameters()], delta),
        FACTORED: (_factored, [x, *scalars], delta),
        PRINTED: (literal.layer, [x, *scalars], delta),
    }


def _factored(x: Tensor, weight: Tensor, beta: Tensor, t: Tensor) -> Tensor:
    """The gain on the input, and nothing else done about it."""
    index = torch.arange(x.shape[-1], dtype=x.dtype, device=x.device)  # (I,)
    t_of_x = t * torch.sigmoid(x.mean(-1, keepdim=True))  # (B, 1)
    return F.linear(x * (index * torch.cosh(5 * beta) + t_of_x * torch.sinh(5 * beta)), weight)


def _both_passes(layer: Callable[..., Tensor], tensors: list[Tensor], delta: Tensor) -> Candidate:
    wanted = [tensor for tensor in tensors if tensor.requires_grad]
    return lambda: torch.autograd.grad(layer(*tensors), wanted, delta)


def _three_products(device: str, batch: int, inputs: int, outputs: int) -> Candidate:
    x, delta = torch.rand(batch, inputs, device=device), torch.randn(batch, outputs, device=device)
    weight = torch.randn(outputs, inputs, device=device)
    return lambda: (F.linear(x, weight), F.linear(delta, weight.T), delta.T @ x)


def _memory(device: str, batch: int, inputs: int, outputs: int) -> dict[str, Any]:
    """Beside arguments: what is kept for the backward pass, and the peak, in B×I floats."""
    unit = 4 * batch * inputs
    kept, peak = {}, {}
    for name, (layer, tensors, delta) in _layers(device, batch, inputs, outputs, False).items():
        kept[name] = measured_cost(layer, *tensors)[1] / unit
        peak[name] = _peak_bytes(_both_passes(layer, tensors, delta)) / unit
    extra = {"kept": kept[OURS] - kept[LINEAR], "peak": peak[OURS] - peak[LINEAR]}
    targets = [
        {"what": what, "extra": value, "at_most": 2, "met": value <= 2}
        for what, value in extra.items()
    ]
    return {"unit_bytes": unit, "kept": kept, "peak": peak, "targets": targets}


def _peak_bytes(candidate: Candidate) -> int:
    """The most that is allocated at once during a call, from the profiler's record."""
    candidate()
    activities = [ProfilerActivity.CPU]
    if torch.cuda.is_available():
        activities.append(ProfilerActivity.CUDA)
    with profile(activities=activities, profile_memory=True) as profiler:
        held = candidate()
    del held
    with tempfile.TemporaryDirectory() as folder:
        trace = Path(folder) / "trace.json"
        profiler.export_chrome_trace(str(trace))
        events = json.loads(trace.read_text())["traceEvents"]
    memory = sorted((e for e in events if e["name"] == "[memory]"), key=lambda e: e["ts"])
    sizes: list[int] = [event["args"]["Bytes"] for event in memory]
    return max(accumulate(sizes, initial=0))
