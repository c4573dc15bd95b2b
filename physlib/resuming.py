"""What a run has to remember between two epochs, and how it is given back."""

from typing import Any

import torch
from torch.optim import Optimizer

from physlib.runs import Run


def whole_state(run: Run, optimizer: Optimizer, order: torch.Generator) -> dict[str, Any]:
    """All that the next epoch depends on."""
    on_gpu = run.device.startswith("cuda")
    return {
        "history": run.history,
        "model": run.model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "order": order.get_state(),
        "cpu": torch.get_rng_state(),
        "cuda": torch.cuda.get_rng_state(run.device) if on_gpu else None,
    }


def restore(state: dict[str, Any], run: Run, optimizer: Optimizer, order: torch.Generator) -> None:
    """Put all that `whole_state` holds where it was."""
    run.history = state["history"]
    run.model.load_state_dict(state["model"])
    optimizer.load_state_dict(state["optimizer"])
    order.set_state(state["order"])
    torch.set_rng_state(state["cpu"])
    if run.device.startswith("cuda") and state["cuda"] is not None:
        torch.cuda.set_rng_state(state["cuda"], run.device)
