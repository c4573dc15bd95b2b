"""What every rank does for test_distributed.py: it saves what it found, and judges nothing.

torchrun --standalone --nproc-per-node 2 tests/two_ranks.py FOLDER
"""

import copy
import itertools
import sys
from pathlib import Path

import torch
import torch.distributed as dist
from torch import nn
from torch.distributed.fsdp import fully_shard
from torch.nn.parallel import DistributedDataParallel

from physlib import ExperimentalNet, GinzburgLandauLoss, Langevin, fit, recipes
from physlib.components.replicas import ReplicasPartedError
from physlib.distributed import AcrossRanks, gathered, own_rows
from physlib.launching import joined

OPTIONS = [
    {"axis": axis, "maximum": maximum, "wrap": wrap}
    for axis, maximum, wrap in itertools.product(
        ("class", "batch"), ("sample", "batch"), (True, False)
    )
]
NUMBERS, TEMPERATURE, LR, DAMPING = 64_000, 2.0, 0.1, 0.5


def gradients(model):
    return [p.grad.clone() for p in model.parameters()]


def batch(rows, features=6, seed=1):
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(rows, features, generator=generator, dtype=torch.float64)
    return x, torch.arange(rows) % 4


def linear(weight=None):
    layer = nn.Linear(6, 4, bias=False, dtype=torch.float64)
    torch.nn.init.normal_(layer.weight, generator=torch.Generator().manual_seed(2))
    return layer


def losses_of_the_batch():
    """Gradients of each reading: of one process, of ranks that gather, of ranks that do not."""
    found = {}
    for options, rows in itertools.product(OPTIONS, (8, 7)):
        loss_of, (x, y) = GinzburgLandauLoss(**options), batch(rows)
        alone, together, apart = linear(), linear(), linear()
        loss = loss_of(alone(x), y)
        loss.backward()
        mine = own_rows(rows)
        gathers, averages = map(DistributedDataParallel, (together, apart))
        whole = loss_of(gathered(gathers(x[mine]), rows), y)
        whole.backward()
        loss_of(averages(x[mine]), y[mine]).backward()
        name = " ".join(f"{value}" for value in (*options.values(), rows))
        found[name] = [loss.detach(), whole.detach()] + [
            g for model in (alone, together, apart) for g in gradients(model)
        ]
    return found


def signs():
    """The same for two halves on both sides of zero: an outer |·| that the average does not see."""
    target = torch.tensor([0, 1])
    right = nn.functional.one_hot(target, 4).double()  # the energy of the gradient term is left
    wrong = right.roll(1, 1)  # the quartic term wins
    found = []
    for phi in (torch.cat([right, wrong]), torch.cat([wrong, wrong])):
        alone, apart = ((phi + 0).requires_grad_() for _ in range(2))
        loss_of, y = GinzburgLandauLoss(), torch.cat([target, target])
        loss_of(alone, y).backward()
        mine = own_rows(4)
        own_loss = loss_of(apart[mine], y[mine])
        own_loss.backward()
        averaged = apart.grad / 2
        dist.all_reduce(averaged)
        losses = own_loss.detach() / 2
        dist.all_reduce(losses)
        found += [loss_of(alone, y).detach(), losses, alone.grad, averaged]
    return found


def network(**options):
    torch.manual_seed(3)
    return ExperimentalNet((6, 5, 4), **options).double()


def whole_networks():
    """Outputs, gradients and running statistics, batch normalisation and random slopes included."""
    found = {}
    for rows in (9, 2):
        x, y = batch(rows)
        alone, shared = network(activation="rrelu"), network(activation="rrelu")
        across = AcrossRanks(shared)
        for model in (alone, across):
            torch.manual_seed(4)
            for _ in range(2):  # the second forward pass goes on in the stream of random slopes
                model.zero_grad()
                phi = model(x)
                GinzburgLandauLoss()(phi, y).backward()
            found[f"{rows} {type(model).__name__}"] = [
                phi.detach(),
                *gradients(alone if model is alone else shared),
                *(alone if model is alone else shared).buffers(),
                model.eval()(x).detach(),
                torch.rand(1),
            ]
    return found


