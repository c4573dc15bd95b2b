"""Figures are looked at by people; here, that they show what they were given."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from physlib import plots, theory


def test_figures_are_detached_and_leave_the_style_alone():
    before = dict(plt.rcParams)
    figure = plots.accuracy_curves({"a": [1.0, 2.0]}, "title")
    assert plt.get_fignums() == []
    assert dict(plt.rcParams) == before
    assert figure.get_dpi() == plots.STYLE["figure.dpi"]


def test_accuracy_curves():
    (axes,) = plots.accuracy_curves({"a": [80.0, 90.0], "b": [70.0, 95.0]}, "title").axes
    assert [line.get_ydata().tolist() for line in axes.lines] == [[80, 90], [70, 95]]
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["a", "b"]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("epoch", "test accuracy (%)")


def test_loss_density_shows_the_density_and_its_absolute_value():
    d = np.linspace(-1, 1, 401)
    whole, near = plots.loss_density(d, theory.loss_density(d), theory.sign_change()).axes
    drawn = [line.get_ydata() for line in whole.lines if len(line.get_ydata()) == 401]
    np.testing.assert_allclose(drawn[0], theory.loss_density(d))
    np.testing.assert_allclose(drawn[1], abs(theory.loss_density(d)))
    assert max(abs(x) for line in near.lines for x in line.get_xdata()) <= 1


def test_layer_gain_and_well():
    curves, image, _ = plots.layer_gain({"one": np.arange(9), "two": np.ones(9)}, side=3).axes
    assert [line.get_ydata().tolist() for line in curves.lines] == [list(range(9)), [1] * 9]
    assert image.images[0].get_array().shape == (3, 3)
    densities = {"a": np.ones(5), "b": np.zeros(5)}
    left, right = plots.well(np.zeros((7, 2)), np.zeros(50), np.linspace(-1, 1, 5), densities).axes
    assert len(left.lines) == 2
    assert [line.get_ydata().tolist() for line in right.lines] == [[1] * 5, [0] * 5]


def test_free_energies_dots_the_minima():
    psi = np.linspace(-2, 2, 401)
    curves = {f"{a}": theory.free_energy_density(psi, a) for a in (1, -1)}
    (axes,) = plots.free_energies(psi, curves).axes
    dots = [line.get_xdata().tolist() for line in axes.lines if line.get_marker() == "o"]
    assert dots == [pytest.approx([0.0]), pytest.approx([-1.0, 1.0])]


def test_phase_transition_shows_found_and_exact():
    arrays = [np.full(4, value) for value in (1.0, 2.0, 3.0, 4.0)]
    exact = np.arange(4), *arrays[2:]
    top, bottom = plots.phase_transition(np.arange(4), *arrays[:2], exact).axes
    assert [axes.lines[0].get_ydata()[0] for axes in (top, bottom)] == [3, 4]  # the closed forms
    assert [axes.lines[1].get_ydata()[0] for axes in (top, bottom)] == [1, 2]


def test_kinks_shows_profiles_and_energies():
    x = np.arange(5.0)
    figure = plots.kinks({"one": (x, x + 1)}, (x, x), [1, 2], [3, 4], [5, 6])
    top, bottom = figure.axes
    assert [line.get_ydata().tolist() for line in top.lines] == [x.tolist(), (x + 1).tolist()]
    assert [line.get_ydata().tolist() for line in bottom.lines] == [[5, 6], [3, 4]]


def test_fields_are_shown_above_their_curves():
    fields, times = np.random.default_rng(0).random((3, 4, 4)), np.array([1.0, 2.0, 4.0])
    disc = plots.shrinking_disc(fields, times, [3, 2, 1], [3, 2, 0]).axes
    assert [axes.get_title() for axes in disc[:3]] == ["$t = 1$", "$t = 2$", "$t = 4$"]
    assert disc[3].lines[1].get_ydata().tolist() == [3, 2, 1]
    lengths = np.array([[1.0, 3.0], [2.0, 6.0], [4.0, 8.0]])
    quench = plots.coarsening(fields, ["a", "b", "c"], times, lengths, {"law": times}).axes
    np.testing.assert_array_equal(quench[2].images[0].get_array(), fields[2])
    drawn = [line.get_ydata().tolist() for line in quench[3].lines]
    assert drawn == [[1, 2, 4], [3, 6, 8], [2, 4, 6], [1, 2, 4]]


def test_landscape_and_zero_set():
    h = np.linspace(-1, 1, 5)
    first, second = plots.landscape(h, {"one": {"a": h}, "two": {"b": h, "c": -h}}, 0.5).axes
    assert [axes.get_title("left") for axes in (first, second)] == ["one", "two"]
    assert second.lines[1].get_ydata().tolist() == (-h).tolist()
    assert second.get_ylim()[1] == 0.5
    energy = h[:, None] + h
    axes, _ = plots.zero_set(h, h, energy).axes
    np.testing.assert_array_equal(axes.collections[0].get_array().reshape(5, 5), energy)


def test_phase_diagram_marks_the_recipes():
    weights, heights = np.logspace(-1, 1, 4), np.arange(16).reshape(4, 4) / 16
    left, right, _ = plots.phase_diagram(
        weights, weights, {"one": heights, "two": 1 - heights}, {"here": (0.5, 2)}
    ).axes
    np.testing.assert_array_equal(right.collections[0].get_array().reshape(4, 4), 1 - heights)
    assert left.lines[0].get_xydata().tolist() == [[0.5, 2]]


def test_paired_shows_every_seed_and_the_interval():
    rows = {"a": ([1, 2, 3], 2, 0.5, 3.5), "b": ([0, 1, 2], 1, -0.5, 2.5)}
    (axes,) = plots.paired({"difference": rows}).axes
    (bar,) = axes.containers[1].lines[2][0].get_segments()
    assert bar[:, 0].tolist() == [-0.5, 2.5]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["a", "b"]


def test_digit_grid_names_the_mistakes():
    images = np.zeros((3, 28, 28))
    figure = plots.digit_grid(images, [1, 2, 3], [1, 7, 3], columns=2)
    assert [a.get_title() for a in figure.axes] == ["1", "7, not 2", "3", ""]


@pytest.mark.parametrize("colour", plots.COLOURS)
def test_colours_stand_out_from_the_page(colour):
    """Contrast of at least 2:1 to white, by WCAG's formula."""
    r, g, b = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (r, g, b)]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    assert 1.05 / (luminance + 0.05) > 2
