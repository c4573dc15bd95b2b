"""Which images are still classified right, and how far they are from not being so."""

from collections.abc import Iterable, Mapping

import torch
from torch import Tensor

from physlib.checks import require_integer, shown
from physlib.principles.attacks import Loss, Model, input_gradient, pgd
from physlib.tensors import require_batch


@torch.no_grad()
def right(model: Model, x: Tensor, y: Tensor) -> Tensor:
    """Which rows are classified right, (N,) bool; a row whose outputs hold NaN is not.

    Shape:
        x (N, …), y (N,).

    Raises:
        TypeError, ValueError: no batch, or an empty one.
    """
    require_batch(x, y)
    phi = torch.cat([model(chunk) for chunk in x.split(2000)])
    return (phi.argmax(1) == y) & ~phi.isnan().any(1)


def survivors(
    model: Model,
    losses: Mapping[str, Loss],
    x: Tensor,
    y: Tensor,
    epsilon: float,
    *,
    steps: int,
    generator: torch.Generator,
) -> dict[str, Tensor]:
    """Which rows are still right after `pgd` in ℓ∞ up each loss, and after ``"all"`` of them.

    Attacked inputs stay pixels, from 0 to 1.

    Shape:
        x (N, …), y (N,); (N,) bool for each.

    Raises:
        TypeError, ValueError: no loss, or as `pgd`.
    """
    if not isinstance(losses, Mapping) or not losses:
        raise ValueError(f"losses must be at least one, by name, got {shown(losses)}")
    alive = {
        name: right(
            model,
            pgd(model, loss, x, y, epsilon, steps=steps, generator=generator, low=0, high=1),
            y,
        )
        for name, loss in losses.items()
    }
    return {**alive, "all": every(alive.values())}


def first_order_radius(model: Model, x: Tensor, y: Tensor) -> Tensor:
    r"""The least ε in ℓ∞ at which a straightened network errs, (N,); 0 where it does already.

    The margin over class j is :math:`m_j = \varphi_y - \varphi_j`, and a step of size ε lowers it
    by :math:`\varepsilon\|\partial_x m_j\|_1` at most: so the least of
    :math:`m_j/\|\partial_x m_j\|_1`.

    Shape:
        x (N, …), y (N,); (N,).

    Units:
        Those of x.

    Raises:
        TypeError, ValueError: an empty batch.

    Source:
        Moosavi-Dezfooli, Fawzi and Frossard, arXiv:1511.04599, without its iteration.
    """
    require_batch(x, y)
    with torch.no_grad():
        phi = model(x)

    def margin(j: int) -> Loss:
        return lambda phi, y: phi.gather(1, y[:, None])[:, 0] - phi[:, j]

    radii = []
    for j in range(phi.shape[1]):
        slope = input_gradient(model, margin(j), x, y).flatten(1).abs().sum(1)
        reach = margin(j)(phi, y) / slope.clamp(min=torch.finfo(x.dtype).tiny)
        radii.append(torch.where(y == j, torch.inf, reach))
    return torch.stack(radii).amin(0).clamp(min=0)


def spaced(
    count: int, images: Tensor, labels: Tensor, name: str = "count"
) -> tuple[Tensor, Tensor]:
    """`count` evenly spaced images, and their labels; errors say `name`.

    Raises:
        TypeError, ValueError: no integer from 1 to the number of images.
    """
    count = require_integer(name, count, low=1, high=len(labels))
    rows = torch.linspace(0, len(labels) - 1, count).long()
    return images[rows], labels[rows]


def every(survivors: Iterable[Tensor]) -> Tensor:
    """Which rows survive all, (N,) bool.

    Raises:
        ValueError: nothing to survive.
    """
    if not (each := list(survivors)):
        raise ValueError("survivors must be of one attack at least, got none")
    return torch.stack(each).all(0)
