import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from physlib.coherence import normalised, spatial_coherence


@pytest.mark.parametrize("mode", range(6))
def test_a_fourier_mode_has_the_closed_form(mode):
    k = 2 * math.pi * mode / 10
    field = torch.cos(k * torch.arange(10.0) + 0.3)
    assert spatial_coherence(field) == pytest.approx(1 - math.sin(k) ** 2, abs=1e-6)
    forward = spatial_coherence(field, difference="forward")
    assert forward == pytest.approx(math.cos(k / 2) ** 2, abs=1e-6)


def test_a_spike_and_white_noise_have_one_half():
    spike = torch.eye(10)
    noise = torch.randn(4000, 10, generator=torch.Generator().manual_seed(0))
    for difference in ("central", "forward"):
        assert spatial_coherence(spike, difference=difference) == pytest.approx(0.5)
        # cos² of a uniform wavenumber has variance 1/8, over 40,000 modes
        assert spatial_coherence(noise, difference=difference) == pytest.approx(0.5, abs=0.01)


def test_images_have_the_mean_over_both_directions():
    rows = torch.cos(2 * math.pi * 7 * torch.arange(28.0) / 28)[:, None].expand(28, 28)  # k = π/2
    assert spatial_coherence(rows[None], (-1,)) == pytest.approx(1)
    assert spatial_coherence(rows[None], (-2,)) == pytest.approx(0, abs=1e-6)
    assert spatial_coherence(rows[None], (-2, -1)) == pytest.approx(0.5)


@given(hnp.arrays("float64", (3, 7), elements=st.floats(-1e3, 1e3)), st.sampled_from([0.01, 5.0]))
def test_it_lies_between_0_and_1_and_has_no_scale(values, scale):
    field = torch.from_numpy(values)
    if field.square().sum() < 1e-12:
        return
    for difference in ("central", "forward"):
        found = spatial_coherence(field, difference=difference)
        assert -1e-9 <= found <= 1 + 1e-9
        assert spatial_coherence(scale * field, difference=difference) == pytest.approx(found)


def test_nothing_has_no_coherence():
    assert math.isnan(spatial_coherence(torch.zeros(3, 4)))
    with pytest.raises(ValueError, match="difference must be one of 'central', 'forward'"):
        spatial_coherence(torch.ones(3), difference="backward")


def test_outputs_are_normalised_by_sample():
    phi = torch.tensor([[2.0, -4.0], [0.0, 0.0]])
    assert normalised(phi).tolist() == [[0.5, -1.0], [0.0, 0.0]]
