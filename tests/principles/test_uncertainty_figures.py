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
    for axes, density in zip(figure.axes, (np.full(5, 0.5), x**2), strict=True):
        np.testing.assert_array_equal(axes.lines[0].get_xydata(), np.stack([x, density], 1))
        assert axes.collections[0].get_paths()[0].vertices[:, 1].max() == density.max()


def test_states_lie_on_their_bound():
    (axes,) = plots.corrected_bound(
        [0, 1], [0.5, 0.5], {"upright": ([0.1, 0.2], [0.4, 0.3], 0.01)}
    ).axes
    names = [text.get_text() for text in axes.get_legend().get_texts()]
    assert names == ["½, without walls", r"$|\frac{1}{2} - B|$", "upright"]
    assert axes.lines[1].get_xydata().tolist() == [[0, 0.5], [1, 0.5]]
    assert axes.lines[2].get_xydata().tolist() == [[0.1, 0.4], [0.2, 0.3]]
    bars = axes.containers[0].lines[2][0].get_segments()
    np.testing.assert_allclose([bar[:, 1] for bar in bars], [[0.39, 0.41], [0.29, 0.31]])


def test_what_is_below_the_floor_is_drawn_there():
    (axes,) = plots.both_sides({"1 input": ([1e-9, 0.1], [1e-9, 0.2])}, floor=1e-3).axes
    assert axes.lines[0].get_xydata().tolist() == [[1e-3, 1e-3], [0.1, 0.2]]
    equality = axes.lines[1]
    np.testing.assert_array_equal(equality.get_xdata(), equality.get_ydata())


def test_epochs_run_from_zero():
    ranges = [(0.1, 0.0, 0.2), (0.9, 0.8, 1.0)]
    figure = plots.along_epochs({"clean": {"a": ranges}}, {"clean": "accuracy (fraction)"})
    (axes,) = figure.axes
    assert axes.lines[0].get_xydata().tolist() == [[0, 0.1], [1, 0.9]]
    ends = {tuple(end) for end in axes.collections[0].get_paths()[0].vertices}
    assert ends == {(0, 0.0), (0, 0.2), (1, 0.8), (1, 1.0)}


def test_a_path_begins_with_a_ring_and_ends_with_a_dot():
    ways = {"spreads": {"a": ([1, 2, 3], [4, 5, 6])}}
    (axes,) = plots.paths(ways, {"spreads": ("x", "y")}).axes
    way, ring, dot = axes.lines
    assert way.get_xydata().tolist() == [[1, 4], [2, 5], [3, 6]]
    assert (ring.get_fillstyle(), *ring.get_xydata()[0]) == ("none", 1, 4)
    assert (dot.get_fillstyle(), *dot.get_xydata()[0]) == ("full", 3, 6)
