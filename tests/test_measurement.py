"""The final metrics, each scored again from the model up on the digits."""

import itertools
import math

import pytest
import torch
from torch.nn import functional as F

from physlib import HyperbolicLinear, recipes
from physlib.calibration import calibration_error, softmax_temperature
from physlib.corruptions import CORRUPTIONS
from physlib.data import load_dataset
from physlib.measurement import measure
from physlib.training import fit

DIGITS = ("dataset=digits", "epochs=3", "lr=1e-2")


@pytest.fixture(scope="module")
def run():
    return fit(recipes["physlib"].override(*DIGITS, "beta=0.1", "temperature=0"), device="cpu")


@pytest.fixture(scope="module")
def found(run):
    return measure(run)


@pytest.fixture(scope="module")
def phi(run):
    data = load_dataset("digits")
    with torch.no_grad():
        return [
            run.model.eval()(x) for x in (data.train_inputs((-1, 1)), data.test_inputs((-1, 1)))
        ]


def test_output_coherence(found, phi):
    hat = phi[1] / phi[1].abs().max(dim=1, keepdim=True).values
    slope = (hat[:, [*range(1, 10), 0]] - hat[:, [9, *range(9)]]) / 2
    expected = 1 - (slope**2).sum().item() / (hat**2).sum().item()
    assert found["output_coherence"] == pytest.approx(expected, rel=1e-5)
    step = hat[:, [*range(1, 10), 0]] - hat
    forward = 1 - (step**2).sum().item() / (4 * (hat**2).sum().item())
    assert found["output_coherence_forward"] == pytest.approx(forward, rel=1e-5)


def test_weight_coherence_is_of_what_multiplies_the_pixels(run, found):
    """The layer's own Jacobian, where the input does not move t(x) much: column by column."""
    layer = next(m for m in run.model if isinstance(m, HyperbolicLinear))
    x = load_dataset("digits").test_inputs((-1, 1))
    t = torch.sigmoid(x.mean(1)).mean()
    with torch.no_grad():
        gain = layer.ramp * torch.cosh(5 * layer.beta) + layer.t * t * torch.sinh(5 * layer.beta)
        images = (layer.weight * gain).view(-1, 28, 28).double()
    across = (images.roll(-1, 2) - images.roll(1, 2)) / 2
    down = (images.roll(-1, 1) - images.roll(1, 1)) / 2
    energy = ((across**2).sum() + (down**2).sum()) / 2 / (images**2).sum()
    assert found["weight_coherence"] == pytest.approx(1 - energy.item(), rel=1e-6)
    assert abs(found["weight_coherence_bare"] - found["weight_coherence"]) > 1e-4


def test_calibration_is_of_what_the_loss_sees_and_fitted_on_training_images(found, phi):
    data = load_dataset("digits")
    train, test = (p / (p.abs().amax(1, keepdim=True) + 1e-8) for p in phi)
    tau = softmax_temperature(train, data.train_labels)  # 1,437 images: all of them
    assert found["softmax_temperature"] == pytest.approx(tau, rel=1e-6)
    log_p = F.log_softmax(test.double() / tau, 1)
    assert found["nll"] == pytest.approx(F.nll_loss(log_p, data.test_labels).item(), rel=1e-6)
    error = calibration_error(log_p.exp(), data.test_labels)
    assert found["calibration_error"] == pytest.approx(error, rel=1e-6)


def test_cross_entropy_is_calibrated_on_its_logits():
    run = fit(recipes["mlp"].override(*DIGITS), device="cpu")
    data = load_dataset("digits")
    with torch.no_grad():
        z = run.model.eval()(data.train_inputs((-1, 1)))
    expected = softmax_temperature(z, data.train_labels)
    assert measure(run)["softmax_temperature"] == pytest.approx(expected, rel=1e-6)


def test_stability(run, found):
    assert found["gaussian_0"] == pytest.approx(run.test_accuracy)
    assert found["gaussian_0.8"] < found["gaussian_0"]
    for kind, (_, amounts) in CORRUPTIONS.items():
        heights = [found[f"{kind}_{a:g}"] for a in amounts]
        assert len(heights) == 5
        trapezoids = sum((a + b) / 2 for a, b in itertools.pairwise(heights)) / 4
        assert found[f"{kind}_area"] == pytest.approx(trapezoids)
    damaged = CORRUPTIONS["blur"][0](load_dataset("digits").test_images / 255, 1.5, None)
    with torch.no_grad():
        guess = run.model(2 * damaged.flatten(1) - 1).argmax(1)
    right = (guess == load_dataset("digits").test_labels).double().mean().item()
    assert found["blur_1.5"] == pytest.approx(right)


def test_every_run_meets_the_same_damage(run, found):
    torch.manual_seed(5)
    assert measure(run) == found


def test_layers_tell_their_parameters(run, found):
    layers = [m for m in run.model if isinstance(m, HyperbolicLinear)]
    for i, layer in enumerate(layers, start=1):
        assert found[f"beta_{i}"] == layer.beta.item()
        assert found[f"t_{i}"] == layer.t.item()
        assert found[f"norm_{i}"] == pytest.approx(layer.weight.square().sum().sqrt().item())
    assert found["parameters"] == 124_180


def test_held_out_images_stand_in_for_the_test_set():
    recipe = recipes["physlib"].override(*DIGITS, "validation=400")
    run = fit(recipe, device="cpu")
    assert measure(run)["gaussian_0"] == pytest.approx(run.test_accuracy)
    assert all(map(math.isfinite, measure(run).values()))
