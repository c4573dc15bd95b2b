"""A step of training, an epoch of steps, and the score after it."""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from physlib.memory import out_of_memory
from physlib.metrics import accuracy

# From the indices (B,) of a batch to the loss () and the outputs (B, C).
Step = Callable[[Tensor], tuple[Tensor, Tensor]]


def train_step(
    model: nn.Module, loss_of: nn.Module, optimizer: Optimizer, x: Tensor, y: Tensor, batch: Tensor
) -> tuple[Tensor, Tensor]:
    """One step on the rows `batch` (B,) of x and y; the loss, and the outputs (B, C) before it."""
    phi = model(x.index_select(0, batch))
    loss = loss_of(phi, y.index_select(0, batch))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.detach(), phi.detach()


def train_epoch(
    model: nn.Module,
    loss_of: nn.Module,
    optimizer: Optimizer,
    x: Tensor,
    y: Tensor,
    batch_size: int,
    order: torch.Generator,
    step: Step | None = None,
) -> tuple[Tensor, Tensor]:
    """One pass over x (N, I), y (N,); the loss and the accuracy of every step, on the device.

    A last batch of a single sample is left out: batch normalisation has no variance for it.
    ``step`` is `train_step` for these arguments, if not another form of it.
    """
    step = step or partial(train_step, model, loss_of, optimizer, x, y)
    model.train()
    batches = torch.randperm(len(x), generator=order).to(x.device).split(batch_size)
    if len(batches) > 1 and len(batches[-1]) == 1:
        batches = batches[:-1]
    # Kept as they are and scored once per epoch: a float() here would stall a GPU every step.
    losses, outputs = [], []
    for batch in batches:
        loss, phi = step(batch)
        losses.append(loss)
        outputs.append(phi)
    return torch.stack(losses), step_accuracies(outputs, [y[batch] for batch in batches])


@torch.no_grad()
@out_of_memory("scoring does not fit, whatever the batch_size: try a smaller network")
def evaluate(
    model: nn.Module, loss_of: nn.Module, x: Tensor, y: Tensor, batch_size: int
) -> tuple[Tensor, Tensor]:
    """Loss and accuracy on x (N, I), y (N,) in evaluation mode, two scalar tensors.

    The loss is the mean over batches of the training size: the absolute value around the
    Ginzburg-Landau mean makes the loss of a whole set another quantity.
    """
    model.eval()
    phi = torch.cat([model(chunk) for chunk in x.split(4096)])
    losses = [
        loss_of(*pair) for pair in zip(phi.split(batch_size), y.split(batch_size), strict=True)
    ]
    return torch.stack(losses).mean(), accuracy(phi, y)


def step_accuracies(outputs: list[Tensor], targets: list[Tensor]) -> Tensor:
    """The accuracy of every batch; all but the last are of one size, and scored at once."""
    *whole, last = zip(outputs, targets, strict=True)
    scores = [accuracy(*last).unsqueeze(0)]
    if whole:
        phi, target = (torch.stack(tensors) for tensors in zip(*whole, strict=True))
        scores.insert(0, accuracy(phi, target))
    return torch.cat(scores)
