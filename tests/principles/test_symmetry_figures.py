"""Figures of symmetry breaking, in the book's style, with what they were given."""

import numpy as np
import pytest

from physlib import plots

pytestmark = pytest.mark.usefixtures("drawn_in_the_style")


def test_the_figures_show_what_they_were_given():
    (axes,) = plots.quenches({"cold": (np.zeros((5, 3)), [0.5, -0.5])}).axes
    assert len(axes.lines) == 5
    (axes,) = plots.degrees(["a", "b"], {"end": [(1, 0, 2), (3, 2, 4)]}, "degree").axes
    assert axes.containers[0].lines[0].get_xdata().tolist() == [1, 3]
    assert [t.get_text() for t in axes.get_yticklabels()] == ["a", "b"]
    (axes,) = plots.foresight({"p": {"a": (1.0, 2.0)}}, "change", "gain (points)").axes
    assert [t.get_text() for t in axes.texts] == ["1"]
    assert axes.lines[2].get_ydata().tolist() == [2.0]
