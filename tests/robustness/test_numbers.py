"""Numbers at the edge: not finite, all alike, too few, of other precision, at strange rates."""

import math

import pytest
import torch
from hypothesis import example, given
from hypothesis import strategies as st

import physlib.batched.training
import physlib.training
from physlib import (
    ExperimentalNet,
    HyperbolicLinear,
    Langevin,
    fit,
    ginzburg_landau_loss,
    hyperbolic_linear,
    load_dataset,
    recipes,
    theory,
)
from physlib.batched.layers import stack_networks
from physlib.components import literal
from physlib.data import Dataset
from physlib.metrics import accuracy

SMALL = recipes["physlib"].override("dataset=digits", "epochs=2", "hidden=8", "lr=1e-2")
MLP = recipes["mlp"].override("dataset=digits", "epochs=2", "hidden=8")
NOT_FINITE = (math.nan, math.inf, -math.inf)
ALONE, TOGETHER = {"seed": 1}, {"seeds": [0, 1]}
alone_or_together = pytest.mark.parametrize("seeds", [ALONE, TOGETHER], ids=["alone", "together"])


def run_of(recipe, seeds):
    run = fit(recipe, device="cpu", **seeds)
    return run[-1] if isinstance(run, list) else run


@pytest.fixture
def train_on(monkeypatch):
    """Let `fit` find these images and labels, as both halves of its dataset."""

    def give(images, labels, test=None):
        data = Dataset("digits", images, labels, *(test or (images, labels)))
        for module in (physlib.training, physlib.batched.training):
            monkeypatch.setattr(module, "recipe_data", lambda *_: data)

    return give


def digits(count):
    data = load_dataset("digits")
    return data.train_images[:count], data.train_labels[:count]


@given(st.sampled_from(NOT_FINITE), st.integers(0, 3), st.integers(0, 6), st.booleans())
def test_a_bad_input_makes_its_own_row_nan_and_no_other(bad, row, column, by_hand):
    """∞ − ∞ and 0 · ∞ are NaN, so a row that holds one may hold no number at all."""
    torch.manual_seed(0)
    x, weight = torch.randn(4, 7), torch.randn(5, 7)
    beta, t = torch.tensor(0.1), torch.tensor(1.0)
    good = hyperbolic_linear(x, weight, beta, t)
    x[row, column] = bad
    of_rows = torch.vmap(hyperbolic_linear, in_dims=(0, None, None, None))  # the plain formula
    y = (hyperbolic_linear if by_hand else of_rows)(x, weight, beta, t)
    assert not y[row].isfinite().any()
    others = torch.arange(4) != row
    torch.testing.assert_close(y[others], good[others])


@given(
    st.sampled_from(NOT_FINITE),
    st.integers(0, 3),
    st.integers(0, 9),
    st.sampled_from(["class", "batch"]),
    st.sampled_from(["sample", "batch"]),
    st.booleans(),
)
def test_a_bad_output_makes_the_loss_nan(bad, row, column, axis, maximum, wrap):
    torch.manual_seed(0)
    phi = torch.randn(4, 10)
    phi[row, column] = bad
    loss = ginzburg_landau_loss(
        phi, torch.arange(4), axis=axis, maximum=maximum, wrap=wrap, stiffness=0.5
    )
    assert loss.isnan()
    if math.isnan(bad):
        assert accuracy(phi, torch.arange(4)).isnan()


@pytest.mark.parametrize("scheme", ["symplectic-euler", "baoab", "overdamped", "explicit-euler"])
@pytest.mark.parametrize("bad", NOT_FINITE)
def test_a_bad_gradient_shows_in_its_own_parameter_alone(scheme, bad):
    params = [torch.ones(3, requires_grad=True) for _ in range(2)]
    optimizer = Langevin(params, temperature=1.0, scheme=scheme, seed=0)
    for step in range(2):  # explicit Euler moves by the old velocity
        params[0].grad = torch.tensor([1.0, bad if step == 0 else 0.0, 1.0])
        params[1].grad = torch.ones(3)
        optimizer.step()
    assert params[0].isfinite().tolist() == [True, False, True]
    assert params[1].isfinite().all()


@alone_or_together
@pytest.mark.parametrize("recipe", [SMALL, MLP, SMALL.override("batch_norm=false")])
@pytest.mark.parametrize("grey", [0, 255])
def test_images_that_are_all_alike_cannot_be_told_apart(recipe, grey, seeds, train_on):
    images, labels = digits(200)
    train_on(torch.full_like(images, grey), labels)
    run = run_of(recipe, seeds)
    if run.status == "completed":
        shares = labels.bincount(minlength=10) / len(labels)
        assert min(abs(shares - run.test_accuracy)) < 1e-6  # one class for all of them
    else:
        assert run.why


@alone_or_together
@pytest.mark.parametrize("recipe", [SMALL, MLP])
def test_one_class_alone_is_learned(recipe, seeds, train_on):
    images, labels = digits(300)
    train_on(images, torch.full_like(labels, 3))
    run = run_of(recipe.override("epochs=5", "batch_size=32"), seeds)
    # The Ginzburg-Landau loss vanishes with so many answers wrong, and then stops teaching.
    wrong = theory.error_rate_at_zero_loss() if recipe.loss == "ginzburg-landau" else 0
    assert run.test_accuracy >= 1 - wrong


