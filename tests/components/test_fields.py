"""Fields on a lattice against Ginzburg and Landau's closed forms."""

import math

import numpy as np
import pytest
import torch

from physlib import theory
from physlib.components.fields import (
    excess_energy,
    free_energy,
    growth_exponents,
    relax,
    wall_spacing,
)
from physlib.intervals import paired_interval

PARAMETERS = [(-1.0, 1.0, 1.0), (-0.5, 2.0, 3.0), (-2.0, 0.4, 0.5)]


def two_walls(a, b, c, points=256):
    """A step up and a step down in a box of 64 coherence lengths: x, dx, ψ (1, X)."""
    dx = 64 * float(theory.coherence_length(a, c)) / points
    x = (np.arange(points) - points // 2 + 0.5) * dx
    up = np.where(abs(x) < points * dx / 4, 1.0, -1.0) * theory.order_parameter(a, b)
    return x, dx, torch.from_numpy(up)[None]


@pytest.mark.parametrize(("a", "b", "c"), PARAMETERS)
def test_a_step_relaxes_to_the_kink(a, b, c):
    x, dx, psi = two_walls(a, b, c)
    psi = relax(psi, 30 / -a, 600, dx, a=a, b=b, c=c)
    left = abs(x + 16 * 64 * dx / 16) < 32 * dx  # eight coherence lengths about the left wall
    expected = theory.kink(x + 64 * dx, a, b, c)[left]
    psi_0 = theory.order_parameter(a, b)
    np.testing.assert_allclose(psi[0].numpy()[left], expected, atol=1e-3 * psi_0)
    excess = excess_energy(psi, dx, a=a, b=b, c=c).item()
    assert excess / 2 == pytest.approx(theory.kink_energy(a, b, c), rel=1e-4)
    assert wall_spacing(psi, dx, a=a, b=b, c=c).item() == pytest.approx(128 * dx, rel=1e-4)


def test_the_flow_is_minus_the_gradient_of_the_energy():
    a, b, c, dx = -0.7, 1.3, 0.8, 0.9
    psi = torch.randn(3, 16, 12, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    psi = relax(psi, 1.0, 10, dx, a=a, b=b, c=c)  # smooth enough for a small step
    psi.requires_grad_()
    (slope,) = torch.autograd.grad(free_energy(psi, dx, a=a, b=b, c=c).sum(), psi)
    dt = 1e-5
    flow = (relax(psi.detach(), dt, 1, dx, a=a, b=b, c=c) - psi.detach()) / dt
    torch.testing.assert_close(flow, -slope / dx**2, rtol=1e-3, atol=1e-4)


def test_the_error_is_of_second_order_in_the_step():
    psi = torch.randn(2, 32, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    fine, *coarse = (relax(psi, 2.0, n, 1.0, a=-1.0) for n in (8192, 128, 256))
    errors = [(field - fine).abs().max() for field in coarse]
    assert errors[0] / errors[1] == pytest.approx(4, rel=0.05)


@pytest.mark.parametrize("a", [-1.0, 0.0, 2.0])
def test_a_uniform_field_and_a_weak_ripple_follow_their_exact_laws(a):
    uniform = torch.full((1, 8), 0.3, dtype=torch.float64)
    (end,) = relax(uniform, 1.5, 3, 1.0, a=a, b=2.0)[:, 0]
    growth = math.exp(-2 * a * 1.5)
    saturation = (1 - growth) / a if a else 2 * 1.5
    assert end.item() == pytest.approx(0.3 * math.sqrt(growth / (1 + 2 * 0.09 * saturation)))
    k = 2 * math.pi / 16
    ripple = 1e-6 * torch.cos(k * torch.arange(16, dtype=torch.float64))[None]
    end = relax(ripple, 1.5, 3, 1.0, a=a, c=0.7)
    torch.testing.assert_close(
        end, ripple * math.exp(-(a + 0.7 * k**2) * 1.5), rtol=1e-6, atol=1e-15
    )


def test_the_energy_never_rises():
    psi = torch.randn(4, 24, 24, dtype=torch.float64, generator=torch.Generator().manual_seed(2))
    energies = []
    for _ in range(20):
        energies.append(free_energy(psi, 1.0, a=-1.0))
        psi = relax(psi, 0.5, 2, 1.0, a=-1.0)
    assert (torch.stack(energies).diff(dim=0) < 0).all()


@pytest.mark.parametrize("c", [1.0, 2.0])
def test_a_disc_shrinks_at_the_exact_rate(c):
    xi = math.sqrt(c)
    n, dx = 96, xi
    x = (torch.arange(n, dtype=torch.float64) - n / 2) * dx
    radius = torch.hypot(x[:, None], x[None])
    psi = torch.from_numpy(theory.kink(30 * xi - radius.numpy(), -1, 1, c))[None]
    areas = []
    for _ in range(5):
        psi = relax(psi, 50, 100, dx, a=-1.0, c=c)
        areas.append((1 + psi).sum().item() / 2 * dx**2)
    expected = theory.disc_area(50 * np.arange(5), areas[0], c)
    # walls are not thin: the correction is of the order of (ξ/R)²
    np.testing.assert_allclose(np.diff(areas), np.diff(expected), rtol=0.005)


def test_coarsening_is_compatible_with_the_square_root():
    psi = torch.randn(8, 192, 192, generator=torch.Generator().manual_seed(3))
    times, now, lengths = 10 * 2 ** np.arange(5), 0, []
    for time in times:
        psi = relax(psi, time - now, 2 * int(time - now), 1.0, a=-1.0)
        lengths.append(wall_spacing(psi, 1.0, a=-1.0).numpy())
        now = time
    _, low, high = paired_interval(growth_exponents(times, np.array(lengths)))
    assert low < 0.5 < high
    assert high - low < 0.3  # 1/3, the law with a conserved field, stays outside
    assert low > 1 / 3


def test_exponents_are_found_whatever_the_origin():
    times = np.array([10.0, 20, 40, 80, 160])
    lengths = np.stack([(3 * (times + t_0)) ** n for n, t_0 in ((0.5, 7), (1 / 3, -2))], axis=1)
    assert growth_exponents(times, lengths) == pytest.approx([1 / 2, 1 / 3], rel=1e-4)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        (
            {"psi": torch.zeros(4)},
            ValueError,
            r"psi must have shape \(N, X, …\), not empty, got .* \(4,\)",
        ),
        ({"dx": 0.0}, ValueError, r"dx .* \(0, inf\), got 0.0"),
        ({"b": -1.0}, ValueError, r"b .* \(0, inf\), got -1.0"),
        ({"c": "1"}, TypeError, "c must be a number, got '1'"),
        ({"time": -1.0}, ValueError, r"time .* \[0, inf\), got -1.0"),
        ({"steps": 0}, ValueError, "steps must be at least 1, got 0"),
    ],
)
def test_bad_input_is_named(options, error, message):
    good = {"psi": torch.zeros(1, 4), "time": 1.0, "steps": 1, "dx": 1.0, "a": -1.0}
    with pytest.raises(error, match=message):
        relax(**(good | options))
