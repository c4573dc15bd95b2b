"""Temperatures on a schedule: any scheduler of torch, moving temperatures."""

from collections.abc import Callable
from typing import Any

import torch
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler

from physlib.checks import shown


class TemperatureScheduler:
    """Let a scheduler of torch move the temperatures of `Langevin` instead of its learning rates.

    The scheduler is given a stand-in whose learning rates are the temperatures, group by group::

        cooling = TemperatureScheduler(optimizer, lambda o: ExponentialLR(o, gamma=0.99))
        for batch in batches:
            ...
            optimizer.step()
            cooling.step()

    So constant, cosine, cyclic, sequential and plateau schedules all work as they are documented.
    Learning rates keep their own scheduler, if any.

    Args:
        optimizer: any optimizer whose groups have a ``"temperature"``.
        schedule: makes the scheduler for an optimizer.

    Raises:
        TypeError: no optimizer, or nothing to call.
        ValueError: a group has no temperature.
    """

    def __init__(self, optimizer: Optimizer, schedule: Callable[[Optimizer], LRScheduler]) -> None:
        if not isinstance(optimizer, Optimizer):
            raise TypeError(f"optimizer must be one of torch's, got {shown(optimizer)}")
        if not callable(schedule):
            raise TypeError(f"schedule must make a scheduler, got {shown(schedule)}")
        self.optimizer = optimizer
        for group in optimizer.param_groups:
            if "temperature" not in group:
                raise ValueError(
                    "optimizer must have a temperature in every group, as Langevin has"
                )
        # SGD without gradients does nothing, but counts its steps, which schedulers watch.
        self._stand_in = torch.optim.SGD(
            {"params": [torch.zeros(())], "lr": group["temperature"]}
            for group in optimizer.param_groups
        )
        self.scheduler = schedule(self._stand_in)
        self._apply()  # schedules with a warm-up begin elsewhere

    def step(self, *arguments: Any) -> None:
        """Move on by one; `arguments` are the scheduler's own, such as a plateau's metric."""
        self._stand_in.step()
        self.scheduler.step(*arguments)
        self._apply()

    def state_dict(self) -> dict[str, Any]:
        """The scheduler's state and the temperatures."""
        temperatures = [group["lr"] for group in self._stand_in.param_groups]
        return {"scheduler": self.scheduler.state_dict(), "temperatures": temperatures}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Restore `state_dict`, and set the optimizer's temperatures by it."""
        self.scheduler.load_state_dict(state_dict["scheduler"])
        temperatures = state_dict["temperatures"]
        for group, temperature in zip(self._stand_in.param_groups, temperatures, strict=True):
            group["lr"] = temperature
        self._apply()

    def _apply(self) -> None:
        for group, stand_in in zip(
            self.optimizer.param_groups, self._stand_in.param_groups, strict=True
        ):
            group["temperature"] = float(stand_in["lr"])
