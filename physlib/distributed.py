r"""Data-parallel training: several processes, one network, and the gradients of the whole batch.

Rank r computes its rows of every batch, and torch's DistributedDataParallel averages the gradients.
That average is the gradient of the mean of the ranks' losses, which is not the loss of the batch:
the Ginzburg-Landau loss is the absolute value of a mean, :math:`|m|` with
:math:`m = (m_1 + m_2)/2`, and :math:`|m| \le (|m_1| + |m_2|)/2`, with the same gradient only where
all :math:`m_r` have one sign. Its difference over the batch and its maximum over the batch look
across the cut, too, and so does batch normalisation. So the ranks put the outputs together and
every one of them computes the loss of the whole batch, whatever the loss is (`gathered`); batch
normalisation takes its mean and variance, and RReLU its random slopes, from the whole batch.
"""

import copy
import itertools
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.parallel import DistributedDataParallel

from physlib.components.replicas import ranks


def own_rows(rows: int) -> slice:
    """Which rows of a batch this rank computes: as many as the others, or one more."""
    share, left_over = divmod(rows, ranks())
    rank = dist.get_rank() if ranks() > 1 else 0
    start = rank * share + min(rank, left_over)
    return slice(start, start + share + (rank < left_over))


def gathered(mine: Tensor, rows: int | None = None) -> Tensor:
    """The rows of all ranks, one rank's below the other's, for a loss of the whole batch.

    Every rank has to compute the same scalar from the result. The gradient that comes back is
    then made for DistributedDataParallel, which averages over the ranks.

    Args:
        mine: this rank's rows, shape (b, …).
        rows: of the whole batch, cut by `own_rows`; None if every rank has b of them.

    Returns:
        Shape (rows, …), the same bits on every rank.
    """
    rows = ranks() * len(mine) if rows is None else rows
    whole: Tensor = _Gather.apply(mine, rows) if ranks() > 1 else mine
    return whole


class _Gather(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, mine: Tensor, rows: int) -> Tensor:
        ctx.at = own_rows(rows)
        whole = mine.new_zeros(rows, *mine.shape[1:])
        whole[ctx.at] = mine
        dist.all_reduce(whole)  # adds zeros to every row: for shares of different size, too
        return whole

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None]:
        # A row is in the graph of one rank, and the average divides by their number.
        return ranks() * grad[ctx.at], None


class _Total(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, mine: Tensor) -> Tensor:
        total = mine.clone()
        dist.all_reduce(total)
        return total

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Tensor:
        total = grad.clone()  # the rows of every rank depend on the sum
        dist.all_reduce(total)
        return total


def _total(mine: Tensor) -> Tensor:
    """The sum over the ranks."""
    total: Tensor = _Total.apply(mine)
    return total


class AcrossRanks(nn.Module):
    """A network of which every rank computes its rows, for whole batches in and whole outputs out.

    Loss, gradients and running statistics agree with those of `model` in one process to rounding.

    Args:
        model: as `build_model` makes it, on this rank's device, with the same numbers on every
            rank; it is trained in place.

    Shape:
        As the model's, (B, …) to (B, …): the whole batch, on every rank.
    """

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model  # so that its mode follows that of this module
        tensors = itertools.chain(model.parameters(), model.buffers())
        twin = copy.deepcopy(model, {id(t): t for t in tensors})  # the tensors themselves
        self._of_the_batch: list[_BatchNorm | _RReLU] = []
        for module in twin.modules():
            if isinstance(module, nn.BatchNorm1d):
                module.__class__ = _BatchNorm
            elif isinstance(module, nn.RReLU):
                module.__class__ = _RReLU
            if isinstance(module, _BatchNorm | _RReLU):
                self._of_the_batch.append(module)
        self._parallel = DistributedDataParallel(twin)
        self._parallel.broadcast_buffers = False  # the ranks' own are equal

    def forward(self, x: Tensor) -> Tensor:
        """The outputs of all rows."""
        for module in self._of_the_batch:
            module.rows = len(x)
        return gathered(self._parallel(x[own_rows(len(x))]), len(x))


class _BatchNorm(nn.BatchNorm1d):
    """Normalises by the whole batch, as torch's synchronised one does on GPUs alone."""

    rows: int

    def forward(self, x: Tensor) -> Tensor:
        if not self.training:
            return super().forward(x)
        mean = _total(x.sum(0)) / self.rows
        centred = x - mean
        variance = _total(centred.square().sum(0)) / self.rows
        assert self.running_mean is not None
        assert self.running_var is not None
        assert self.num_batches_tracked is not None
        assert self.momentum is not None
        with torch.no_grad():
            self.num_batches_tracked += 1
            self.running_mean.lerp_(mean, self.momentum)
            self.running_var.lerp_(variance * (self.rows / (self.rows - 1)), self.momentum)
        return centred * (variance + self.eps).rsqrt() * self.weight + self.bias


class _RReLU(nn.RReLU):
    """Draws the slopes of the whole batch, as one process does: one for each number up to 0."""

    rows: int

    def forward(self, x: Tensor) -> Tensor:
        if not self.training:
            return super().forward(x)
        negative = gathered((x.detach() <= 0).to(torch.uint8), self.rows)
        slopes = F.rrelu(1 - 2 * negative.to(x.dtype), self.lower, self.upper, training=True).abs_()
        return x * slopes[own_rows(self.rows)]
