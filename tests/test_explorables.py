"""The figures to play with as Python draws them; tests/site moves them in a browser."""

import numpy as np
import pytest
from scipy import stats

from physlib import theory

explorables = pytest.importorskip("physlib.plots.explorables", reason="needs Bokeh")
every = pytest.mark.parametrize("explorable", explorables.EXPLORABLES.values())


def test_a_control_starts_at_one_of_its_values():
    with pytest.raises(ValueError, match=r"start must be one of \(1, 2\), got 3"):
        explorables.Control("x", "x", "a number", (1, 2), 3)


@every
def test_live_figures_have_labels_and_wait_for_the_scripts(explorable):
    figures = explorable.draw()
    assert figures.keys() == explorable.labels.keys()
    for figure in figures.values():
        named = [r.data_source for r in figure.renderers if r.data_source.name]
        assert named
        assert not any(len(column) for s in named for column in s.data.values())
        assert all(axis.axis_label for axis in figure.axis)


@every
def test_sliders_rise(explorable):
    for control in explorable.controls:
        assert list(control.values) == sorted(set(control.values))


def test_the_landscapes_still_shows_the_loss_and_its_zeros():
    left, right = explorables.EXPLORABLES["landscape"].still().axes
    grid = np.linspace(-1, 1, 201)
    drawn = left.collections[0].get_array().reshape(201, 201)
    np.testing.assert_allclose(drawn, abs(theory.rival_energy(grid[None, :], grid[:, None])))
    dots = right.lines[-1].get_xdata()
    assert len(dots) == 2
    assert abs(theory.rival_energy(dots, dots)).max() < 1e-3


def test_the_clouds_still_shows_boltzmann():
    top, bottom = explorables.EXPLORABLES["cloud"].still().axes
    energy, place = top.lines[-1].get_ydata(), top.lines[-1].get_xdata()
    assert (energy >= theory.double_well(place)).all()
    heights = np.array([bar.get_height() for bar in bottom.patches])
    centres = np.array([bar.get_x() + bar.get_width() / 2 for bar in bottom.patches])
    counts = 4000 * heights * bottom.patches[0].get_width()
    theta = bottom.lines[0].get_xdata()
    expected = np.interp(centres, theta, bottom.lines[0].get_ydata()) * counts.sum() / heights.sum()
    many = expected > 5
    assert stats.chi2.sf(((counts - expected)[many] ** 2 / expected[many]).sum(), many.sum()) > 1e-3
