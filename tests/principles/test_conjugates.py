"""The input's conjugate, the surface of a decoder's images, and the studies of both."""

import math

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from physlib import ginzburg_landau_loss
from physlib.data import load_dataset
from physlib.experiments.conjugates import CODES, NETWORKS
from physlib.principles.attacks import fgsm, input_gradient, pgd
from physlib.principles.autoencoder import Autoencoder, trained_autoencoder
from physlib.principles.codes import (
    at_distance,
    code_attack,
    decoder_jacobian,
    tangent_gradient,
)
from physlib.principles.conjugates import conjugate
from physlib.principles.feature_space import attack_codes
from physlib.principles.fragility import attack_network
from physlib.principles.losses import cross_entropy, ginzburg_landau, ginzburg_landau_bracket
from physlib.principles.networks import SmallCNN, trained
from physlib.principles.survival import first_order_radius, right
from physlib.theory import (
    coherence_gain,
    dual_norm,
    linear_accuracy,
    random_tangent_share,
)


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def random_problem(samples=6):
    g = generator()
    weight = torch.randn(8, 3, generator=g, dtype=torch.float64)
    x = torch.rand(samples, 8, generator=g, dtype=torch.float64)
    y = torch.randint(0, 3, (samples,), generator=g)
    return lambda x: (x @ weight).sin(), x, y


# ---- p ----


def test_the_normalisation_scales_and_turns_nothing():
    model, x, y = random_problem()
    found = conjugate(model, cross_entropy, x, y)
    plain = input_gradient(model, cross_entropy, x, y)
    value = cross_entropy(model(x), y)
    assert found.psi.square().mean().item() == pytest.approx(1, rel=1e-12)
    torch.testing.assert_close(found.p * found.norm, plain)
    torch.testing.assert_close(found.psi * found.norm, value)
    assert torch.equal(found.p.sign(), plain.sign())
    torch.testing.assert_close(F.normalize(found.p), F.normalize(plain))


@pytest.mark.parametrize("norm", ["inf", "2"])
def test_the_unit_of_the_loss_changes_neither_p_nor_an_attack(norm):
    model, x, y = random_problem()
    mine = {"model": model, "x": x, "y": y}
    units = [cross_entropy, lambda *a: 1e3 * cross_entropy(*a)]
    first, second = (conjugate(loss=unit, **mine).p for unit in units)
    torch.testing.assert_close(first, second)
    found = [pgd(loss=u, epsilon=0.2, norm=norm, random_start=False, **mine) for u in units]
    torch.testing.assert_close(*found)


def test_p_is_the_derivative_of_psi():
    model, x, y = random_problem()
    found = conjugate(model, cross_entropy, x, y)
    step = 1e-6 * torch.randn(x.shape, generator=generator(1), dtype=x.dtype)
    change = cross_entropy(model(x + step), y) - cross_entropy(model(x - step), y)
    torch.testing.assert_close(
        change / found.norm, 2 * (found.p * step).sum(1), rtol=1e-6, atol=1e-13
    )


def test_a_loss_that_cannot_be_normalised_is_refused():
    model, x, y = random_problem()
    with pytest.raises(ValueError, match=r"loss must give one number per sample, \(6,\), got \(\)"):
        conjugate(model, lambda phi, y: cross_entropy(phi, y).mean(), x, y)
    with pytest.raises(ValueError, match="loss must be finite and not vanish on all samples"):
        conjugate(model, lambda phi, y: 0 * phi[:, 0], x, y)
    with pytest.raises(ValueError, match="loss must be finite and not vanish .* is inf"):
        conjugate(model, lambda phi, y: phi[:, 0] / 0, x, y)
    with pytest.raises(ValueError, match="not empty"):
        conjugate(model, cross_entropy, x[:0], y[:0])


# ---- closed forms ----


def test_pushes_in_phase_add_up_like_n_and_others_like_its_root():
    g = generator()
    forces = torch.randn(400, 784, generator=g, dtype=torch.float64)
    signs = torch.randn(forces.shape, generator=g, dtype=torch.float64).sign()
    inside, across = forces.abs().sum(1), (forces * signs).sum(1)
    root_mean_square = across.square().mean().sqrt().item()
    error = 1 / math.sqrt(2 * len(forces))  # of a root mean square, relative
    found = inside.mean().item() / root_mean_square
    assert found == pytest.approx(float(coherence_gain(784)), rel=3 * error)
    # The same without chance: by the exact root mean square.
    exact = inside.mean().item() / math.sqrt(784)
    assert exact == pytest.approx(float(coherence_gain(784)), rel=0.005)


