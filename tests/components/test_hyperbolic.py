import subprocess
import sys

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from physlib import HyperbolicLinear, hyperbolic_linear, theory
from physlib.components import literal
from physlib.components.hyperbolic import ramp_vector

TOLERANCE = {torch.float64: 1e-10, torch.float32: 1e-5}


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


def test_gradcheck():
    assert torch.autograd.gradcheck(hyperbolic_linear, ingredients(3, 4, 5, seed=2))


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


def test_initial_weights_are_xavier_normal():
    torch.manual_seed(0)
    weight = HyperbolicLinear(784, 156).weight
    # relative standard error of a standard deviation from n draws: 1 / sqrt(2n)
    assert weight.std().item() == pytest.approx((2 / (784 + 156)) ** 0.5, rel=4 / 494)


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
        ((3, 3), {"beta": 18.0}, ValueError, r"beta .* \[-17.7\d+, 17.7\d+\], got 18.0"),
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
    with pytest.raises(ValueError, match=r"weight \(O, I\), got \(2, 4\) and \(\)"):
        hyperbolic_linear(x, beta, beta, t)
    with pytest.raises(TypeError, match="x must be a floating-point tensor, got torch.int64"):
        hyperbolic_linear(x.long(), weight, beta, t)
