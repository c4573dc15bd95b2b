import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from physlib import GinzburgLandauLoss, ginzburg_landau_loss, theory
from physlib.components import literal

TOLERANCE = {torch.float64: 1e-10, torch.float32: 1e-5}
shapes = st.tuples(st.integers(1, 9), st.integers(2, 12), st.integers(0, 2**31))


def sample(batch: int, classes: int, seed: int, dtype=torch.float64):
    generator = torch.Generator().manual_seed(seed)
    phi = torch.randn(batch, classes, generator=generator, dtype=dtype)
    return phi.requires_grad_(), torch.randint(classes, (batch,), generator=generator)


def gradient(loss, phi):
    return torch.autograd.grad(loss, phi)[0]


@pytest.mark.parametrize("dtype", TOLERANCE)
@given(shape=shapes, alpha=st.floats(0, 1), gamma=st.floats(0.5, 10))
def test_equals_the_printed_formula(dtype, shape, alpha, gamma):
    phi, target = sample(*shape, dtype=dtype)
    ours = ginzburg_landau_loss(phi, target, alpha=alpha, gamma=gamma, eps=0.0)
    printed = literal.loss(phi, target, alpha, gamma)
    rtol = TOLERANCE[dtype]
    # the mean may cancel: its parts are of the order of gamma, and so is its rounding
    torch.testing.assert_close(ours, printed, rtol=rtol, atol=rtol * gamma)
    if printed.detach() > 1e-3:  # away from the kink, where the gradient has one value
        expected = gradient(printed, phi)
        atol = rtol * float(expected.abs().max())
        torch.testing.assert_close(gradient(ours, phi), expected, rtol=rtol, atol=atol)


def test_batch_axis_takes_neighbouring_samples():
    phi, target = sample(5, 7, seed=1)
    phi_hat = phi / phi.abs().amax(dim=1, keepdim=True)
    one_hot = torch.eye(7, dtype=phi.dtype)[target]
    total = 0.0
    for b in range(5):
        for c in range(7):
            d = phi_hat[b, c] - one_hot[b, c]
            slope = (phi_hat[(b + 1) % 5, c] - phi_hat[b - 1, c]) / 2
            total += 0.0095 * d**2 - 6.5 * d**4 + 0.5 * slope**2
    ours = ginzburg_landau_loss(phi, target, alpha=0.0095, gamma=6.5, axis="batch")
    torch.testing.assert_close(ours, abs(total / 35), rtol=1e-7, atol=0)


@pytest.mark.parametrize("classes", [3, 4, 10, 1000])
@pytest.mark.parametrize("stiffness", [0.5, 2.0])
def test_the_target_itself_costs_the_closed_form(classes, stiffness):
    perfect = torch.eye(classes, dtype=torch.float64)
    loss = ginzburg_landau_loss(perfect, torch.arange(classes), stiffness=stiffness)
    assert loss.item() == pytest.approx(theory.loss_at_target(classes, stiffness), rel=1e-6)
    assert theory.loss_at_target(10) == 0.025


def test_without_stiffness_the_loss_is_the_mean_density():
    phi, target = sample(6, 10, seed=2)
    d = phi / phi.abs().amax(dim=1, keepdim=True) - torch.eye(10, dtype=phi.dtype)[target]
    density = theory.loss_density(d.detach().numpy())
    loss = ginzburg_landau_loss(phi, target, stiffness=0.0)
    assert loss.item() == pytest.approx(abs(density.mean()), rel=1e-6)


def test_density_changes_sign_where_theory_says():
    edge = theory.sign_change()
    assert theory.loss_density(0.99 * edge) > 0 > theory.loss_density(1.01 * edge)
    assert edge == pytest.approx(math.sqrt(0.0035 / 5))


