"""The figures of twins show what they were given."""

import numpy as np
import pytest

from physlib import plots

pytestmark = pytest.mark.usefixtures("drawn_in_the_style")


def heights(axes):
    return [np.asarray(line.get_ydata()).tolist() for line in axes.lines]


def test_motions_show_readings_and_twins():
    panels = {
        ("s", "angle"): ([0, 1], [2.0, 3.0], {"a": [4.0, 5.0], "b": [6.0, 7.0]}),
        ("days", "share"): ([0, 1], [0.1, 0.2], {"a": [0.3, 0.4]}),
    }
    above, below = plots.motions(panels).axes
    assert heights(above) == [[2, 3], [4, 5], [6, 7]]
    assert all(list(line.get_xdata()) == [0, 1] for line in above.lines)
    assert (below.get_xlabel(), below.get_ylabel()) == ("days", "share")


def test_sizes_and_baselines_have_curves_and_points():
    (axes,) = plots.epidemic_sizes([1, 2], {"z": [0.1, 0.8]}, [1.5], {"z": [0.5]}).axes
    assert heights(axes) == [[0.1, 0.8], [0.5]]
    assert [list(line.get_xdata()) for line in axes.lines] == [[1, 2], [1.5]]
    figure = plots.baselines([0, 1], [2.0, 3.0], ([0.5], [2.5], [0.1]), {"none": 0.0})
    (axes,) = figure.axes
    assert heights(axes)[0] == [2, 3]
    (segment,) = axes.containers[0][2][0].get_segments()
    assert segment[:, 1] == pytest.approx([2.5 - 0.196, 2.5 + 0.196])
    assert axes.containers[0].lines[0].get_xydata().tolist() == [[0.5, 2.5]]
    (mark,) = (line for line in axes.lines if line.get_linestyle() == ":")
    assert list(mark.get_xdata()) == [0, 0]
    assert [text.get_text().strip() for text in axes.texts] == ["none"]


def test_errors_by_calls_have_bands_and_a_line_for_what_has_one_call():
    curve = ([1, 10], [1.0, 0.1], [0.8, 0.05], [1.2, 0.2])
    panels = {"one": {"a": curve, "no tuning": ([1], [2.0], [1.0], [3.0]), "b": curve}}
    (axes,) = plots.errors_by_calls(panels, "error").axes
    assert heights(axes) == [[1, 0.1], [2, 2], [1, 0.1]]
    assert len(axes.collections) == 2
    for band in axes.collections:
        ends = band.get_paths()[0].vertices
        assert {tuple(end) for end in ends} == {(1, 0.8), (1, 1.2), (10, 0.05), (10, 0.2)}
    assert axes.lines[0].get_color() != axes.lines[2].get_color()


def test_two_worlds_share_their_diagonal():
    panel = {"none": ([1.0, 2.0], [1.5, 1.5]), "regulator": ([0.5, 0.6], [0.4, 0.7])}
    left, right = plots.two_worlds({"a": panel, "b": panel}, ("x", "y")).axes
    assert heights(left)[1:] == heights(right)[1:] == [[1.5, 1.5], [0.4, 0.7]]
    assert [list(line.get_xdata()) for line in left.lines[1:]] == [[1, 2], [0.5, 0.6]]
    assert heights(left)[0] == left.lines[0].get_xdata().tolist() == list(left.get_ylim())
