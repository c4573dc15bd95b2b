"""Many seeds at once against one at a time.

In float64 the two may differ by the rounding of a few dozen steps, far below 1e-10. In float32 an
activation near 0 can change its sign, whereupon `nn.RReLU` draws other slopes from then on: such
a pair of runs parts like two runs that differ in the slopes.
"""

import copy
import math
import pickle

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

import physlib.batched.training
from physlib import MLP, ExperimentalNet, Langevin, fit, ginzburg_landau_loss, recipes
from physlib.batched.layers import stack_networks
from physlib.batched.training import train_step
from physlib.building import build_loss, build_model, build_optimizer
from physlib.components.noise import Noise
from physlib.components.stacked_noise import StackedNoise
from physlib.data import load_dataset
from physlib.graphs import Replayed

SEEDS = [4, 0, 11]
PHYSLIB = recipes["physlib"].override("dataset=digits", "epochs=2", "lr=1e-2", "hidden=24")
# at a temperature at which a wrong number would show
HEATED = PHYSLIB.override("temperature=1e-3")


@pytest.fixture
def float64():
    """Runs in double precision throughout."""
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def assert_close_runs(a, b, tolerance=1e-10):
    assert (a.seed, a.status, a.diverged_at, a.why) == (b.seed, b.status, b.diverged_at, b.why)
    for column in a.history:
        if column != "seconds":
            # accuracies are in float32 always: 1e-6 of them is far less than one image
            least = 1e-6 if "accuracy" in column else 0
            expected = pytest.approx(b.history[column], rel=tolerance, abs=least)
            assert a.history[column] == expected, column
    assert (type(a.model), a.model.training) == (type(b.model), b.model.training)
    states = a.model.state_dict(), b.model.state_dict()
    assert states[0].keys() == states[1].keys()
    for name, tensor in states[0].items():
        other = states[1][name]
        scale = other.double().norm().item()
        assert (tensor - other).double().norm().item() <= tolerance * scale, name


@pytest.mark.parametrize(
    "recipe",
    [
        *(recipes[name].override("dataset=digits", "epochs=2") for name in recipes),
        HEATED,
        HEATED.override("scheme=baoab", "layer=linear", "activation=mish"),
        HEATED.override("scheme=overdamped", "lr=1e-3", "hidden=9,12", "ramp=ones"),
        HEATED.override("scheme=explicit-euler", "batch_norm=false", "ramp=normalised"),
        HEATED.override("velocity=forgotten", "maximum=batch", "wrap=false", "quartic=stable"),
        PHYSLIB.override("axis=batch", "wrap=false", "optimizer=adam", "lr=1e-3", "batch_size=718"),
        PHYSLIB.override("optimizer=sgd", "loss=cross-entropy", "lr=1e-4", "pixel_permutation=7"),
        PHYSLIB.override("label_noise=0.5", "validation=300"),
        recipes["mlp"].override("dataset=digits", "hidden=", "batch_size=5000", "epochs=3"),
    ],
    ids=lambda recipe: f"{recipe.name}-{recipe.optimizer}-{recipe.scheme}-{recipe.maximum}",
)
@pytest.mark.usefixtures("float64")
def test_every_seed_is_its_single_run(recipe):
    runs = fit(recipe, seeds=SEEDS)
    assert [run.seed for run in runs] == SEEDS
    for run in runs:
        assert_close_runs(run, fit(recipe, run.seed))


@pytest.mark.usefixtures("float64")
def test_a_seed_does_not_depend_on_its_company():
    together = fit(HEATED, seeds=SEEDS)
    for run, alone in zip(together, reversed(fit(HEATED, seeds=SEEDS[::-1])), strict=True):
        assert_close_runs(run, alone)
    assert_close_runs(together[1], *fit(HEATED, seeds=(s for s in [0])))


def test_single_precision_agrees_as_far_as_it_can():
    mlp = recipes["mlp"].override("dataset=digits", "epochs=3")
    for run in fit(mlp, seeds=SEEDS):
        assert_close_runs(run, fit(mlp, run.seed), tolerance=1e-3)
    # 0.9 of 360 images, give or take three times what two draws of the images would differ by
    chance = 3 * math.sqrt(2 * 0.9 * 0.1 / 360)
    recipe = PHYSLIB.override("epochs=8")
    for run in fit(recipe, seeds=SEEDS):
        assert run.test_accuracy == pytest.approx(fit(recipe, run.seed).test_accuracy, abs=chance)
        assert run.test_accuracy > 0.8


