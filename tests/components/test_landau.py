import itertools
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


READINGS = list(
    itertools.product(("class", "batch"), ("sample", "batch"), (True, False), ("printed", "stable"))
)
readings = pytest.mark.parametrize(("axis", "maximum", "wrap", "quartic"), READINGS)


@readings
@given(shape=shapes)
def test_every_reading_is_its_formula_entry_by_entry(axis, maximum, wrap, quartic, shape):
    phi, target = sample(max(shape[0], 2), *shape[1:])
    batch, classes = phi.shape
    hat = phi.detach().numpy()
    hat = hat / (abs(hat).max(axis=1, keepdims=True) if maximum == "sample" else abs(hat).max())
    sign = 1 if quartic == "stable" else -1
    lines = hat if axis == "class" else hat.T  # the difference runs along each
    total = 0.0
    for line in lines:
        n = len(line)
        for i in range(n):
            after, before = i + 1, i - 1
            if not wrap:
                after, before = min(after, n - 1), max(before, 0)
            step = (after - before) if not wrap else 2
            total += 0.3 * ((line[after % n] - line[before]) / step) ** 2
    for b in range(batch):
        for c in range(classes):
            d = hat[b, c] - (c == int(target[b]))
            total += 0.1 * d**2 + sign * 2 * d**4
    options = {"axis": axis, "maximum": maximum, "wrap": wrap, "quartic": quartic}
    ours = ginzburg_landau_loss(phi, target, alpha=0.1, gamma=2, stiffness=0.3, eps=0.0, **options)
    assert ours.item() == pytest.approx(abs(total / phi.numel()), rel=1e-10, abs=1e-12)


@readings
def test_gradcheck(axis, maximum, wrap, quartic):
    phi, target = sample(4, 5, seed=3)
    options = {"axis": axis, "maximum": maximum, "wrap": wrap, "quartic": quartic}
    assert torch.autograd.gradcheck(lambda p: ginzburg_landau_loss(p, target, **options), phi)


@readings
def test_scale_is_forgotten_per_sample_or_per_batch(axis, maximum, wrap, quartic):
    phi, target = sample(6, 10, seed=7)
    options = {"axis": axis, "maximum": maximum, "wrap": wrap, "quartic": quartic, "eps": 0.0}
    loss = ginzburg_landau_loss(phi, target, **options)
    factors = 10.0 if maximum == "batch" else torch.logspace(-1, 3, 6, dtype=phi.dtype)[:, None]
    scaled = ginzburg_landau_loss(factors * phi, target, **options)
    torch.testing.assert_close(loss, scaled, rtol=1e-12, atol=0)
    along = gradient(loss, phi) * phi.detach()
    per_sample = along.sum(dim=1).abs().max()
    assert abs(along.sum()) < 1e-13
    assert (per_sample < 1e-13) == (maximum == "sample")


def test_a_step_lengthens_the_output_as_pythagoras_says():
    phi, target = sample(6, 10, seed=8)
    grad = gradient(ginzburg_landau_loss(phi, target, eps=0.0), phi)
    stepped = (phi - 3.0 * grad).detach()
    expected = phi.detach().square().sum(1) + 9 * grad.square().sum(1)
    torch.testing.assert_close(stepped.square().sum(1), expected, rtol=1e-12, atol=0)


def test_readings_at_the_target_cost_the_closed_forms():
    target = torch.arange(10)
    perfect = torch.eye(10, dtype=torch.float64)
    open_ended = ginzburg_landau_loss(perfect, target, wrap=False)
    assert open_ended.item() == pytest.approx(theory.loss_at_target(10, wrap=False), rel=1e-6)
    assert theory.loss_at_target(10, wrap=False) == pytest.approx(0.04)
    many = torch.randint(10, (100_000,), generator=torch.Generator().manual_seed(0))
    shuffled = ginzburg_landau_loss(perfect[many], many, axis="batch")
    # differing neighbours are binomial: one standard error is 0.1 %
    assert shuffled.item() == pytest.approx(theory.loss_at_target(10, axis="batch"), rel=4e-3)