@alone_or_together
@pytest.mark.parametrize("changes", [[], ["axis=batch", "wrap=false"], ["loss=cross-entropy"]])
def test_a_lone_last_sample_is_left_out_of_steps_and_losses(changes, seeds, train_on):
    """Three batches and one sample, to train and to test on: the run is that without the sample."""
    recipe = SMALL.override("batch_size=32", "lr=0", "activation=relu", *changes)
    images, labels = digits(97)
    histories = []
    for count in (97, 96):
        train_on(images, labels, test=(images[:count], labels[:count]))
        histories.append(run_of(recipe, seeds).history)
    assert histories[0]["test_loss"] == pytest.approx(histories[1]["test_loss"], rel=1e-6)
    assert histories[0]["test_accuracy"] != histories[1]["test_accuracy"]  # which has all samples


@alone_or_together
@pytest.mark.parametrize("recipe", [SMALL, MLP])
@pytest.mark.parametrize("count", [2, 5])
def test_a_dataset_smaller_than_a_batch_is_one_step(recipe, count, seeds, train_on):
    train_on(*digits(count))
    run = run_of(recipe, seeds)
    assert (run.status, run.history["epoch"]) == ("completed", [1, 2])
    assert (count * run.test_accuracy) % 1 == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("classes", [1, 2, 3, 1000])
@pytest.mark.parametrize("batch", [1, 2, 5])
def test_any_number_of_classes(classes, batch):
    torch.manual_seed(0)
    net = ExperimentalNet((6, 4, classes)).eval()
    phi, target = net(torch.randn(batch, 6)), torch.randint(classes, (batch,))
    loss = ginzburg_landau_loss(phi, target, eps=0.0)
    torch.testing.assert_close(loss, literal.loss(phi, target))
    loss.backward()
    assert all(p.grad is not None and p.grad.isfinite().all() for p in net.parameters())
    if classes == 1:
        assert accuracy(phi, target) == 1


PRECISION = {torch.float16: 3e-3, torch.bfloat16: 3e-2, torch.float64: 1e-6}


@pytest.mark.parametrize("dtype", PRECISION)
@pytest.mark.parametrize("ramp", ["index", "normalised", "ones"])
def test_network_and_loss_agree_with_single_precision(dtype, ramp):
    torch.manual_seed(0)
    net = ExperimentalNet((8, 6, 4), ramp=ramp, batch_norm=False, activation="mish")
    x, target = torch.randn(16, 8), torch.randint(4, (16,))
    expected = ginzburg_landau_loss(net(x), target)
    found = ginzburg_landau_loss(net.to(dtype)(x.to(dtype)), target)
    assert found.dtype == (torch.float64 if dtype == torch.float64 else torch.float32)
    assert found.item() == pytest.approx(expected.item(), rel=PRECISION[dtype] * 4)


@pytest.mark.parametrize("dtype", PRECISION)
def test_stacked_layers_keep_the_ramp_from_rounding_too(dtype):
    """One term to a sum, so that no order of summation comes between the two."""
    torch.manual_seed(0)
    layer = HyperbolicLinear(784, 3).to(dtype)
    x = torch.diag(torch.rand(784)).to(dtype)
    stack = stack_networks([torch.nn.Sequential(layer)] * 2, [])
    assert torch.equal(stack(x.expand(2, -1, -1))[1], layer(x))


@alone_or_together
@pytest.mark.parametrize("recipe", [SMALL, MLP, SMALL.override("optimizer=adam", "lr=1e-3")])
def test_a_run_has_torchs_default_precision(recipe, seeds):
    found = {}
    for dtype in (torch.float32, torch.float64, torch.bfloat16):
        torch.set_default_dtype(dtype)
        try:
            run = run_of(recipe, seeds)
        finally:
            torch.set_default_dtype(torch.float32)
        assert {p.dtype for p in run.model.parameters()} == {dtype}
        assert run.status == "completed"
        found[dtype] = run.history["train_loss"]
    # rounding moves a random slope to another draw, and half precision is another run altogether
    assert found[torch.bfloat16][-1] < found[torch.bfloat16][0]
    assert found[torch.float64] == pytest.approx(found[torch.float32], rel=0.2)
    assert found[torch.float64] != found[torch.float32]


@alone_or_together
@pytest.mark.parametrize("optimizer", ["langevin", "sgd", "adam"])
def test_a_rate_of_zero_moves_nothing_whatever_the_temperature(optimizer, seeds):
    recipe = SMALL.override("temperature=1e3", f"optimizer={optimizer}", "activation=relu", "lr=0")
    once, twice = (run_of(recipe.replace(epochs=n), seeds) for n in (1, 3))
    for p, q in zip(once.model.parameters(), twice.model.parameters(), strict=True):
        assert torch.equal(p, q)
    assert twice.status == "completed"


@given(st.floats(1e-30, 1e30), st.floats(0, 1e30), st.floats(0.01, 1))
@example(1e9, 1e9, 1.0)
def test_one_step_of_any_size_is_the_printed_one(lr, temperature, damping):
    def step(gradient, **options):
        theta = torch.zeros(4, dtype=torch.float64, requires_grad=True)
        theta.grad = torch.full((4,), gradient, dtype=torch.float64)
        Langevin([theta], seed=1, **options).step()
        return theta.detach()

    eta = step(0.0, lr=1.0, temperature=0.5, damping=1.0)
    kick = math.sqrt(2 * damping * lr * temperature) * eta
    found = step(0.5, lr=lr, temperature=temperature, damping=damping)
    # to the rounding of the two terms, one of which may hide the other
    off = (found - (kick - lr * 0.5)).abs()
    assert (off <= 1e-12 * (kick.abs() + lr)).all()