@pytest.mark.usefixtures("float64")
def test_a_seed_that_diverges_harms_no_other():
    recipe = PHYSLIB.override("loss=cross-entropy", "ramp=ones", "lr=0.2")
    runs = fit(recipe, seeds=[0, 1, 2])
    for run in runs:
        alone = fit(recipe, run.seed)
        assert (run.diverged_at, run.why) == (alone.diverged_at, alone.why)
        # so near to divergence errors grow: 1e-6 is where they are, not where they begin
        assert run.history["test_loss"] == pytest.approx(alone.history["test_loss"], rel=1e-6)
        finite = all(p.isfinite().all() for p in run.model.parameters())
        assert finite == (run.status == "completed")
    assert len({run.diverged_at for run in runs}) == 3  # None among them
    assert {run.status for run in runs} == {"completed", "diverged"}


def test_training_ends_when_all_have_diverged(monkeypatch):
    epochs = []
    counted = physlib.batched.training.train_epoch
    monkeypatch.setattr(
        physlib.batched.training, "train_epoch", lambda *a: epochs.append(a) or counted(*a)
    )
    runs = fit(recipes["mlp"].override("dataset=digits", "lr=1e9"), seeds=[0, 1])
    assert [(run.status, run.test_accuracy == run.test_accuracy) for run in runs] == [
        ("diverged", False)
    ] * 2
    assert len(epochs) == 1


def test_the_models_are_ordinary_and_score_what_the_history_says():
    data = load_dataset("digits")
    x, y = data.test_inputs((-1, 1)), data.test_labels
    for name, kind in (("physlib", ExperimentalNet), ("mlp", MLP)):
        for run in fit(recipes[name].override("dataset=digits", "epochs=2"), seeds=SEEDS):
            assert type(run.model) is kind
            with torch.no_grad():
                hits = (run.model(x).argmax(1) == y).double().mean().item()
            assert run.test_accuracy == pytest.approx(hits, abs=1.5 / 360)
            assert all(p.is_leaf and p.requires_grad for p in run.model.parameters())
            assert run.history["epoch"] == [1, 2]


def test_the_callers_random_state_is_left_alone():
    before = torch.get_rng_state()
    fit(PHYSLIB.override("epochs=1"), seeds=[0, 1])
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("kind", ["gaussian", "two-point"])
@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("shapes", [[(7,), ()], [(30, 5), (), (9,)]])
def test_the_noise_of_a_slice_is_that_of_its_seed_to_the_bit(kind, threads, shapes):
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        stacked = StackedNoise(SEEDS, kind)
        params = [torch.empty(len(SEEDS), *shape) for shape in shapes]
        singles = [Noise(seed, kind) for seed in SEEDS]
        for _ in range(3):
            drawn = stacked.draw(params, 0.3)
            assert all(n.is_contiguous() for n in drawn)  # fused kernels take nothing else
            for at, single in enumerate(singles):
                for n, own in zip(drawn, single.draw([p[at] for p in params], 0.3), strict=True):
                    assert torch.equal(n[at], own)
    finally:
        torch.set_num_threads(before)


@pytest.mark.parametrize("scheme", ["symplectic-euler", "baoab", "overdamped", "explicit-euler"])
def test_one_optimizer_for_many_chains_is_many_optimizers(scheme):
    start = torch.randn(3, 20, 6, generator=torch.Generator().manual_seed(0))
    options = {"lr": 0.1, "temperature": 0.5, "scheme": scheme}
    together = start.clone().requires_grad_()
    optimizer = Langevin([together], seed=SEEDS, **options)
    assert optimizer.seed == tuple(SEEDS)
    assert len(optimizer.generators) == 0
    for step in range(6):
        together.grad = together.detach().clone()
        optimizer.step()
        if step == 2:  # a copy, and one from the state, go on as the original would
            optimizer = pickle.loads(pickle.dumps(optimizer))
            state = copy.deepcopy(optimizer.state_dict())
            together = optimizer.param_groups[0]["params"][0]
            optimizer = Langevin([together], seed=[1, 2, 3], **options)
            optimizer.load_state_dict(state)
            assert optimizer.seed == tuple(SEEDS)
    for at, seed in enumerate(SEEDS):
        alone = start[at].clone().requires_grad_()
        own = Langevin([alone], seed=seed, **options)
        for _ in range(6):
            alone.grad = alone.detach().clone()
            own.step()
        assert torch.equal(together[at], alone)
    assert len(optimizer.generators) == 3
    assert optimizer.noise_bytes == 2 * start.nbytes


