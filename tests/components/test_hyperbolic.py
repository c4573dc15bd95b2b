import copy
import itertools
import math
import subprocess
import sys

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from physlib import HyperbolicLinear, hyperbolic_linear, theory
from physlib.components import hyperbolic, literal
from physlib.components.costs import measured_cost
from physlib.components.hyperbolic import beta_limit, ramp_vector

TOLERANCE = {torch.float64: 1e-10, torch.float32: 1e-5}


@pytest.fixture(params=["by hand", "formula"], scope="module", autouse=True)
def path(request):
    """Every test here runs twice: with the gradients by hand, and with the formula alone."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "formula":
            patch.setattr(hyperbolic, "applies", lambda *_: False)
        yield request.param


def ingredients(batch, inputs, outputs, seed, dtype=torch.float64, beta=0.3):
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(batch, inputs, generator=generator, dtype=dtype)
    weight = torch.randn(outputs, inputs, generator=generator, dtype=dtype)
    scalars = torch.tensor(beta, dtype=dtype), torch.tensor(1.3, dtype=dtype)
    return [tensor.requires_grad_() for tensor in (x, weight, *scalars)]


def relative(a, b):
    return ((a - b).norm() / b.norm().clamp_min(1e-300)).item()


@pytest.mark.parametrize("dtype", TOLERANCE)
@given(
    sizes=st.tuples(st.integers(1, 8), st.integers(2, 40), st.integers(1, 8)),
    seed=st.integers(0, 2**31),
    beta=st.floats(-1, 1),
)
def test_equals_the_printed_layer_and_so_do_its_gradients(dtype, sizes, seed, beta):
    tensors = ingredients(*sizes, seed, dtype, beta)
    ours, printed = hyperbolic_linear(*tensors), literal.layer(*tensors)
    assert relative(ours, printed) < TOLERANCE[dtype]
    upstream = torch.randn(ours.shape, dtype=dtype, generator=torch.Generator().manual_seed(seed))
    pairs = zip(
        torch.autograd.grad(ours, tensors, upstream),
        torch.autograd.grad(printed, tensors, upstream),
        strict=True,
    )
    for name, (fast, slow) in zip(("x", "weight", "beta", "t"), pairs, strict=True):
        # a scalar's gradient is a sum over everything, which may cancel
        scale = 1 + upstream.norm() * printed.detach().norm() * 10
        close = relative(fast, slow) < TOLERANCE[dtype]
        assert close or (fast - slow).abs().max() < TOLERANCE[dtype] * scale, name


def test_equals_the_printed_layer_at_the_size_of_mnist():
    tensors = ingredients(128, 784, 156, seed=0, dtype=torch.float32)
    assert relative(hyperbolic_linear(*tensors), literal.layer(*tensors)) < 1e-5


def test_gain_is_the_closed_form():
    x, _, beta, t = ingredients(1, 5, 5, seed=1)
    gain = hyperbolic_linear(x, torch.eye(5, dtype=x.dtype), beta, t)[0] / x[0]
    t_of_x = (t * torch.sigmoid(x.mean())).item()
    expected = theory.layer_gain(range(5), beta.item(), t_of_x)
    torch.testing.assert_close(gain, torch.from_numpy(expected), rtol=1e-12, atol=0)


@given(seed=st.integers(0, 2**31), first=st.floats(-0.5, 0.5), second=st.floats(-0.5, 0.5))
def test_gains_compose_as_boosts_do(seed, first, second):
    """Rapidities add: g(β₁ + β₂) from g and its partner at β₁, read off a layer without mixing."""
    x, _, _, t = (tensor.detach() for tensor in ingredients(3, 6, 1, seed))

    def row(beta):
        return hyperbolic_linear(x, torch.eye(6, dtype=x.dtype), beta, t) / x

    def gain(beta):
        beta = torch.tensor(beta, dtype=x.dtype)
        slope = torch.autograd.functional.jacobian(row, beta)
        return torch.stack([row(beta), slope / 5])  # the slope is the boost's other row

    direct = gain(first + second)
    composed = torch.einsum("rs,sbi->rbi", torch.from_numpy(theory.boost(5 * second)), gain(first))
    torch.testing.assert_close(composed, direct, rtol=1e-9, atol=1e-9)
    a, t_of_x = torch.arange(6.0), t * torch.sigmoid(x.mean(1, keepdim=True))
    invariant = direct[0] ** 2 - direct[1] ** 2
    torch.testing.assert_close(invariant, a**2 - t_of_x**2, rtol=1e-9, atol=1e-9)


@given(seed=st.integers(0, 2**31), beta=st.floats(-1, 1))
def test_a_layer_and_its_inverse_boost_add_up_to_a_linear_layer(seed, beta):
    x, weight, _, t = ingredients(3, 6, 2, seed)
    beta = torch.tensor(beta, dtype=x.dtype)
    both = hyperbolic_linear(x, weight, beta, t) + hyperbolic_linear(x, weight, -beta, t)
    linear = 2 * math.cosh(5 * beta.item()) * (x * torch.arange(6)) @ weight.T
    torch.testing.assert_close(both, linear, rtol=1e-9, atol=1e-9)


def test_inputs_of_equal_mean_meet_one_linear_map():
    x, weight, beta, t = ingredients(2, 6, 3, seed=6)
    x = x - x.mean(1, keepdim=True)
    a, b = hyperbolic_linear(x, weight, beta, t)
    middle = hyperbolic_linear(x.mean(0), weight, beta, t)
    torch.testing.assert_close(middle, (a + b) / 2, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("ramp", ["index", "normalised", "ones"])
def test_gradcheck(ramp):
    def layer(*tensors):
        return hyperbolic_linear(*tensors, ramp=ramp)

    assert torch.autograd.gradcheck(layer, ingredients(3, 4, 5, seed=2))


# torch's own forward mode compiles its formulas with a tool that torch has since deprecated
deprecated = pytest.mark.filterwarnings("ignore:.*torch.jit.script:FutureWarning")


@deprecated
@pytest.mark.parametrize("ramp", ["index", "ones"])
def test_second_derivatives_and_forward_mode(ramp):
    def layer(*tensors):
        return hyperbolic_linear(*tensors, ramp=ramp)

    tensors = ingredients(3, 4, 2, seed=2)
    assert torch.autograd.gradgradcheck(layer, tensors)
    assert torch.autograd.gradcheck(layer, tensors, check_forward_ad=True, check_backward_ad=False)


@deprecated
def test_transforms_of_functions():
    x, weight, beta, t = (tensor.detach() for tensor in ingredients(3, 4, 2, seed=3))

    def energy(beta, t):
        return hyperbolic_linear(x, weight, beta, t).square().mean()

    hessian = torch.func.hessian(energy, argnums=(0, 1))(beta, t)
    by_autograd = torch.autograd.functional.hessian(energy, (beta, t))
    for row, expected in zip(hessian, by_autograd, strict=True):
        torch.testing.assert_close(row, expected)


@pytest.mark.parametrize("trained", list(itertools.product([False, True], repeat=4)))
def test_any_part_may_be_frozen(trained):
    """The gradients that are asked for do not depend on which others are."""
    tensors = ingredients(3, 6, 4, seed=10)
    whole = torch.autograd.grad(hyperbolic_linear(*tensors).square().sum(), tensors)
    for tensor, want in zip(tensors, trained, strict=True):
        tensor.requires_grad_(want)
    loss = hyperbolic_linear(*tensors).square().sum()
    assert loss.requires_grad == any(trained)
    if any(trained):
        loss.backward()
    for tensor, want, expected in zip(tensors, trained, whole, strict=True):
        if want:
            torch.testing.assert_close(tensor.grad, expected)
        else:
            assert tensor.grad is None


def test_the_output_may_be_changed_in_place():
    tensors = ingredients(3, 6, 4, seed=11)
    apart = torch.autograd.grad(torch.relu(hyperbolic_linear(*tensors)).sum(), tensors)
    in_place = torch.autograd.grad(hyperbolic_linear(*tensors).relu_().sum(), tensors)
    for a, b in zip(apart, in_place, strict=True):
        assert torch.equal(a, b)


def test_an_accumulated_gradient_is_a_sum():
    tensors = ingredients(3, 6, 4, seed=12)
    for _ in range(2):
        hyperbolic_linear(*tensors).square().sum().backward()
    once = torch.autograd.grad(hyperbolic_linear(*tensors).square().sum(), tensors)
    for tensor, gradient in zip(tensors, once, strict=True):
        torch.testing.assert_close(tensor.grad, 2 * gradient)


@given(seed=st.integers(0, 2**31), beta=st.floats(-1, 1))
def test_the_gradients_by_hand_are_autograds(seed, beta):
    tensors = ingredients(4, 7, 3, seed, beta=beta)
    upstream = torch.randn(4, 3, generator=torch.Generator().manual_seed(seed)).double()
    automatic = torch.autograd.grad(hyperbolic_linear(*tensors), tensors, upstream)
    x, weight, b, t = (tensor.detach().numpy() for tensor in tensors)
    by_hand = theory.layer_gradients(x, weight, float(b), float(t), np.arange(7), upstream)
    for ours, exact in zip(automatic, by_hand, strict=True):
        np.testing.assert_allclose(ours, exact, rtol=1e-9, atol=1e-9 * math.cosh(5 * beta) * 100)


@pytest.mark.parametrize("ramp", ["index", "ones"])
def test_only_the_index_ramp_minds_the_order_of_the_inputs(ramp):
    x, weight, beta, t = ingredients(4, 9, 3, seed=7)
    order = torch.randperm(9, generator=torch.Generator().manual_seed(0))
    before = hyperbolic_linear(x, weight, beta, t, ramp=ramp)
    after = hyperbolic_linear(x[:, order], weight[:, order], beta, t, ramp=ramp)
    assert (relative(after, before) < 1e-12) == (ramp == "ones")


def test_ramps():
    assert ramp_vector("index", 4).tolist() == [0, 1, 2, 3]
    assert ramp_vector("normalised", 5).tolist() == [0, 0.25, 0.5, 0.75, 1]
    assert ramp_vector("ones", 3).tolist() == [1, 1, 1]
    assert ramp_vector("normalised", 1).tolist() == [0]
    x, weight, beta, t = ingredients(2, 4, 3, seed=3)
    by_name = hyperbolic_linear(x, weight, beta, t, ramp="ones")
    by_hand = hyperbolic_linear(x, weight, beta, t, ramp=torch.ones(4, dtype=x.dtype))
    assert torch.equal(by_name, by_hand)


def test_index_ramp_silences_input_zero_at_beta_zero():
    x, weight, _, t = ingredients(2, 6, 3, seed=4)
    zero = torch.zeros((), dtype=x.dtype)
    changed = x.detach().clone()
    changed[:, 0] += 10
    assert torch.equal(
        hyperbolic_linear(x, weight, zero, t), hyperbolic_linear(changed, weight, zero, t)
    )


def test_the_module_has_the_promised_parameters_and_any_leading_shape():
    layer = HyperbolicLinear(6, 3, beta=0.2, ramp="normalised")
    shapes = {name: tuple(p.shape) for name, p in layer.named_parameters()}
    assert shapes == {"weight": (3, 6), "beta": (), "t": ()}
    assert layer.beta.item() == pytest.approx(0.2)
    assert layer.t.item() == 1
    x = torch.randn(2, 5, 6)
    assert layer(x).shape == (2, 5, 3)
    torch.testing.assert_close(layer(x)[1, 4], layer(x[1, 4]))
    assert set(layer.state_dict()) == {"weight", "beta", "t"}
    assert "ramp='normalised'" in repr(layer)


def test_a_layer_made_without_memory_is_whole_after_reset():
    with torch.device("meta"):
        layer = HyperbolicLinear(6, 3)
    layer = layer.to_empty(device="cpu")
    layer.reset_parameters()
    assert layer.ramp.tolist() == [0, 1, 2, 3, 4, 5]


HALVES = [torch.bfloat16, torch.float16]


@pytest.mark.parametrize("dtype", HALVES)
def test_half_precision_keeps_the_ramp_and_computes_the_gain_in_single(dtype):
    layer = HyperbolicLinear(784, 3, beta=0.1).to(dtype)
    assert (layer.weight.dtype, layer.ramp.dtype) == (dtype, torch.float32)
    assert layer.ramp.tolist() == list(range(784))
    # Images with one lit pixel read off the gain, each rounded once: half precision's epsilon is
    # twice the error of rounding, and a ramp of bfloat16 would round a second time.
    x = torch.eye(784, dtype=dtype)[500:]
    weight = torch.ones(1, 784, dtype=dtype)
    out = hyperbolic_linear(x, weight, layer.beta, layer.t)[:, 0]
    assert out.dtype == dtype
    exact = theory.layer_gain(range(500, 784), layer.beta.item(), 1 / (1 + math.exp(-1 / 784)))
    torch.testing.assert_close(out, torch.from_numpy(exact).to(dtype), rtol=0, atol=0)
    layer(x).sum().backward()
    assert all(p.grad.dtype == dtype and p.grad.isfinite().all() for p in layer.parameters())


@pytest.mark.parametrize("dtype", HALVES)
@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_autocast_rounds_the_product_and_nothing_before(device, dtype):
    if device == "cuda" and not torch.cuda.is_available():
        pytest.skip("needs a GPU")
    torch.manual_seed(0)
    layer, x = HyperbolicLinear(784, 16, beta=0.1).to(device), torch.randn(8, 784, device=device)
    one_pixel = torch.eye(784, device=device)
    ones = torch.ones(1, 784, device=device)
    with torch.autocast(device, dtype=dtype):
        out = layer(x)
        again = layer(x.to(dtype))  # what the layer before hands on under autocast
        gain = hyperbolic_linear(one_pixel, ones, layer.beta, layer.t)[:, 0]
    assert out.dtype == again.dtype == gain.dtype == dtype
    t_of_x = 1 / (1 + math.exp(-1 / 784))
    rounded = torch.from_numpy(theory.layer_gain(range(784), layer.beta.item(), t_of_x)).to(gain)
    torch.testing.assert_close(gain, rounded, rtol=0, atol=0)
    # Errors of rounding are independent: eps / √12 each on input, weight and output.
    for rounded in (out, again):
        assert relative(rounded.float(), layer(x)) < torch.finfo(dtype).eps
    out.float().square().mean().backward()
    assert all(p.grad.dtype == torch.float32 for p in layer.parameters())


def test_the_ramp_survives_every_way_of_moving_a_module():
    layer = HyperbolicLinear(784, 2)
    index = list(range(784))
    assert copy.deepcopy(layer).bfloat16().double().ramp.tolist() == index
    assert layer.double().ramp.dtype == torch.float64
    moved = layer.half().to("meta")
    assert (moved.ramp.device.type, moved.ramp.dtype) == ("meta", torch.float32)
    moved = moved.to_empty(device="cpu")
    moved.reset_parameters()
    assert moved.ramp.tolist() == index
    assert set(moved.state_dict()) == {"weight", "beta", "t"}
    inside = torch.nn.Sequential(HyperbolicLinear(784, 2)).to(torch.bfloat16)
    assert inside[0].ramp.tolist() == index


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("sign", [-1, 1])
def test_beyond_its_range_the_rapidity_is_clamped(dtype, sign):
    x = torch.eye(784, dtype=dtype)
    limit = beta_limit(dtype, 784)
    weight, t = torch.ones(1, 784, dtype=dtype), torch.ones((), dtype=dtype)

    def output(beta):
        beta = torch.tensor(sign * beta, dtype=dtype, requires_grad=True)
        out = hyperbolic_linear(x, weight, beta, t)
        return out, torch.autograd.grad(out[-1, 0], beta)[0]  # of the last input's gain

    largest = torch.finfo(dtype).max
    at_limit, _ = output(limit)
    assert at_limit[-1].item() == pytest.approx(largest / 2, rel=0.01)
    for beta in (1.01 * limit, 1e3, math.inf):
        clamped, gradient = output(beta)
        assert torch.equal(clamped, at_limit)
        assert gradient == 0
    _, inside = output(0.9 * limit)
    assert inside.abs() > 1
    assert output(math.nan)[0].isnan().all()


def test_the_limit_is_that_of_theory_and_well_inside_the_overflow():
    for dtype in (torch.float32, torch.float64):
        largest = torch.finfo(dtype).max
        assert 5 * beta_limit(dtype, 784) == theory.rapidity_limit(largest, 784)

        def overflows(rapidity, dtype=dtype):
            rapidity = torch.tensor(rapidity, dtype=dtype)
            return [torch.isinf(factor * torch.cosh(rapidity)).item() for factor in (1, 783)]

        for i, factor in enumerate((1 / 2, 783 / 2)):
            edge = theory.rapidity_limit(largest, factor)
            assert [overflows(edge + step)[i] for step in (-1e-3, 1e-3)] == [False, True]


def test_the_layer_compiles_and_maps():
    """The clamp asks the device nothing, so a graph is whole and a batch of layers is one call."""
    x, weight, _, t = ingredients(3, 5, 2, seed=8)
    betas = torch.tensor([0.1, -0.2, 30.0, 1e3], dtype=x.dtype)
    mapped = torch.vmap(lambda beta: hyperbolic_linear(x, weight, beta, t))(betas)
    one_by_one = torch.stack([hyperbolic_linear(x, weight, beta, t) for beta in betas])
    torch.testing.assert_close(mapped, one_by_one)
    whole = torch.compile(hyperbolic_linear, backend="eager", fullgraph=True)
    for beta in betas:
        assert torch.equal(whole(x, weight, beta, t), hyperbolic_linear(x, weight, beta, t))


def test_initial_weights_are_xavier_normal():
    torch.manual_seed(0)
    weight = HyperbolicLinear(784, 156).weight
    # relative standard error of a standard deviation from n draws: 1 / sqrt(2n)
    assert weight.std().item() == pytest.approx((2 / (784 + 156)) ** 0.5, rel=4 / 494)


@pytest.mark.parametrize("input_gradient", [False, True])
@pytest.mark.parametrize("form", ["literal", "factored", "linear"])
def test_the_cost_is_the_closed_form(form, input_gradient):
    batch, inputs, outputs = 16, 784, 12
    tensors = ingredients(batch, inputs, outputs, seed=9, dtype=torch.float32)
    tensors[0].requires_grad_(input_gradient)
    layer = {
        "literal": literal.layer,
        "factored": hyperbolic_linear,
        "linear": torch.nn.functional.linear,
    }[form]
    flops, kept = measured_cost(layer, *tensors[: 2 if form == "linear" else 4])
    expected_flops, expected_kept = theory.layer_cost(
        form, batch, inputs, outputs, input_gradient=input_gradient
    )
    assert flops == expected_flops
    # the ramp, t(x) and a few scalars, which the closed form leaves out
    assert 0 <= kept / 4 - expected_kept <= 2 * inputs + 4 * batch + 10


MEMORY = """
import resource, sys, torch
from physlib import HyperbolicLinear
unit = 1 if sys.platform == "darwin" else 1024
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
HyperbolicLinear(784, 8)(torch.randn(8, 784, requires_grad=True)).sum().backward()  # load MKL
x, layer = torch.randn(1024, 784, requires_grad=True), HyperbolicLinear(784, 1024)
before = peak()
layer(x).square().sum().backward()
print(peak() - before)
"""


def test_memory_stays_far_below_the_literal_form():
    # In a process of its own, whose high-water mark is its own.
    out = subprocess.run([sys.executable, "-c", MEMORY], capture_output=True, text=True, check=True)
    assert int(out.stdout) < 64 * 2**20


@pytest.mark.parametrize(
    ("arguments", "options", "error", "message"),
    [
        ((0, 3), {}, ValueError, "in_features must be at least 1, got 0"),
        ((3, -1), {}, ValueError, "out_features must be at least 1, got -1"),
        ((3, 2.5), {}, TypeError, "out_features must be an integer, got 2.5"),
        ((3, 3), {"beta": 18.0}, ValueError, r"beta .* \[-17.5\d+, 17.5\d+\], got 18.0"),
        ((3, 3), {"beta": float("nan")}, ValueError, "beta must be finite"),
        ((3, 3), {"ramp": "steep"}, ValueError, "ramp must be one of .* got 'steep'"),
    ],
)
def test_bad_arguments_are_named(arguments, options, error, message):
    with pytest.raises(error, match=message):
        HyperbolicLinear(*arguments, **options)


def test_mismatched_shapes_are_named():
    with pytest.raises(ValueError, match=r"got \(2, 5\) and \(3, 6\)"):
        HyperbolicLinear(6, 3)(torch.randn(2, 5))
    x, weight, beta, t = ingredients(2, 4, 3, seed=5)
    with pytest.raises(ValueError, match=r"ramp must have shape \(4,\), got \(5,\)"):
        hyperbolic_linear(x, weight, beta, t, ramp=torch.ones(5))
    with pytest.raises(ValueError, match=r"weight \(O, I\), .*, got \(2, 4\) and \(\)"):
        hyperbolic_linear(x, beta, beta, t)
    with pytest.raises(TypeError, match="x must be a floating-point tensor, got torch.int64"):
        hyperbolic_linear(x.long(), weight, beta, t)
