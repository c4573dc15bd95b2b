"""Attacks: exact on linear models, inside their ball always, and those of a library beside ours."""

import math
import warnings

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional as F

from physlib import MLP, load_dataset
from physlib.principles.attacks import fgsm, pgd, project, random_step
from physlib.principles.losses import cross_entropy, lost_margin
from physlib.theory import dual_norm


def margin(phi, y):
    """The wrong sign of a linear model's output, one number per sample."""
    return -y * phi


def linear(seed=0, n=50, samples=7):
    g = torch.Generator().manual_seed(seed)
    w, x = torch.randn(n, generator=g), torch.randn(samples, n, generator=g)
    y = torch.randint(0, 2, (samples,), generator=g) * 2.0 - 1
    return lambda x: x @ w, w, x, y


@pytest.mark.parametrize("norm", ["inf", "2"])
@pytest.mark.parametrize("steps", [1, 10])
def test_a_linear_margin_falls_by_epsilon_times_the_dual_norm(norm, steps):
    model, w, x, y = linear()
    # A random start of a sphere is never turned quite straight; a corner of a cube is reached.
    start = norm == "inf"
    found = pgd(model, margin, x, y, 0.3, norm=norm, steps=steps, random_start=start)
    lost = margin(model(found), y) - margin(model(x), y)
    expected = 0.3 * dual_norm(w.numpy(), norm)
    torch.testing.assert_close(lost, torch.full_like(lost, expected), rtol=1e-4, atol=0)
    direction = w.sign() if norm == "inf" else w / w.norm()
    torch.testing.assert_close(found, x - 0.3 * y[:, None] * direction, rtol=0, atol=1e-5)


def test_one_signed_step_is_optimal_on_a_linear_model():
    model, w, x, y = linear()
    found = fgsm(model, margin, x, y, 0.3)
    torch.testing.assert_close(found, x - 0.3 * y[:, None] * w.sign())


arguments = st.fixed_dictionaries(
    {
        "epsilon": st.floats(0, 2),
        "norm": st.sampled_from(["inf", "2"]),
        "steps": st.integers(1, 4),
        "step_size": st.none() | st.floats(0, 3),
        "random_start": st.booleans(),
    }
)


@given(arguments, st.integers(0, 10**6))
def test_attacks_stay_in_their_ball_and_their_box(options, seed):
    g = torch.Generator().manual_seed(seed)
    x = torch.rand(3, 2, 4, generator=g)
    weight = torch.randn(8, 3, generator=g)
    y = torch.randint(0, 3, (3,), generator=g)
    found = pgd(
        lambda x: (x.flatten(1) @ weight).sin(), cross_entropy, x, y, generator=g, low=0, high=1,
        **options,
    )  # fmt: skip
    moved = (found - x).flatten(1)
    size = moved.abs().amax(1) if options["norm"] == "inf" else moved.norm(dim=1)
    assert (size <= options["epsilon"] * (1 + 1e-5) + 1e-6).all()
    assert found.min() >= 0
    assert found.max() <= 1
    assert not found.requires_grad


@pytest.mark.parametrize("random_start", [True, False])
def test_the_network_is_asked_once_a_step_and_never_outside_the_box(random_start):
    g, asked = torch.Generator().manual_seed(0), []
    weight, x, y = torch.randn(8, 3, generator=g), torch.rand(3, 8, generator=g), torch.arange(3)

    def model(x):
        asked.append(x.detach())
        return x @ weight

    pgd(
        model, lost_margin, x, y, 0.5,
        steps=7, low=0, high=1, random_start=random_start, generator=g,
    )  # fmt: skip
    assert len(asked) == 7
    assert min(x.min() for x in asked) >= 0
    assert max(x.max() for x in asked) <= 1
    asked.clear()
    pgd(model, lost_margin, x, y, 0.5, norm="2", steps=7, random_start=False)
    assert torch.equal(asked[0], x)
    torch.testing.assert_close((asked[1] - x).norm(dim=1), torch.full((3,), 2.5 * 0.5 / 7))


@pytest.mark.parametrize("force", [1.0, 1e-25, 0.0])
def test_a_step_in_l2_has_its_length_however_small_the_force(force):
    """Squares of 1e-25 are zero in single precision; its direction is not."""
    w = force * torch.tensor([3.0, 4.0])
    x, y = torch.zeros(2, 2), torch.zeros(2)
    found = pgd(lambda x: x @ w, lambda out, y: out, x, y, 0.5, norm="2", random_start=False)
    expected = torch.tensor([0.3, 0.4]) if force else torch.zeros(2)
    torch.testing.assert_close(found, expected.expand(2, 2))


@given(st.integers(0, 10**6), st.floats(0, 2), st.sampled_from(["inf", "2"]))
def test_projection_keeps_what_is_inside_and_is_nearest(seed, epsilon, norm):
    g = torch.Generator().manual_seed(seed)
    step, other = torch.randn(2, 5, 6, generator=g, dtype=torch.float64)
    once = project(step, epsilon, norm=norm)
    torch.testing.assert_close(project(once, epsilon, norm=norm), once)
    inside = project(other, epsilon, norm=norm)  # any point of the ball: none is nearer
    gain = ((step - once) * (inside - once)).sum(1)  # the projection's variational inequality
    assert (gain <= 1e-12).all()