def step_of(recipe):
    """A stacked step over the digits, and what it moves."""
    torch.manual_seed(0)
    generators = [torch.Generator().manual_seed(seed) for seed in SEEDS]
    network = stack_networks([build_model(recipe) for _ in SEEDS], generators).train()
    data = load_dataset("digits")
    x, y = data.train_inputs((-1, 1)), data.train_labels.expand(len(SEEDS), -1)
    losses_of, optimizer = torch.vmap(build_loss(recipe)), build_optimizer(recipe, network, SEEDS)
    return lambda batch: train_step(network, losses_of, optimizer, x, y, batch)


class NoWaiting(TorchDispatchMode):
    """Fails where a GPU would be waited for: where a value of a tensor is asked for."""

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        assert function.overloadpacket not in (
            torch.ops.aten._local_scalar_dense,
            torch.ops.aten.nonzero,
        ), function
        return function(*args, **(kwargs or {}))


@pytest.mark.parametrize("name", ["physlib", "revision-2layer", "mlp"])
def test_a_step_asks_for_no_value(name):
    step = step_of(recipes[name])
    with NoWaiting():
        for batch in torch.arange(96).split(32):
            losses, phi = step(batch.view(-1, 1).expand(-1, 3))
    assert (losses.shape, phi.shape) == ((3,), (3, 32, 10))
    with pytest.raises(AssertionError, match="_local_scalar_dense"), NoWaiting():
        losses[0].item()


def test_a_step_can_be_recorded():
    """The tape computes at once what a graph would compute at replay."""

    class Tape:
        def aside(self, function):
            return function()

        def record(self, function):
            outputs = tuple(torch.empty(0) for _ in range(2))

            def replay():
                for held, new in zip(outputs, function(), strict=True):
                    held.resize_(new.shape).copy_(new)

            return outputs, replay

    plain, recorded = step_of(PHYSLIB), Replayed(step_of(PHYSLIB), Tape())
    for batch in torch.randperm(1400).view(7, 200).split(50, dim=1):
        columns = batch[:3].T
        for a, b in zip(plain(columns), recorded(columns), strict=True):
            assert torch.equal(a, b)


def test_the_loss_goes_under_vmap():
    phi, target = torch.randn(4, 8, 10), torch.randint(10, (4, 8))
    many = torch.vmap(ginzburg_landau_loss)(phi, target)
    assert many == pytest.approx(
        [ginzburg_landau_loss(*pair).item() for pair in zip(phi, target, strict=True)]
    )


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"seeds": [0], "seed": 0}, ValueError, "seed must be left out beside seeds, got 0"),
        ({"seeds": []}, ValueError, r"seeds must be at least one, and each another one, got \[\]"),
        ({"seeds": [1, 2, 1]}, ValueError, r"each another one, got \[1, 2, 1\]"),
        ({"seeds": [0, -1]}, ValueError, "seeds must be at least 0, got -1"),
        ({"seeds": [0.5]}, TypeError, "seeds must be an integer, got 0.5"),
        ({"seeds": 3}, TypeError, "seeds must be integers in a sequence, got 3"),
        ({"seeds": [0], "checkpoint": "c.pt"}, ValueError, "one file holds one run"),
    ],
)
def test_bad_arguments_are_named(options, error, message):
    with pytest.raises(error, match=message):
        fit(PHYSLIB, **options)


def test_what_cannot_be_stacked_is_named():
    with pytest.raises(TypeError, match=r"layers that can be stacked, got Dropout"):
        stack_networks([torch.nn.Sequential(torch.nn.Dropout())] * 2, [])
    with pytest.raises(ValueError, match=r"first axis of 3, one slice for each seed, got shape"):
        StackedNoise(SEEDS).draw([torch.empty(2, 5)])
    with pytest.raises(ValueError, match="seed must be 3 seeds, one a slice, got 5"):
        StackedNoise(SEEDS).restore(5, {})
    with pytest.raises(ValueError, match="seed must be at least 0, got -1"):
        Langevin([torch.empty(2, 5, requires_grad=True)], seed=[0, -1])
