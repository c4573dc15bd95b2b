"""A run that goes wrong is known by the end of the epoch, to the step, and no step waits for it."""

import math
from collections import Counter

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

import physlib.batched.training
import physlib.training
from physlib import fit, recipes
from physlib.building import build_loss, build_model, build_optimizer
from physlib.epochs import evaluate, train_epoch, weights_are_finite

STEPS = 12  # of an epoch of the digits in batches of 128
SMALL = recipes["physlib"].override("dataset=digits", "epochs=2", "hidden=8", "lr=1e-2")
OF_EACH_OPTIMIZER = {
    "langevin": SMALL.override("temperature=1e-6"),
    "langevin, frozen": SMALL.override("temperature=0", "scheme=baoab"),
    "sgd": SMALL.override("optimizer=sgd"),
    "adam": SMALL.override("optimizer=adam", "lr=1e-3"),
    "mlp": recipes["mlp"].override("dataset=digits", "epochs=2", "hidden=8"),
}
each_optimizer = pytest.mark.parametrize(
    "recipe", OF_EACH_OPTIMIZER.values(), ids=OF_EACH_OPTIMIZER
)
# Changing the weights from outside, a run of seed 1 alone or beside others.
ALONE, TOGETHER = (physlib.training, {"seed": 1}), (physlib.batched.training, {"seeds": [0, 1]})
alone_or_together = pytest.mark.parametrize(("module", "seeds"), [ALONE, TOGETHER])


class Asked(TorchDispatchMode):
    """Counts what makes a GPU's caller wait: asking for a value, or for a shape made of values."""

    WAITS = (
        torch.ops.aten._local_scalar_dense,
        torch.ops.aten.nonzero,
        torch.ops.aten.masked_select,
        torch.ops.aten.equal,
    )

    def __init__(self):
        super().__init__()
        self.times = Counter()

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        self.times[function.overloadpacket] += function.overloadpacket in self.WAITS
        return function(*args, **(kwargs or {}))


def waits(recipe, **seeds):
    with Asked() as asked:
        run = fit(recipe, device="cpu", **seeds)
    assert {r.status for r in (run if isinstance(run, list) else [run])} == {"completed"}
    return asked.times.total()


@pytest.mark.parametrize("optimizer", ["langevin", "sgd", "adam"])
@pytest.mark.parametrize("seeds", [{"seed": 0}, {"seeds": [0, 1, 2]}])
def test_waiting_grows_with_the_epochs_and_not_with_the_steps(optimizer, seeds):
    """The layer and the loss have forms for the CPU that ask; theirs for a GPU are tested below."""
    recipe = OF_EACH_OPTIMIZER["mlp"].override(f"optimizer={optimizer}", "lr=1e-3", "epochs=1")
    few, many = (waits(recipe.replace(batch_size=b), **seeds) for b in (480, 48))  # 3 steps, 30
    assert many == few > 0
    each = waits(recipe.replace(epochs=2, batch_size=480), **seeds) - few
    assert 0 < each <= 12 * (3 if "seeds" in seeds else 1)


@pytest.mark.parametrize(
    "changes",
    [["scheme=baoab"], ["scheme=overdamped"], ["damping=1"], ["optimizer=sgd"], ["optimizer=adam"]],
)
@pytest.mark.parametrize("name", ["physlib", "mlp"])
def test_an_epoch_asks_for_no_value_off_the_cpu(name, changes):
    """Tensors of the device "meta" have no values: asking for one is an error.

    It has no generator either, and no fused kernels: hence the temperature, and the settings.
    """
    recipe = recipes[name].override("temperature=0", "optimizer=langevin", *changes)
    with torch.device("meta"):
        model, loss_of = build_model(recipe), build_loss(recipe)
        optimizer = build_optimizer(recipe, model, 0)
        for group in optimizer.param_groups:
            group |= {"fused": False, "foreach": True} if "fused" in group else {}
        x, y = torch.empty(1437, 784), torch.empty(1437, dtype=torch.int64)
        losses, hits = train_epoch(model, loss_of, optimizer, x, y, 128, torch.Generator("cpu"))
        ends = evaluate(model, loss_of, x, y, 128)
        sound = weights_are_finite(model)
    assert (losses.shape, hits.shape, sound.shape) == ((STEPS,), (STEPS,), (1,))
    assert all(tensor.is_meta for tensor in (losses, hits, sound, *ends))
    with pytest.raises(RuntimeError, match="meta"):
        losses[0].item()