@pytest.mark.parametrize("attack", ["inf", "2", "noise"])
def test_accuracy_on_two_normal_classes_is_as_derived(attack):
    g, n, samples, sigma = generator(), 40, 20_000, 1.0
    epsilon = 1.0 if attack == "noise" else 0.2
    w, mean = torch.randn(2, n, generator=g)
    mean = 0.1 * (mean + w)
    y = torch.randint(0, 2, (samples,), generator=g) * 2.0 - 1
    x = y[:, None] * mean + sigma * torch.randn(samples, n, generator=g)
    mine = {"model": lambda x: x @ w, "loss": lambda phi, y: -y * phi, "x": x, "y": y}
    if attack == "noise":
        moved = x + epsilon * torch.randn(x.shape, generator=g)
    else:
        moved = pgd(epsilon=epsilon, norm=attack, steps=1, random_start=False, **mine)
    hits = ((moved @ w) * y > 0).double().mean().item()
    expected = float(linear_accuracy(w.numpy(), mean.numpy(), sigma, epsilon, attack))
    error = math.sqrt(expected * (1 - expected) / samples)
    assert 0.02 < expected < 0.98
    assert abs(hits - expected) < 3.5 * error
    assert 0.05 * expected > 3.5 * error  # so five percent would be seen


def test_dual_norms_are_what_steps_can_do():
    force = np.random.default_rng(0).normal(size=30)
    steps = np.random.default_rng(1).normal(size=(2000, 30))
    for norm, scale in (("inf", np.abs(steps).max(1)), ("2", np.linalg.norm(steps, axis=1))):
        assert (steps @ force / scale).max() <= dual_norm(force, norm)
    assert np.sign(force) @ force == pytest.approx(dual_norm(force, "inf"))
    with pytest.raises(ValueError, match="norm must be one of"):
        dual_norm(force, "1")


# ---- the surface of a decoder's images ----


def flat_decoder(k=4, n=60):
    matrix = torch.randn(n, k, generator=generator(), dtype=torch.float64)
    return lambda z: z @ matrix.T, matrix


def test_the_jacobian_is_the_decoders():
    decode, matrix = flat_decoder()
    z = torch.randn(3, 4, generator=generator(1), dtype=torch.float64)
    torch.testing.assert_close(decoder_jacobian(decode, z), matrix.expand(3, -1, -1))
    bent = decoder_jacobian(lambda z: decode(z).sin(), z)
    expected = decode(z).cos()[:, :, None] * matrix
    torch.testing.assert_close(bent, expected)


def test_the_metric_gradient_is_the_projection_and_no_direction_beats_it():
    _, matrix = flat_decoder()
    force = torch.randn(5, 60, generator=generator(2), dtype=torch.float64)
    uphill, length = tangent_gradient(force, matrix.expand(5, -1, -1))
    basis = torch.linalg.qr(matrix).Q
    torch.testing.assert_close(length[:, 0], (force @ basis).norm(dim=1), rtol=1e-4, atol=0)
    gain = (uphill @ matrix.T * force).sum(1) / (uphill @ matrix.T).norm(dim=1)
    torch.testing.assert_close(gain, length[:, 0], rtol=1e-4, atol=0)
    others = torch.randn(1000, 1, 4, generator=generator(3), dtype=torch.float64) @ matrix.T
    rivals = (others * force).sum(2) / others.norm(dim=2)
    assert (rivals <= length[:, 0] * (1 + 1e-6)).all()
    plain = force @ matrix @ matrix.T  # along Jᵀp, without the metric
    assert ((plain * force).sum(1) / plain.norm(dim=1) < 0.999 * length[:, 0]).any()


def test_the_metric_gradient_of_a_small_force_keeps_its_direction():
    """Squares of 1e-25 are zero in single precision."""
    jacobian = torch.randn(3, 20, 4, generator=generator(1))
    force = torch.randn(3, 20, generator=generator(2))
    uphill, length = tangent_gradient(force, jacobian)
    small, short = tangent_gradient(1e-25 * force, jacobian)
    torch.testing.assert_close(small / short, uphill / length)
    torch.testing.assert_close(short, 1e-25 * length, atol=0, rtol=1e-5)


