"""Figures of symmetry breaking, in the book's style, with what they were given."""

import numpy as np
import pytest

from physlib import plots

pytestmark = pytest.mark.usefixtures("drawn_in_the_style")


def test_the_figures_show_what_they_were_given():
    copies = np.array([[0, 0], [0.2, -0.2], [0.6, -0.4]])
    (axes,) = plots.quenches({"cold": (copies, [0.5, -0.5])}).axes
    *paths, up, down = axes.lines
    np.testing.assert_array_equal([p.get_ydata() for p in paths], copies.T)
    assert [list(level.get_ydata()) for level in (up, down)] == [[0.5] * 2, [-0.5] * 2]
    moments = {"start": [(1, 0, 2), (3, 2.5, 4)], "end": [(5, 5, 5), (6, 5, 8)]}
    (axes,) = plots.degrees(["a", "b"], moments, "degree").axes
    for container, ranges in zip(axes.containers, moments.values(), strict=True):
        assert container.lines[0].get_xdata().tolist() == [middle for middle, _, _ in ranges]
        bars = container.lines[2][0].get_segments()
        assert [bar[:, 0].tolist() for bar in bars] == [[low, high] for _, low, high in ranges]
        rows = [round(float(bar[0, 1])) for bar in bars]
        assert rows == [0, 1]  # beside its name, whichever the moment
    assert [t.get_text() for t in axes.get_yticklabels()] == ["a", "b"]
    (axes,) = plots.foresight({"p": {"a": (1.0, 2.0)}}, "change", "gain (points)").axes
    assert [t.get_text() for t in axes.texts] == ["1"]
    assert axes.lines[2].get_xydata().tolist() == [[1.0, 2.0]]
