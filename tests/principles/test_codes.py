"""The attack within a decoder's images, where these are curved."""

import math

import pytest
import torch

from physlib.principles.codes import at_distance, code_attack


@pytest.mark.parametrize("seed", [2, 4])
def test_on_a_curved_surface_no_ray_beats_the_attack(seed):
    """The force turns, and so does the surface. Codes are two numbers: all rays can be tried."""
    g = torch.Generator().manual_seed(seed)
    bend, z, radius = torch.randn(40, 2, generator=g), torch.randn(6, 2, generator=g), 1.5
    w = 2 * bend[:, 0] + bend[:, 1] + torch.randn(40, generator=g)
    wave, y = torch.randn(40, generator=g), torch.zeros(6)

    def decode(z):
        return (0.3 * z @ bend.T).sin()

    def model(x):
        return x @ w + 3 * (2 * x @ wave).sin()

    found = decode(code_attack(model, decode, lambda phi, y: phi, z, y, radius, steps=40))
    distance = (found - decode(z)).norm(dim=1)
    torch.testing.assert_close(distance, torch.full_like(distance, radius), rtol=1e-3, atol=0)

    angle = torch.arange(180) * (2 * math.pi / 180)
    rays = torch.stack([angle.cos(), angle.sin()], 1).repeat(6, 1)  # (6·180, 2)
    start = z.repeat_interleave(180, 0)
    ends = decode(start + at_distance(decode, start, rays, radius))
    best = (model(ends) - model(decode(start))).view(6, 180).amax(1)
    assert (model(found) - model(decode(z)) > 0.997 * best).all()