@pytest.mark.parametrize("quartic", ["printed", "stable"])
def test_rival_energy_is_the_loss_of_such_an_output(quartic):
    for n, g in [(0.1, 0.3), (-0.9, 0.2), (0.0, 0.0), (0.5, 0.5)]:
        phi = torch.full((1, 10), g, dtype=torch.float64)
        phi[0, [1, 3]], phi[0, 2] = n, 1.0
        loss = ginzburg_landau_loss(phi, torch.tensor([2]), quartic=quartic, eps=0.0)
        expected = theory.rival_energy(n, g, gamma=5.0 if quartic == "printed" else -5.0)
        assert loss.item() == pytest.approx(abs(float(expected)), rel=1e-12)


def test_zero_loss_is_reached_with_wrong_answers():
    rate = theory.error_rate_at_zero_loss(alpha=0.0, gamma=5.0)
    assert rate == pytest.approx(1 / 40)
    target = torch.zeros(40, dtype=torch.int64)
    answers = target.clone()
    answers[0] = 5
    one_hot = torch.eye(10, dtype=torch.float64)
    loss = ginzburg_landau_loss(one_hot[answers], target, alpha=0.0)
    assert loss.item() == pytest.approx(0, abs=1e-8)
    assert ginzburg_landau_loss(one_hot[target], target, alpha=0.0).item() > 0.02


def test_an_alternating_output_has_no_slope():
    """The difference leaves the entry itself out: even classes never meet odd ones."""
    phi = torch.tensor([[1.0, -1.0] * 5], dtype=torch.float64)
    loss = ginzburg_landau_loss(phi, torch.tensor([0]), alpha=0.0, gamma=0.0, stiffness=1.0)
    assert loss.item() == 0


@given(shape=shapes, gamma=st.floats(0, 10))
def test_the_stable_sign_is_never_negative_inside(shape, gamma):
    """Then the loss is the sum of its parts, and raising any weight raises it."""
    phi, target = sample(*shape)
    part = {"alpha": 0.0, "gamma": 0.0, "stiffness": 0.0, "quartic": "stable"}
    parts = [part | {name: w} for name, w in (("alpha", 0.1), ("gamma", gamma), ("stiffness", 2))]
    total = ginzburg_landau_loss(
        phi, target, alpha=0.1, gamma=gamma, stiffness=2.0, quartic="stable"
    )
    pieces = [ginzburg_landau_loss(phi, target, **weights) for weights in parts]
    torch.testing.assert_close(total, sum(pieces), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize(
    "device",
    [
        "cpu",
        pytest.param(
            "cuda", marks=pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA")
        ),
    ],
)
@pytest.mark.parametrize("quartic", ["printed", "stable"])
def test_under_autocast_the_network_is_half_and_the_loss_is_not(device, quartic):
    torch.manual_seed(0)
    net = torch.nn.Linear(20, 10, device=device)
    x, target = torch.randn(64, 20, device=device), torch.arange(64, device=device) % 10
    loss_of = GinzburgLandauLoss(quartic=quartic)
    with torch.autocast(device, dtype=torch.bfloat16):
        phi = net(x)
        loss = loss_of(phi, target)
    assert (phi.dtype, loss.dtype) == (torch.bfloat16, torch.float32)
    assert torch.equal(loss, loss_of(phi, target))  # inside the context and outside
    loss.backward()
    assert net.weight.grad.dtype == torch.float32
    full = loss_of(net(x), target)
    # bfloat16 keeps 8 bits: 0.4 % of each output
    torch.testing.assert_close(loss, full, rtol=0.02, atol=0)
    expected = gradient(full, net.weight)
    cosine = torch.cosine_similarity(net.weight.grad.flatten(), expected.flatten(), dim=0)
    assert cosine > 0.99


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
    options |= {"maximum": "batch", "wrap": False, "quartic": "stable"}
    assert torch.equal(
        GinzburgLandauLoss(**options)(phi, target), ginzburg_landau_loss(phi, target, **options)
    )
    shown = repr(GinzburgLandauLoss(**options))
    assert all(f"{name}={value!r}" in shown for name, value in options.items())


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
        (*GOOD, {"maximum": "all"}, ValueError, "maximum must be one of 'sample', .* got 'all'"),
        (*GOOD, {"quartic": "+"}, ValueError, r"quartic must be one of 'printed', .* got '\+'"),
        (*GOOD, {"wrap": 1}, TypeError, "wrap must be true or false, got 1"),
        (GOOD[0][:, :1], GOOD[1] * 0, {"wrap": False}, ValueError, "phi must have two entries"),
    ],
)
def test_bad_input_is_named(phi, target, options, error, message):
    with pytest.raises(error, match=message):
        ginzburg_landau_loss(phi, target, **options)