def test_random_steps_fill_the_ball_evenly():
    g = torch.Generator().manual_seed(0)
    n, d = 20_000, 3
    x = torch.zeros(n, d)
    ball = random_step(x, 2.0, norm="2", generator=g)
    radius = ball.norm(dim=1)
    # E r² = 4 d/(d+2), and its variance from E r⁴ = 16 d/(d+4)
    error = math.sqrt((16 * d / (d + 4) - (4 * d / (d + 2)) ** 2) / n)
    assert radius.square().mean().item() == pytest.approx(4 * d / (d + 2), abs=4 * error)
    # No direction is special: of a unit vector, ⟨n⁴⟩ = 3/(d(d+2)), and ⟨n⁸⟩ = 1/9 for d = 3
    fourth = (ball[:, 0] / radius).pow(4).mean().item()
    assert fourth == pytest.approx(1 / 5, abs=4 * math.sqrt((1 / 9 - 1 / 25) / n))
    box = random_step(x, 2.0, generator=g)
    error = math.sqrt((16 / 5 - 16 / 9) / (n * d))
    assert box.square().mean().item() == pytest.approx(4 / 3, abs=4 * error)
    assert radius.max() <= 2
    assert box.abs().max() <= 2


def test_what_the_gradient_does_not_see_is_left_alone():
    x, y = torch.rand(4, 3), torch.zeros(4)
    flat = {"model": lambda x: 0 * x.sum(1), "loss": lambda phi, y: phi, "x": x, "y": y}
    assert torch.equal(fgsm(**flat, epsilon=1.0), x)
    for norm in ("inf", "2"):
        assert torch.equal(pgd(**flat, epsilon=1.0, norm=norm, random_start=False), x)


@pytest.fixture(scope="module")
def digits():
    """A small trained network, and test images (100, 784) with labels."""
    data = load_dataset("digits")
    torch.manual_seed(0)
    model = MLP((784, 32, 10))
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    for _ in range(100):
        optimizer.zero_grad()
        cross_entropy(model(data.train_inputs()), data.train_labels).mean().backward()
        optimizer.step()
    return model.eval().requires_grad_(False), data.test_inputs(), data.test_labels


def accuracy(model, x, y):
    return (model(x).argmax(1) == y).float().mean().item()


def test_larger_balls_and_more_steps_are_no_weaker(digits):
    model, x, y = digits
    for norm, sizes in (("inf", (0, 0.02, 0.05, 0.1, 0.5)), ("2", (0, 0.5, 1, 2, 10))):
        scores = [
            accuracy(model, pgd(model, cross_entropy, x, y, e, norm=norm, random_start=False), y)
            for e in sizes
        ]
        assert scores == sorted(scores, reverse=True)
        assert scores[0] > 0.9
        assert scores[-1] == 0  # no hidden gradient
    losses = [
        cross_entropy(model(pgd(model, cross_entropy, x, y, 0.05, steps=n)), y).mean().item()
        for n in (1, 3, 10, 30)
    ]
    assert losses == sorted(losses)


def test_an_attack_is_far_stronger_than_noise_of_its_size(digits):
    model, x, y = digits
    signs = random_step(x, 1.0, generator=torch.Generator().manual_seed(0)).sign()
    noise = accuracy(model, (x + 0.1 * signs).clamp(0, 1), y)
    attack = accuracy(model, fgsm(model, cross_entropy, x, y, 0.1, low=0, high=1), y)
    error = math.sqrt(2 * 0.25 / len(y))
    assert noise - attack > 8 * error


def test_a_sum_a_mean_and_one_number_per_sample_are_one_attack(digits):
    model, x, y = digits
    ways = (cross_entropy, lambda *a: cross_entropy(*a).sum(), lambda *a: cross_entropy(*a).mean())
    for norm in ("inf", "2"):
        found = [pgd(model, w, x, y, 0.5, norm=norm, random_start=False) for w in ways]
        for other in found[1:]:
            assert (other - found[0]).abs().max() < 1e-4


def test_nothing_is_left_behind_in_the_network():
    model = MLP((4, 3, 2))
    x, y = torch.rand(2, 4, requires_grad=True), torch.tensor([0, 1])
    for found in (pgd(model, cross_entropy, x, y, 0.1), fgsm(model, cross_entropy, x, y, 0.1)):
        assert not found.requires_grad
    assert all(p.grad is None for p in model.parameters())
    assert x.grad is None