def test_a_random_force_has_the_share_of_the_dimensions():
    _, matrix = flat_decoder()
    force = torch.randn(4000, 60, generator=generator(4), dtype=torch.float64)
    _, length = tangent_gradient(force, matrix.expand(4000, -1, -1))
    share = (length[:, 0] / force.norm(dim=1)).square()
    error = math.sqrt(2 * 4 * 56 / (60**2 * 62) / len(share))  # of a beta variable
    expected = float(random_tangent_share(4, 60)) ** 2
    assert share.mean().item() == pytest.approx(expected, abs=4 * error)


def test_distances_are_between_images():
    decode, _ = flat_decoder()
    z = torch.randn(3, 4, generator=generator(1), dtype=torch.float64)
    direction = torch.randn(3, 4, generator=generator(2), dtype=torch.float64)
    for draw in (decode, lambda z: decode(z).tanh()):
        step = at_distance(draw, z, direction, 1.5)
        found = (draw(z + step) - draw(z)).norm(dim=1)
        torch.testing.assert_close(found, torch.full_like(found, 1.5), rtol=1e-3, atol=0)
        torch.testing.assert_close(F.normalize(step), F.normalize(direction))
    far = at_distance(lambda z: decode(z).tanh(), z, direction, 100.0)  # out of reach
    assert far.isfinite().all()
    assert not at_distance(decode, z, 0 * direction, 1.0).any()
    with pytest.raises(ValueError, match="radius must be"):
        at_distance(decode, z, direction, -1.0)


def test_on_a_flat_surface_the_code_attack_gains_the_projected_force():
    decode, matrix = flat_decoder()
    w = torch.randn(60, generator=generator(5), dtype=torch.float64)
    z, y = torch.randn(3, 4, generator=generator(6), dtype=torch.float64), torch.zeros(3)
    mine = {"model": lambda x: x @ w, "loss": lambda phi, y: phi, "y": y}
    moved = code_attack(decode=decode, z=z, radius=0.7, steps=4, **mine)
    image = decode(z)
    along = (torch.linalg.qr(matrix).Q.T @ w).norm()
    gain = (decode(moved) - image) @ w
    torch.testing.assert_close(gain, torch.full_like(gain, 0.7 * along), rtol=2e-3, atol=0)
    free = pgd(x=image, epsilon=0.7, norm="2", random_start=False, steps=1, **mine)
    torch.testing.assert_close((free - image) @ w, torch.full_like(gain, 0.7 * w.norm()))


# ---- networks and studies ----


def test_losses_of_samples_are_those_of_batches_of_one():
    g = generator()
    phi, y = torch.randn(9, 10, generator=g), torch.randint(0, 10, (9,), generator=g)
    each = ginzburg_landau(phi, y)
    bracket = -ginzburg_landau_bracket(phi, y)
    for i in range(9):
        alone = ginzburg_landau_loss(phi[i : i + 1], y[i : i + 1])
        assert each[i].item() == pytest.approx(alone.item(), rel=1e-5)
    torch.testing.assert_close(bracket.abs(), each)
    torch.testing.assert_close(bracket.mean().abs(), ginzburg_landau_loss(phi, y))


def test_the_small_networks_have_their_shapes():
    x = torch.rand(3, 784)
    assert SmallCNN()(x).shape == (3, 10)
    painter = Autoencoder(5)
    assert painter.encode(x).shape == (3, 5)
    assert painter(x).shape == (3, 784)
    with pytest.raises(ValueError, match="code must be at least 1, got 0"):
        Autoencoder(0)


def test_the_radius_of_a_linear_network_is_exact():
    g = generator()
    weight = torch.randn(12, 4, generator=g, dtype=torch.float64)
    x = torch.randn(50, 12, generator=g, dtype=torch.float64)
    y = (x @ weight).argmax(1)
    radius = first_order_radius(lambda x: x @ weight, x, y)
    for factor, survives in ((0.999, True), (1.001, False)):
        hit = torch.ones(50, dtype=torch.bool)
        for j in range(4):  # the best step against every other class
            slope = (weight[:, j] - weight[:, y].T).sign()
            hit &= right(lambda x: x @ weight, x + factor * radius[:, None] * slope, y) | (y == j)
        assert (hit == survives).all()


SMALL = {"lr": 0.02, "epochs": 8, "dataset": "digits", "train_images": 1400}


def table(rows):
    found = {}
    for k, metric, value in rows:
        found.setdefault(metric, {})[k] = value
    return found