def spoiled(monkeypatch, module, recipe, seeds, name, value, step):
    """The run of seed 1 in which the weight `name` becomes `value` after a step."""
    plain, count = module.train_step, 0

    def train_step(model, *arguments):
        nonlocal count
        outcome = plain(model, *arguments)
        if count == step:
            weight = model.state_dict()[name]
            (weight if "seed" in seeds else weight[1]).view(-1)[0] = value
        count += 1
        return outcome

    monkeypatch.setattr(module, "train_step", train_step)
    run = fit(recipe, device="cpu", **seeds)
    if isinstance(run, list):
        other, run = run
        assert (other.status, len(other.history["epoch"])) == ("completed", 2)
    return run


@each_optimizer
@alone_or_together
@pytest.mark.parametrize(("step", "epochs"), [(4, 0), (STEPS + 7, 1)])
def test_the_first_step_with_a_bad_loss_is_named(recipe, module, seeds, step, epochs, monkeypatch):
    run = spoiled(monkeypatch, module, recipe, seeds, "0.weight", math.nan, step)
    assert (run.status, run.diverged_at) == ("diverged", step + 1)
    assert run.why == "the training loss is not finite"
    assert len(run.history["epoch"]) == epochs


@pytest.mark.parametrize(
    ("name", "recipe", "weight", "value"),
    [
        ("β is clamped", SMALL.override("batch_norm=false", "ramp=ones"), "0.beta", math.inf),
        ("a ReLU takes −∞ for 0", OF_EACH_OPTIMIZER["mlp"], "0.bias", -math.inf),
        ("dividing by ∞ is 0", SMALL, "1.running_var", math.inf),
    ],
)
@alone_or_together
def test_a_bad_weight_that_no_loss_shows_is_found(
    name, recipe, weight, value, module, seeds, monkeypatch
):
    run = spoiled(monkeypatch, module, recipe, seeds, weight, value, STEPS + 3)
    assert (run.status, run.diverged_at) == ("diverged", 2 * STEPS - 1)
    assert run.why == "the weight of the network is not finite"
    assert len(run.history["epoch"]) == 1


@pytest.mark.parametrize("optimizer", ["langevin", "sgd", "adam"])
@pytest.mark.parametrize("name", ["langevin", "mlp"])
@alone_or_together
def test_at_a_huge_rate_the_record_agrees_with_the_losses(
    optimizer, name, module, seeds, monkeypatch
):
    """Each loss is looked at here as it comes; the network that forgets scale may well survive."""
    recipe = OF_EACH_OPTIMIZER[name].override("lr=1e9", f"optimizer={optimizer}")
    plain, losses = module.train_step, []

    def train_step(*arguments):
        loss, phi = plain(*arguments)
        losses.append(loss.clone().view(-1)[-1].item())
        return loss, phi

    monkeypatch.setattr(module, "train_step", train_step)
    run = fit(recipe, device="cpu", **seeds)
    run = run[-1] if isinstance(run, list) else run
    bad = [step for step, loss in enumerate(losses) if not math.isfinite(loss)]
    assert run.status == ("diverged" if bad or run.why else "completed")
    if bad:
        assert (run.diverged_at, run.why) == (bad[0], "the training loss is not finite")
    else:
        for column in run.history.values():
            assert all(map(math.isfinite, column))
