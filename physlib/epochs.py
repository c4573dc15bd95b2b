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

    A last batch of a single sample is left out, see `covered`.
    ``step`` is `train_step` for these arguments, if not another form of it.
    """
    step = step or partial(train_step, model, loss_of, optimizer, x, y)
    model.train()
    shuffled = torch.randperm(len(x), generator=order)[: covered(len(x), batch_size)]
    batches = shuffled.to(x.device).split(batch_size)
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
    Ginzburg-Landau mean makes the loss of a whole set another quantity. A last batch of a single
    sample is left out of it.
    """
    model.eval()
    phi = torch.cat([model(chunk) for chunk in x.split(4096)])
    batches = (rows[: covered(len(x), batch_size)].split(batch_size) for rows in (phi, y))
    losses = [loss_of(*pair) for pair in zip(*batches, strict=True)]
    return torch.stack(losses).mean(), accuracy(phi, y)


@torch.no_grad()
def weights_are_finite(model: nn.Module, networks: int = 1) -> Tensor:
    """Whether no weight and no running mean is NaN or infinite, of each network: (networks,).

    Several are stacked ones, of many seeds at once.
    """
    sound = [t.reshape(networks, -1).isfinite().all(1) for t in model.state_dict().values()]
    return torch.stack(sound).all(0)


def covered(samples: int, batch_size: int) -> int:
    """How many of the samples batches hold, without a last batch of a single sample.

    Such a batch has no variance to normalise by, and in the loss no neighbour along the batch.
    """
    return samples - (samples > batch_size > 1 and samples % batch_size == 1)


def step_accuracies(outputs: list[Tensor], targets: list[Tensor]) -> Tensor:
    """The accuracy of every batch; all but the last are of one size, and scored at once."""
    *whole, last = zip(outputs, targets, strict=True)
    scores = [accuracy(*last).unsqueeze(0)]
    if whole:
        phi, target = (torch.stack(tensors) for tensors in zip(*whole, strict=True))
        scores.insert(0, accuracy(phi, target))
    return torch.cat(scores)