@pytest.mark.parametrize("norm", ["inf", "2"])
def test_attacks_stay_on_their_device_and_read_nothing(norm):
    """Tensors of the device "meta" have no values: to read one, or to leave it, is an error."""
    model = MLP((4, 3, 2)).to("meta")
    x, y = torch.rand(5, 4, device="meta"), torch.zeros(5, dtype=torch.int64, device="meta")
    for loss in (cross_entropy, lost_margin):
        found = pgd(model, loss, x, y, 0.1, norm=norm, low=0, high=1)
        assert (found.device, found.shape) == (x.device, x.shape)
    assert fgsm(model, cross_entropy, x, y, 0.1, low=0, high=1).device == x.device


def test_the_same_generator_gives_the_same_attack(digits):
    model, x, y = digits

    def found(seed):
        g = torch.Generator().manual_seed(seed)
        return pgd(model, cross_entropy, x, y, 0.1, steps=2, generator=g)

    assert torch.equal(found(1), found(1))
    assert not torch.equal(found(1), found(2))


def test_a_lost_margin_is_positive_where_the_answer_is_wrong():
    phi = torch.tensor([[1.0, 3.0, 2.0], [1.0, 3.0, 2.0]])
    assert lost_margin(phi, torch.tensor([1, 2])).tolist() == [-1.0, 1.0]


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"epsilon": -0.1}, ValueError, r"epsilon must be finite and in \[0, inf\), got -0.1"),
        ({"epsilon": math.nan}, ValueError, "epsilon must be finite"),
        ({"epsilon": "0.1"}, TypeError, "epsilon must be a number"),
        ({"x": torch.empty(0, 3), "y": torch.empty(0)}, ValueError, "x and y must .* not empty"),
        ({"y": torch.zeros(3)}, ValueError, "one batch, not empty, got 2 and 3 rows"),
        ({"x": torch.zeros(2, 3, dtype=torch.int64)}, TypeError, "x must be a floating-point"),
        ({"low": 1.0, "high": 0.0}, ValueError, "low must be at most high"),
        ({"norm": "1"}, ValueError, "norm must be one of 'inf', '2', got '1'"),
        ({"steps": 0}, ValueError, "steps must be at least 1, got 0"),
        ({"step_size": -1.0}, ValueError, "step_size must be"),
    ],
)
def test_bad_input_is_refused_by_name(changes, error, message):
    good = {
        "model": lambda x: x,
        "loss": lambda phi, y: phi.sum(),
        "x": torch.zeros(2, 3),
        "y": torch.zeros(2),
        "epsilon": 0.1,
    }
    with pytest.raises(error, match=message):
        pgd(**{**good, **changes})
    if not changes.keys() & {"norm", "steps", "step_size"}:
        with pytest.raises(error, match=message):
            fgsm(**{**good, **changes})


# ---- beside a library of attacks ----


@pytest.fixture(scope="module")
def peer(digits):
    """The Adversarial Robustness Toolbox's view of the network, and its attacks."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what it imports
        from art.attacks import evasion as art
        from art.estimators.classification import PyTorchClassifier
    view = PyTorchClassifier(
        digits[0],
        torch.nn.CrossEntropyLoss(),
        (784,),
        10,
        clip_values=(0.0, 1.0),
        device_type="cpu",
    )
    return art, view


def test_fgsm_is_the_librarys(digits, peer):
    model, x, y = digits
    art, view = peer
    theirs = art.FastGradientMethod(view, eps=0.1).generate(x.numpy(), y.numpy())
    ours = fgsm(model, F.cross_entropy, x, y, 0.1, low=0, high=1)  # it is attacks that are compared
    np.testing.assert_allclose(ours.numpy(), theirs, atol=1e-6)


@pytest.mark.parametrize(("norm", "size"), [("inf", 0.05), ("2", 1.0)])
def test_pgd_is_the_librarys(digits, peer, norm, size):
    model, x, y = digits
    art, view = peer
    order = np.inf if norm == "inf" else 2
    options = {"norm": order, "eps": size, "eps_step": size / 4, "max_iter": 8, "verbose": False}
    attack = art.ProjectedGradientDescent(view, **options)
    theirs = torch.from_numpy(attack.generate(x.numpy(), y.numpy()))
    ours = pgd(
        model, F.cross_entropy, x, y, size,
        norm=norm, steps=8, step_size=size / 4, random_start=False, low=0, high=1,
    )  # fmt: skip
    # A sign of a gradient at rounding may differ, and then the paths part: in few components only.
    assert ((ours - theirs).abs() > 1e-4).float().mean() < 1e-3
    np.random.seed(0)  # noqa: NPY002 - the library's own stream
    started = art.ProjectedGradientDescent(view, **options, num_random_init=1)
    theirs = accuracy(model, torch.from_numpy(started.generate(x.numpy(), y.numpy())), y)
    generator = torch.Generator().manual_seed(0)
    found = pgd(
        model, F.cross_entropy, x, y, size, norm=norm, steps=8, step_size=size / 4,
        generator=generator, low=0, high=1,
    )  # fmt: skip
    ours = accuracy(model, found, y)
    error = math.sqrt(2 * max(ours * (1 - ours), 1 / len(y)) / len(y))
    assert abs(ours - theirs) < 2 * error
