"""A training step as one CUDA graph: on a GPU, launching costs more than this arithmetic does.

Source: torch's notes on CUDA graphs, "Whole-network capture".
"""

from collections.abc import Callable, Iterable
from typing import Protocol

import torch
from torch import Tensor

Tensors = tuple[Tensor, Tensor]
Replay = Callable[[], object]

WARM_UP = 3  # steps before recording, in which libraries and the optimizer set themselves up


class Recorder(Protocol):
    """How a function without arguments is recorded."""

    def aside(self, function: Callable[[], Tensors]) -> Tensors:
        """Run it once, where it does not disturb a recording that follows."""

    def record(self, function: Callable[[], Tensors]) -> tuple[Tensors, Replay]:
        """Its outputs, not computed yet, and what computes them anew, in place."""


class Replayed:
    """A step that is recorded once and then replayed, for batches of the first one's size.

    The first steps run as they are, and so does every batch of another size: all of them train.
    Recording computes nothing. Whatever is no tensor, a learning rate say, is recorded as it is
    then.

    Args:
        step: from indices (B,) to two tensors; the same shapes for the same B.
        recorder: how to record; see `CudaRecorder`.
    """

    def __init__(self, step: Callable[[Tensor], Tensors], recorder: Recorder) -> None:
        self._step, self._recorder = step, recorder
        self._runs = 0
        self._batch: Tensor | None = None  # what the graph reads
        self._outputs: Tensors | None = None
        self._replay: Replay | None = None

    def __call__(self, batch: Tensor) -> Tensors:
        """The step's outputs for `batch`, which are the caller's to keep."""
        if self._batch is None:
            self._batch = batch.clone()
        if len(batch) != len(self._batch) or self._runs < WARM_UP:
            self._runs += 1
            return self._recorder.aside(lambda: self._step(batch))
        if self._outputs is None or self._replay is None:
            held = self._batch
            self._outputs, self._replay = self._recorder.record(lambda: self._step(held))
        self._batch.copy_(batch)
        self._replay()
        first, second = self._outputs
        return first.clone(), second.clone()


class CudaRecorder:
    """Records CUDA graphs that draw from `generators` beside the default generator.

    They are asked for when recording begins, since an optimizer makes its own when it first draws.
    """

    def __init__(self, generators: Callable[[], Iterable[torch.Generator]]) -> None:
        self._generators = generators
        self._stream = torch.cuda.Stream()

    def aside(self, function: Callable[[], Tensors]) -> Tensors:
        """Run on a stream of its own: autograd remembers the stream of its first pass."""
        current = torch.cuda.current_stream()
        self._stream.wait_stream(current)
        with torch.cuda.stream(self._stream):
            outputs = function()
        current.wait_stream(self._stream)
        return outputs

    def record(self, function: Callable[[], Tensors]) -> tuple[Tensors, Replay]:
        """One graph of the whole function."""
        graph = torch.cuda.CUDAGraph()
        for generator in self._generators():
            graph.register_generator_state(generator)
        with torch.cuda.graph(graph):
            outputs = function()
        return outputs, graph.replay
