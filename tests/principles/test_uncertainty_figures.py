"""Figures of the uncertainty relation, in the book's style, with what they were given."""

import numpy as np
import pytest

from physlib import plots

pytestmark = pytest.mark.usefixtures("drawn_in_the_style")


def test_a_panel_a_state_between_its_walls():
    x = np.linspace(-1, 1, 5)
    figure = plots.states(x, {"flat": np.full(5, 0.5), "steep": x**2})
    assert [axes.get_title() for axes in figure.axes] == ["flat", "steep"]
    assert [line.get_xdata()[0] for line in figure.axes[0].lines[1:]] == [-1, 1]


def test_states_lie_on_their_bound():
    (axes,) = plots.corrected_bound(
        [0, 1], [0.5, 0.5], {"upright": ([0.1, 0.2], [0.4, 0.3], 0.01)}
    ).axes
    names = [text.get_text() for text in axes.get_legend().get_texts()]
    assert names == ["½, without walls", r"$|\frac{1}{2} - B|$", "upright"]
    assert axes.lines[2].get_ydata().tolist() == [0.4, 0.3]


def test_what_is_below_the_floor_is_drawn_there():
    (axes,) = plots.both_sides({"1 input": ([1e-9, 0.1], [1e-9, 0.2])}, floor=1e-3).axes
    assert axes.lines[0].get_ydata().tolist() == [1e-3, 0.2]


def test_epochs_run_from_zero():
    ranges = [(0.1, 0.0, 0.2), (0.9, 0.8, 1.0)]
    figure = plots.along_epochs({"clean": {"a": ranges}}, {"clean": "accuracy (fraction)"})
    assert figure.axes[0].lines[0].get_xdata().tolist() == [0, 1]


def test_a_path_begins_with_a_ring_and_ends_with_a_dot():
    ways = {"spreads": {"a": ([1, 2, 3], [4, 5, 6])}}
    (axes,) = plots.paths(ways, {"spreads": ("x", "y")}).axes
    _, ring, dot = axes.lines
    assert (ring.get_fillstyle(), ring.get_xdata()[0], dot.get_ydata()[0]) == ("none", 1, 6)