def quadratic_step(theta, optimizer):
    optimizer.zero_grad()
    (theta.square() / 2).sum().backward()
    optimizer.step()


def replicas():
    """Langevin on two ranks: one seed for both, and what it says of replicas that part."""
    rank, found = dist.get_rank(), {}
    torch.manual_seed(rank)  # nobody has to seed all ranks alike
    for every in (5, 0):
        theta = torch.zeros(1000, requires_grad=True)
        optimizer = Langevin([theta], lr=LR, temperature=TEMPERATURE, check_every=every)
        found[f"every {every}"] = theta.detach(), torch.tensor(optimizer.seed)
        for step in range(12):
            if step == 9 and every == 5:  # after the comparisons that follow steps 1 and 5
                found["before"] = theta.detach().clone()
                if rank == 1:
                    with torch.no_grad():
                        theta[17] *= 1 + 1e-5
            try:
                quadratic_step(theta, optimizer)
            except ReplicasPartedError as error:
                found["error"] = str(error), step
                break
    theta = torch.zeros(10, requires_grad=True)
    try:
        quadratic_step(theta, Langevin([theta], lr=LR, temperature=TEMPERATURE, seed=rank))
    except ReplicasPartedError as error:
        found["other seeds"] = str(error)
    return found


class Well(nn.Module):
    """θ in a quadratic well; the mean over the ranks of their equal losses is the loss."""

    def __init__(self):
        super().__init__()
        self.theta = nn.Parameter(torch.zeros(NUMBERS // 4, 4))

    def forward(self):
        return (self.theta.square() / 2).sum()


def shards():
    """A sharded parameter after equilibration, and its noise after a step back in time."""
    found = {}
    for scheme, noise in (("symplectic-euler", "gaussian"), ("baoab", "two-point")):
        well = fully_shard(Well())
        settings = {"lr": LR, "damping": DAMPING, "temperature": TEMPERATURE, "seed": 5}
        optimizer = Langevin(well.parameters(), scheme=scheme, noise=noise, **settings)

        def steps(count, well=well, optimizer=optimizer):
            for _ in range(count):
                optimizer.zero_grad()
                well().backward()
                optimizer.step()
            return well.theta.full_tensor().detach()

        equilibrium = steps(60)
        shard, state = well.theta.to_local().detach().clone(), copy.deepcopy(optimizer.state_dict())
        first = steps(3)
        with torch.no_grad():
            well.theta.to_local().copy_(shard)
        optimizer.load_state_dict(state)
        found[scheme] = equilibrium, first, steps(3), sorted(state["generators"])
    return found


def sharded_training():
    """The layer, the loss and the optimizer under fully_shard, and in one process, at T = 0."""
    x, y = batch(8)
    found = []
    for sharded in (False, True):
        model = network(activation="mish", batch_norm=False)
        scalars = [p for p in model.parameters() if p.dim() == 0]
        mine = slice(None)
        if sharded:
            mine = own_rows(len(x))
            fully_shard(model, ignored_params=set(scalars))
        optimizer = Langevin(model.parameters(), lr=0.05, seed=0)
        for _ in range(5):
            optimizer.zero_grad()
            phi, target = model(x[mine]), y[mine]
            if sharded:
                phi, target = gathered(phi), gathered(target)
            loss = GinzburgLandauLoss()(phi, target)
            loss.backward()
            if sharded:
                for scalar in scalars:  # left out by fully_shard, so that nobody averages them
                    dist.all_reduce(scalar.grad)
                    scalar.grad /= dist.get_world_size()
            optimizer.step()
        whole = [p.full_tensor() if hasattr(p, "placements") else p for p in model.parameters()]
        found.append([p.detach() for p in whole])
    return found


def refusals():
    digits = recipes["physlib"].override("dataset=digits")
    found = []
    for options in ({"seeds": [0, 1]}, {"graph": True}):
        try:
            fit(digits, **options)
        except ValueError as error:
            found.append(str(error))
    return found


JOBS = (losses_of_the_batch, signs, whole_networks, replicas, shards, sharded_training, refusals)


def main(folder):
    with joined("cpu"):
        found = {job.__name__: job() for job in JOBS}
        torch.save(found, folder / f"rank{dist.get_rank()}.pt")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