@given(shape=shapes, scale=st.floats(0.1, 1e4))
def test_scale_of_the_output_does_not_matter(shape, scale):
    phi, target = sample(*shape)
    loss = ginzburg_landau_loss(phi, target, eps=0.0)
    scaled = ginzburg_landau_loss(scale * phi, target, eps=0.0)
    torch.testing.assert_close(loss, scaled, rtol=1e-9, atol=1e-12)
    grad = gradient(loss, phi)
    along = (grad * phi).sum(dim=1).abs()
    assert (along <= 1e-10 * (1 + grad.norm(dim=1) * phi.norm(dim=1))).all()


@given(shape=shapes, shift=st.integers(1, 11))
def test_shifting_the_classes_round_does_not_matter(shape, shift):
    phi, target = sample(*shape)
    shifted = ginzburg_landau_loss(phi.roll(shift, dims=1), (target + shift) % phi.shape[1])
    torch.testing.assert_close(ginzburg_landau_loss(phi, target), shifted, rtol=1e-9, atol=1e-12)


def test_gradcheck():
    phi, target = sample(4, 5, seed=3)
    for axis in ("class", "batch"):
        assert torch.autograd.gradcheck(
            lambda phi, axis=axis: ginzburg_landau_loss(phi, target, axis=axis), phi
        )


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_outputs_that_vanish_give_no_nan(dtype):
    phi = torch.zeros(2, 10, dtype=dtype, requires_grad=True)
    loss = ginzburg_landau_loss(phi, torch.tensor([3, 4]))
    # d = −1 at the target and 0 elsewhere
    assert loss.item() == pytest.approx((5 - 0.0035) / 10, rel=1e-6)
    assert not gradient(loss, phi).isnan().any()


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_outputs_are_judged_in_float32(dtype):
    phi, target = sample(8, 10, seed=5, dtype=torch.float32)
    half = phi.detach().to(dtype)
    loss = ginzburg_landau_loss(half, target)
    assert loss.dtype == torch.float32
    assert torch.equal(loss, ginzburg_landau_loss(half.float(), target))


def test_the_module_is_the_function():
    phi, target = sample(4, 10, seed=4)
    options = {"alpha": 0.1, "gamma": 2.0, "stiffness": 0.3, "axis": "batch", "eps": 1e-3}
    assert torch.equal(
        GinzburgLandauLoss(**options)(phi, target), ginzburg_landau_loss(phi, target, **options)
    )
    assert "gamma=2.0" in repr(GinzburgLandauLoss(**options))


GOOD = torch.randn(4, 10), torch.tensor([0, 1, 2, 3])


@pytest.mark.parametrize(
    ("phi", "target", "options", "error", "message"),
    [
        (GOOD[0], torch.tensor([0, 1, 2, 10]), {}, ValueError, r"target .* 0 \.\. 9, got 10"),
        (GOOD[0], torch.tensor([0, 1, 2, -1]), {}, ValueError, r"target .* 0 \.\. 9, got -1"),
        (GOOD[0], torch.tensor([0, 1, 2]), {}, ValueError, r"target .*\(4,\).* got \(3,\)"),
        (GOOD[0], GOOD[1].float(), {}, TypeError, r"target .*int64, got torch.float32"),
        (GOOD[0].long(), GOOD[1], {}, TypeError, r"phi .* got torch.int64"),
        (GOOD[0][0], GOOD[1], {}, ValueError, r"phi .* \(B, C\).* got \(10,\)"),
        (GOOD[0][:0], GOOD[1][:0], {}, ValueError, r"phi .* got \(0, 10\)"),
        (*GOOD, {"alpha": math.nan}, ValueError, "alpha must be finite .* got nan"),
        (*GOOD, {"gamma": "5"}, TypeError, "gamma must be a number, got '5'"),
        (*GOOD, {"eps": -1.0}, ValueError, r"eps .* \[0, inf\), got -1.0"),
        (*GOOD, {"axis": "time"}, ValueError, "axis must be one of 'class', 'batch', got 'time'"),
    ],
)
def test_bad_input_is_named(phi, target, options, error, message):
    with pytest.raises(error, match=message):
        ginzburg_landau_loss(phi, target, **options)