@pytest.fixture(scope="module")
def studies():
    options = {
        "epsilons": (0.0, 0.02, 0.1, 1.0), "radii": (1.0,), "steps": 8, "counts": (1, 8),
        "reference": 0.1, "attacked": 100, "seed": 0, **SMALL,
    }  # fmt: skip
    return {
        name: table(attack_network(network=name, hardening=0.0, **{**options, "lr": lr}))
        for name, lr in (("experimental", 0.02), ("mlp", 0.02), ("cnn", 0.1), ("linear", 0.02))
    }


def test_attacks_in_the_study_are_stronger_than_their_controls(studies):
    for name, found in studies.items():
        clean = found["pgd"][0]
        assert clean > 0.6, name
        for metric in ("noise", "fgsm", "borrowed", "first_order", "pgd_own"):
            assert found[metric][0] == clean
        assert found["noise"][2] - found["pgd"][2] > 0.15
        assert found["borrowed"][2] - found["fgsm"][2] > 0.1
        assert found["pgd"][3] == 0
        assert found["pgd"][2] <= min(found[f"pgd_{loss}"][2] for loss in ("own", "margin"))
        assert found["steps"][1] <= found["steps"][0] + 0.02
        assert found["noise_l2"][0] > found["pgd_l2"][0]
        assert 0 < found["margin_rank"][0] <= 1


def test_the_modulus_of_the_loss_hides_the_way_up(studies):
    found = studies["experimental"]
    assert found["pgd_own"][2] > found["pgd_bracket"][2]


def test_codes_and_pixels_are_compared_at_one_distance():
    options = {"code": 8, "code_epochs": 8, "radii": (1.0,), "steps": 3, "attacked": 60}
    found = table(attack_codes(network="mlp", seed=0, **options, **SMALL))
    for way in ("pixel", "code", "random_pixel", "random_code"):
        assert found[f"{way}_distance"][0] == pytest.approx(1.0, rel=0.01)
    assert found["pixel"][0] < found["random_pixel"][0]
    assert found["code"][0] < found["random_code"][0]
    assert float(random_tangent_share(8, 784)) < found["tangent_share"][0] <= 1


def test_hardening_hardens_and_seeds_are_kept():
    data = load_dataset("digits")
    x, y = data.test_inputs(), data.test_labels
    soft, hard, again = (
        trained("mlp", 3, hardening=h, lr=0.02, epochs=8, dataset="digits") for h in (0, 0.1, 0.1)
    )
    scores = [
        right(m, pgd(m, cross_entropy, x, y, 0.1, random_start=False), y).float().mean().item()
        for m in (soft, hard)
    ]
    assert scores[1] > scores[0] + 0.2
    assert torch.equal(hard(x), again(x))
    one, two = (trained_autoencoder(x, 1, code=3, epochs=1)(x) for _ in range(2))
    assert torch.equal(one, two)


def test_attacks_start_from_test_images_that_training_never_saw():
    for study in (*NETWORKS.values(), *CODES.values()):
        assert study.dataset == "mnist"
        assert study.settings["train_images"] <= 60_000


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"epsilons": (0.1, 0.0)}, "epsilons must be ascending"),
        ({"radii": ()}, "radii must be ascending, at least one"),
        ({"network": "transformer"}, "network must be one of"),
        ({"hardening": -0.1}, "hardening must be"),
        ({"attacked": 0}, "attacked must be at least 1"),
        ({"attacked": 1}, "attacked must reach images of two classes, got 1 of one"),
        ({"attacked": 361}, "attacked must be at most 360, got 361"),
    ],
)
def test_a_study_refuses_by_name(changes, message):
    good = {
        "network": "linear", "hardening": 0.0, "epsilons": (0.1,), "radii": (1.0,), "steps": 1,
        "counts": (1,), "reference": 0.1, "attacked": 10, "seed": 0, **SMALL, "epochs": 1,
    }  # fmt: skip
    with pytest.raises(ValueError, match=message):
        attack_network(**{**good, **changes})


def test_one_signed_step_raises_the_loss_by_the_one_norm():
    model, x, y = random_problem()
    size = 1e-6
    p = conjugate(model, cross_entropy, x, y)
    rise = cross_entropy(model(fgsm(model, cross_entropy, x, y, size)), y) / p.norm - p.psi
    torch.testing.assert_close(rise, size * p.p.abs().sum(1), rtol=1e-4, atol=0)
