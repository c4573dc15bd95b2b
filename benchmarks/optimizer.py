"""A Langevin step against its arithmetic: a draw of normal numbers, and a step of SGD.

On the parameters of the 784-156-10 network, with momentum, at T > 0.
"""

import copy
from typing import Any

import torch
from torch import Tensor, nn

from benchmarks.interleaved import Candidate, Target, blocks, compare
from physlib import Langevin, recipes
from physlib.building import build_model
from physlib.components import literal

OURS, CHEAP, PRINTED = "Langevin", "Langevin, two-point noise", "as printed"
SGD, PARTS = "SGD, fused", "one normal_ and SGD, fused"


def run(
    device: str,
    width: int = 156,
    rounds: int = 15,
    seconds: float = 0.05,
    threads: tuple[int, ...] = (1, 2),
) -> dict[str, Any]:
    """Seconds of one step."""
    recipe = recipes["physlib"].replace(hidden=(width,))
    lr, damping, temperature = recipe.lr, recipe.damping, recipe.temperature
    thermal: dict[str, Any] = {"lr": lr, "damping": damping, "temperature": temperature, "seed": 0}
    model = build_model(recipe).to(device)
    flat = torch.empty(sum(p.numel() for p in model.parameters()), device=device)

    def parameters() -> list[Tensor]:
        """Each candidate moves parameters of its own."""
        own: list[nn.Parameter] = list(copy.deepcopy(model).parameters())
        for p in own:
            p.grad = torch.randn_like(p) / 100
        return list(own)

    def sgd() -> torch.optim.SGD:
        return torch.optim.SGD(parameters(), lr=lr, momentum=1 - damping, fused=True)

    def draw_and_step(optimizer: torch.optim.Optimizer) -> Candidate:
        def step() -> None:
            flat.normal_()
            optimizer.step()

        return step

    def printed() -> Candidate:
        theta = parameters()
        v = [torch.zeros_like(p) for p in theta]

        def step() -> None:
            noise = [torch.randn_like(p) for p in theta]
            literal.langevin_step(theta, v, noise, lr, damping, temperature)

        return step

    candidates: dict[str, Candidate] = {
        OURS: Langevin(parameters(), **thermal).step,
        CHEAP: Langevin(parameters(), **thermal, noise="two-point").step,
        PARTS: draw_and_step(sgd()),
        SGD: sgd().step,
        PRINTED: printed(),
    }
    targets = (
        Target(OURS, PARTS, at_most=1.15),
        Target(CHEAP, OURS, at_most=0.5),
        Target(CHEAP, SGD),
        Target(PRINTED, OURS),
    )
    comparisons = [
        compare(candidates, rounds, blocks(count, seconds)).as_json(*targets, threads=count)
        for count in (threads if device == "cpu" else (torch.get_num_threads(),))
    ]
    sizes = {"width": width, "parameters": flat.numel()}
    return {"sizes": sizes, "comparisons": comparisons}
