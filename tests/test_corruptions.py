import math

import pytest
import torch
from scipy.stats import norm

from physlib.corruptions import CORRUPTIONS, blur, gaussian_noise, salt_and_pepper


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.fixture
def images():
    return torch.rand(20, 28, 28, generator=generator(9))


@pytest.mark.parametrize("kind", CORRUPTIONS)
def test_no_damage_changes_nothing_and_all_stays_in_range(images, kind):
    corrupt, amounts = CORRUPTIONS[kind]
    before = images.clone()
    assert amounts[0] == 0
    torch.testing.assert_close(corrupt(images, 0.0, generator()), images)
    worst = corrupt(images, amounts[-1], generator())
    assert worst.shape == images.shape
    assert 0 <= worst.min() < worst.max() <= 1
    assert not torch.allclose(worst, images, atol=0.1)
    assert torch.equal(images, before)


@pytest.mark.parametrize("kind", CORRUPTIONS)
def test_the_same_generator_gives_the_same_damage(images, kind):
    corrupt, amounts = CORRUPTIONS[kind]
    a, b, c = (corrupt(images, amounts[2], generator(seed)) for seed in (1, 1, 2))
    assert torch.equal(a, b)
    assert torch.equal(a, c) == (kind == "blur")  # a blur draws nothing


def test_gaussian_noise_has_its_mean_and_spread():
    grey = torch.full((100, 28, 28), 0.5)
    found = gaussian_noise(grey, 0.1, generator())  # clipped five standard deviations away
    assert found.mean().item() == pytest.approx(0.5, abs=4 * 0.1 / math.sqrt(78_400))
    assert found.std().item() == pytest.approx(0.1, rel=4 / math.sqrt(2 * 78_400))
    black = gaussian_noise(torch.zeros(100, 28, 28), 0.1, generator())  # clipped at 0: half is
    assert black.mean().item() == pytest.approx(0.1 * norm.pdf(0), rel=0.02)


def test_salt_and_pepper_hits_its_fraction_evenly():
    found = salt_and_pepper(torch.full((100, 28, 28), 0.5), 0.3, generator())
    error = 4 * math.sqrt(0.15 * 0.85 / 78_400)
    assert (found == 0).float().mean().item() == pytest.approx(0.15, abs=error)
    assert (found == 1).float().mean().item() == pytest.approx(0.15, abs=error)


@pytest.mark.parametrize("sigma", [0.75, 1.5, 3.0])
def test_blur_is_the_heat_equation(images, sigma):
    blurred = blur(images, sigma)
    torch.testing.assert_close(blurred.mean((1, 2)), images.mean((1, 2)))  # heat is conserved
    k, q = 2 * math.pi * 2 / 28, 2 * math.pi * 3 / 28
    n = torch.arange(28.0)
    mode = torch.cos(k * n)[:, None] * torch.cos(q * n)
    expected = 0.5 + 0.5 * math.exp(-(sigma**2) * (k**2 + q**2) / 2) * mode
    torch.testing.assert_close(blur(0.5 + 0.5 * mode[None], sigma)[0], expected)


def test_blurs_add_their_variances(images):
    torch.testing.assert_close(blur(blur(images, 1.2), 0.9), blur(images, 1.5), atol=1e-5, rtol=0)


def test_impossible_amounts_are_named(images):
    with pytest.raises(ValueError, match=r"fraction must be finite and in \[0, 1\], got 1.5"):
        salt_and_pepper(images, 1.5, generator())
    for corrupt in (gaussian_noise, blur):
        with pytest.raises(ValueError, match="sigma must be finite"):
            corrupt(images, -1.0, generator())
