"""Figures are looked at by people; here, that they show what they were given."""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest

from physlib import plots, theory

pytestmark = pytest.mark.usefixtures("drawn_in_the_style")


def test_every_kind_of_figure_is_looked_at():
    text = "".join(path.read_text() for path in Path(__file__).parent.rglob("test_*figures.py"))
    text += Path(__file__).read_text()
    kinds = [name for name in plots.__all__ if name.islower() and name != "styled"]
    assert len(kinds) > 40
    assert [name for name in kinds if f"plots.{name}(" not in text] == []


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


def line_data(axes):
    return [list(line.get_ydata()) for line in axes.lines]


def test_brownian_paths_end_in_a_dot():
    (axes,) = plots.brownian_paths(np.arange(12.0).reshape(3, 2, 2)).axes
    assert [line.get_xdata().tolist() for line in axes.lines[:2]] == [[0.0, 4.0, 8.0], [8.0]]


def test_points_have_95_percent_bars():
    points = ([1, 2], [3.0, 4.0], [0.1, 0.2])
    for figure in (
        plots.displacement(points, [1, 2], [3, 4], [5, 6]),
        plots.escapes(points, [1, 2], [3, 4]),
        plots.heating([1, 2], points, [3, 4], cold=1.0),
        plots.annealing([0, 1], [2, 3], {"slow": points}, "title"),
    ):
        (bars,) = figure.axes[-1].containers
        (_, _, (segments,)) = bars
        lengths = [float(np.ptp(s[:, 1])) for s in segments.get_segments()]
        assert lengths == pytest.approx([2 * 1.96 * 0.1, 2 * 1.96 * 0.2])


def test_scheme_temperatures_keep_a_colour_for_a_scheme():
    points = ([0.1], [1.0], [0.01])
    curves = {"a": ([1, 1], points), "b": ([2, 2], points), "c": ([3, 3], None)}
    top, bottom = plots.scheme_temperatures([0.1, 1], curves, {"b": curves["b"]}).axes
    colour = {
        line.get_label(): line.get_color() for line in top.lines if line.get_label() in curves
    }
    assert bottom.lines[0].get_color() == colour["b"]
    assert line_data(bottom)[0] == [2, 2]


def test_double_well_shows_potential_and_density():
    theta = np.linspace(-1, 1, 5)
    top, bottom = plots.double_well(theta, theta**2, np.zeros(9), np.ones(5)).axes
    assert line_data(top) == [(theta**2).tolist()]
    assert line_data(bottom) == [[1] * 5]


def test_against_temperature_names_zero_and_powers():
    panel = ([1.0, 2.0], [0.5, 1.0], [1.5, 4.0])
    (axes,) = plots.against_temperature([0.0, 1e-3], {"accuracy (%)": panel}).axes
    assert [t.get_text() for t in axes.get_xticklabels()] == ["0", "$10^{-3}$"]
    (_, _, (segments,)) = axes.containers[0]
    assert [s[:, 1].tolist() for s in segments.get_segments()] == [[0.5, 1.5], [1.0, 4.0]]


def drawn(axes):
    return [line.get_ydata().tolist() for line in axes.lines if len(line.get_ydata()) > 2]


def test_boosts_show_both_rows_and_the_gain():
    rapidity = np.array([-1.0, 0.0, 1.0])
    orbit = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    plane, height = plots.boosts({"one": orbit}, rapidity).axes
    assert drawn(plane) == drawn(height) == [[1, 3, 5]]
    assert [line.get_xdata().tolist() for line in plane.lines[2:]] == [[2, 4, 6], [4]]
    assert [line.get_ydata().tolist() for line in height.lines] == [[1, 3, 5], [3]]


def test_layer_cost_and_scalar_gradients():
    counted, measured = {"a": (2e6, 3e6), "b": (4e6, 5e6)}, {"a": (2e6, 4e6), "b": (5e6, 6e6)}
    for axes, bars, dots in zip(
        plots.layer_cost(counted, measured).axes,
        ([2e6, 4e6], [3e6, 5e6]),
        ([2e6, 5e6], [4e6, 6e6]),
        strict=True,
    ):
        assert [bar.get_width() for bar in axes.patches] == bars
        assert axes.lines[0].get_xdata().tolist() == dots
    hand, run = np.arange(8.0).reshape(4, 2), np.arange(6.0).reshape(3, 2)
    beta, t = plots.scalar_gradients(np.arange(4), hand, np.arange(3), run).axes
    assert drawn(beta) == [[0, 2, 4, 6], [0, 2, 4]]
    assert drawn(t) == [[1, 3, 5, 7], [1, 3, 5]]


def test_gain_range_stops_at_the_overflow():
    names = "abcd"
    gains = {name: np.array([10.0, 1e300, np.inf]) for name in names}
    (axes,) = plots.gain_range([1, 2, 3], gains, dict.fromkeys(names, 2.5)).axes
    assert all(np.isnan(curve[2]) and curve[:2] == [1, 300] for curve in drawn(axes))
    assert [line.get_xdata()[0] for line in axes.lines if len(line.get_xdata()) == 2] == [2.5] * 4


def test_gate_values_and_seed_intervals():
    (axes,) = plots.gate_values({"a": np.linspace(0, 1, 50), "b": np.linspace(0, 2, 50)}).axes
    assert len(axes.patches) == 2
    figure = plots.seed_intervals(
        {"a": [1.0, 2.0], "b": [3.0, 5.0]}, {"a": (1.5, 0.0, 3.0), "b": (4.0, 2.0, 6.0)}, "points"
    )
    (axes,) = figure.axes
    assert [text.get_text() for text in axes.get_yticklabels()] == ["a", "b"]
    shown = [bar[0].get_xdata().tolist() for bar in axes.containers]
    assert shown == [[1.5], [4.0]]
    ends = [bar[2][0].get_segments()[0][:, 0].tolist() for bar in axes.containers]
    assert ends == [[0, 3], [2, 6]]


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


def test_coherence_figures_show_fields_curves_and_points():
    one, two, blank, off = plots.ring_fields(
        {"a": [1.0, 2.0], "b": [0.0, 1.0], "c": [1.0, 0.0]}
    ).axes
    assert [one.get_title(), two.get_title(), blank.get_title()] == ["a", "b", "c"]
    assert one.lines[1].get_ydata().tolist() == [1, 2]
    assert not off.axison
    curves = {"first": ([0, 1], [2, 3]), "second": ([0, 1], [4, 5])}
    left, right = plots.points_on_curves(
        [("x", "y", curves), ("x2", "y2", curves)], {1: ([0], [2.5], [0.1])}, {"claimed": 0.9}
    ).axes
    assert line_data(left) == [[0.9, 0.9], [2, 3], [4, 5]]
    (_, _, (segments,)) = right.containers[0]
    assert np.ptp(segments.get_segments()[0][:, 1]) == pytest.approx(2 * 1.96 * 0.1)
    assert (right.get_xlabel(), right.get_ylabel()) == ("x2", "y2")


def test_image_rows_have_their_scales():
    images = np.stack([np.full((2, 2), 3.0), np.full((2, 2), -1.0)])
    axes = plots.image_rows({"a": images, "b": images / 3}, ["left", "right"], signed=True).axes
    assert [a.get_title() for a in axes] == ["left", "right", "", ""]
    assert [a.images[0].get_clim() for a in axes] == [(-3, 3), (-3, 3), (-1, 1), (-1, 1)]
    assert [a.get_ylabel() for a in axes] == ["a", "", "b", ""]
    plain = plots.image_rows({"a": images}).axes
    assert plain[1].images[0].get_clim() == (0, 1)


def test_scores_by_method_say_where_there_is_no_mean():
    values = {"one": {"a": [1.0, 3.0], "b": [1.0, np.nan]}, "two": {"a": [5.0, 7.0]}}
    ends = {"one": {"a": (2, 1, 4), "b": (np.nan,) * 3}, "two": {"a": (6, 5, 7)}}
    first, second = plots.scores_by_method(values, ends, {"two": {"level": 6.5}}, "score").axes
    (bar,) = first.containers
    assert bar[2][0].get_segments()[0][:, 0].tolist() == [1, 4]
    assert [t.get_text() for t in first.texts] == ["no mean: a run diverged"]
    assert [t.get_text() for t in second.texts] == ["level"]
    assert [t.get_text() for t in first.get_yticklabels()] == ["a", "b"]
    assert second.get_xlabel() == "score"


def test_accuracy_against_damage_keeps_bars_where_they_belong():
    curve = ([90, 50], [88, 40], [91, 70])
    (axes,) = plots.accuracy_against_damage({"noise": ([0, 1], {"net": curve})}).axes
    (bars,) = axes.containers
    assert [s[:, 1].tolist() for s in bars[2][0].get_segments()] == [[88, 91], [40, 70]]
    assert bars[0].get_ydata().tolist() == [90, 50]
    assert axes.get_xlabel() == "noise"


def test_pushes_show_the_balls_and_the_ends():
    axis = np.linspace(-1, 1, 5)
    ends = {"corner": (0.5, 0.5), "arrow": (0.3, 0.4)}
    (axes,) = plots.pushes(
        axis, np.outer(axis, axis), [[0, 0]], [[1, 2]], (0.0, 0.0), 0.5, ends
    ).axes
    circle, square, start, *marks = axes.lines
    np.testing.assert_allclose(np.hypot(*circle.get_data()), 0.5)
    assert np.abs(square.get_data()).tolist() == [[0.5] * 5] * 2
    assert [float(x) for x in np.ravel(start.get_data())] == [0, 0]
    assert [tuple(map(float, np.ravel(m.get_data()))) for m in marks] == list(ends.values())
    (arrows,) = (c for c in axes.collections if hasattr(c, "U"))
    assert (arrows.X.item(), arrows.Y.item(), arrows.U.item(), arrows.V.item()) == (0, 0, 1, 2)


def test_accuracy_under_attack_has_a_panel_a_network_and_a_band_a_curve():
    band = ([0, 1], [90.0, 20.0], [80.0, 10.0], [95.0, 30.0])
    figure = plots.accuracy_under_attack({"one": {"a": band, "b": band}, "two": {"a": band}}, "ε")
    one, two = figure.axes
    assert line_data(one)[1:] == [[90, 20]] * 2
    assert line_data(one)[0] == [10, 10]  # chance
    assert len(one.collections) == 2
    assert two.get_title(loc="left") == "two"
    assert two.get_xlabel() == "ε"
    low = one.collections[0].get_paths()[0].vertices[:, 1]
    assert (low.min(), low.max()) == (10, 95)


def test_gain_in_phase_shows_points_on_a_curve():
    (axes,) = plots.gain_in_phase([4, 16], [1.6, 3.2], [0.1, 0.1], ([1, 2], [0.8, 1.1])).axes
    curve, points = axes.lines[0], axes.containers[0].lines[0]
    assert list(curve.get_ydata()) == [0.8, 1.1]
    assert list(points.get_ydata()) == [1.6, 3.2]
    assert list(points.get_xdata()) == [4, 16]
    bars = axes.containers[0].lines[2][0].get_segments()
    np.testing.assert_allclose([np.ptp(bar[:, 1]) for bar in bars], 2 * 1.96 * 0.1)
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")


def test_phase_diagram_marks_the_recipes():
    weights, heights = np.logspace(-1, 1, 4), np.arange(16).reshape(4, 4) / 16
    left, right, _ = plots.phase_diagram(
        weights, weights, {"one": heights, "two": 1 - heights}, {"here": (0.5, 2)}
    ).axes
    np.testing.assert_array_equal(right.collections[0].get_array().reshape(4, 4), 1 - heights)
    assert left.lines[0].get_xydata().tolist() == [[0.5, 2]]


def bars(container):
    """The ends of an errorbar's bars, and its middles."""
    line, _, (segments,) = container
    return [s.tolist() for s in segments.get_segments()], line.get_xydata().tolist()


def test_cube_shows_only_the_cells_that_were_measured():
    heights = np.arange(8.0).reshape(2, 2, 2)
    star = [(1, 1, 1), (0, 1, 1), (1, 0, 1), (1, 1, 0)]
    some, whole = plots.cube(heights, "abc", {"some": star, "all": list(np.ndindex(2, 2, 2))}).axes
    texts = [t.get_text() for t in some.texts]
    assert sorted(texts[:8]) == sorted(["7.0", "3.0", "5.0", "6.0", *"????"])
    assert texts[8:] == ["a →", "b →", "c →"]
    assert [line.get_color() for line in whole.lines] == ["black"] * 12
    assert [line.get_color() for line in some.lines].count("black") == 3
    # s = +1 of the first factor, index 0, is to the right of index 1
    assert whole.collections[0].get_offsets()[0, 0] > whole.collections[4].get_offsets()[0, 0]


def test_recovered_shows_what_was_planted_and_found():
    figure = plots.recovered({"a": 1.0, "b": 2.0}, {"one": {"b": (2.1, 2.0, 2.3)}})
    (axes,) = figure.axes
    assert next(list(line.get_xdata()) for line in axes.lines if line.get_marker() == "|") == [1, 2]
    ends, middles = bars(axes.containers[0])
    assert (ends, middles) == ([[[2.0, 1], [2.3, 1]]], [[2.1, 1]])


def test_rate_searches_ring_the_best_and_cross_the_lost():
    curves = {"one": [50.0, 5.0, np.nan], "two": [40.0, 6.0, 7.0]}
    best = {"here": {"one": 0.1, "two": 0.1}}
    axes = plots.rate_searches([0.01, 0.1, 1.0], {"here": curves}, best).axes[0]
    rings = [line.get_xydata().tolist() for line in axes.lines if line.get_marker() == "o"]
    assert rings == [[[0.1, 5]], [[0.1, 6]]]
    lost = [line.get_xdata().tolist() for line in axes.lines if line.get_marker() == "x"]
    assert lost == [[1.0], []]


def test_cell_scores_counts_the_diverged():
    seeds = {"a": [90.0, np.nan, 91.0], "b": [80.0, 81.0, 82.0]}
    none, b = (np.nan,) * 3, (81.0, 80.0, 82.0)
    (axes,) = plots.cell_scores(seeds, {"a": none, "b": b}, "accuracy (%)").axes
    assert [t.get_text() for t in axes.texts] == ["1 of 3 diverged"]
    assert axes.lines[0].get_xdata().tolist()[::2] == [90, 91]
    assert [t.get_text() for t in axes.get_yticklabels()] == ["a", "b"]
    assert bars(axes.containers[0])[0][-1] == [[80, 1.1], [82, 1.1]]


def test_forest_shows_every_kind_of_interval_in_its_panel():
    kinds = {"Student": [(1.0, 0.5, 1.5), (0.1, -0.1, 0.3)], "other": [(1.0, 0, 2), (0, -1, 1)]}
    panels = {
        "all": ([[1.0, 1.1], [0.1]], kinds),
        "some": ([[2.0], [0.3]], {"Student": [(2, 1, 3)] * 2}),
    }
    every, some = plots.forest("ab", panels, "points").axes
    ends = [[[x[0] for x in s] for s in bars(c)[0]] for c in every.containers]
    assert ends == [[[0.5, 1.5], [-0.1, 0.3]], [[0, 2], [-1, 1]]]
    assert [[x[0] for x in s] for s in bars(some.containers[0])[0]] == [[1, 3], [1, 3]]
    assert [line.get_xdata().tolist() for line in every.lines if line.get_marker() == "."] == [
        [1.0, 1.1],
        [0.1],
    ]
    assert [text.get_text() for text in every.figure.legends[0].get_texts()] == ["Student", "other"]


def test_interactions_have_a_line_for_each_level():
    lines = {"up": [(1, 0, 2), (3, 2, 4)], "down": [(5, 4, 6), (7, 6, 8)]}
    (axes,) = plots.interactions({"pair": (("left", "right"), lines)}, "accuracy (%)").axes
    assert [[y for _, y in bars(c)[1]] for c in axes.containers] == [[1, 3], [5, 7]]
    assert [t.get_text() for t in axes.get_xticklabels()] == ["left", "right"]
    assert [t.get_text() for t in axes.get_legend().get_texts()] == ["up", "down"]


def test_gains_against_temperature_say_what_diverged():
    ranges = [(1.0, 0.5, 2.0), (np.nan,) * 3]
    (axes,) = plots.gains_against_temperature([1e-7, 1e-2], {"points": (ranges, 0.1)}).axes
    assert bars(axes.containers[0])[0][0] == [[1e-7, 0.5], [1e-7, 2.0]]
    assert [t.get_text() for t in axes.texts] == ["diverged"]
    assert axes.texts[0].get_position()[0] == 1e-2


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


BAND = ([1.0, 2.0, 4.0], [0.5, 1.0, 3.0], [2.0, 3.0, 5.0])


def test_learning_curves_show_means_bands_and_levels():
    (axes,) = plots.learning_curves({"a": BAND}, "accuracy (%)", {"there": 3.0}).axes
    assert [list(line.get_ydata()) for line in axes.lines] == [BAND[0], [3.0, 3.0]]
    (path,) = axes.collections[0].get_paths()
    assert (path.vertices[:, 1].min(), path.vertices[:, 1].max()) == (0.5, 5.0)
    assert axes.texts[0].get_text() == "there"


def test_search_trials_mark_the_best_and_leave_out_what_diverged():
    (axes,) = plots.search_trials({"a": [1.0, np.nan, 3.0], "b": [2.0]}, "accuracy (%)").axes
    squares = [line.get_xdata().tolist() for line in axes.lines if line.get_marker() == "s"]
    assert squares == [[3.0], [2.0]]
    assert [t.get_text() for t in axes.get_yticklabels()] == ["a", "b"]


def test_step_costs_stack_up():
    (axes,) = plots.step_costs({"ms": {"net": {"one": 1.0, "two": 2.0}}}).axes
    assert [(bar.get_x(), bar.get_width()) for bar in axes.patches] == [(0, 1), (1, 2)]
    assert axes.get_xlabel() == "ms"


def test_thermometer_and_coverage_show_points_on_lines():
    for figure in (
        plots.norm_thermometer([1, 2, 3], {"a": BAND}, {"a": [7.0, 8.0, 9.0]}),
        plots.coverage([5, 10, 20], {"a": BAND}, {"a": [7.0, 8.0, 9.0]}),
    ):
        (axes,) = figure.axes
        drawn = [list(line.get_ydata()) for line in axes.lines]
        assert [7, 8, 9] in drawn
        assert BAND[0] in drawn
        (container,) = axes.containers
        bars = [segment[:, 1].tolist() for segment in container[2][0].get_segments()]
        assert bars == [[0.5, 2.0], [1.0, 3.0], [3.0, 5.0]]


def test_published_curves_stop_with_ours_and_cross_what_diverged():
    theirs = [1.0, 2.0, np.nan, 4.0]
    ours = [([5.0, 6.0, 7.0], False), ([8.0, 9.0], True)]
    one, two = plots.published_curves(
        {"one": {"test": (theirs, ours)}, "two": {"test": (theirs, [])}}, "accuracy (%)", 0.3
    ).axes
    assert line_data(one)[:4] == [[1, 2], [5, 6, 7], [8, 9], [9]]  # the third epoch is hidden
    assert one.lines[3].get_marker() == "x"
    assert one.lines[3].get_xdata().tolist() == [2]
    assert line_data(two) == [[1, 2, 4]]
    assert two.lines[0].get_xdata().tolist() == [1, 2, 4]
    (band,) = two.collections[0].get_paths()
    assert band.vertices[:, 1].max() == pytest.approx(4.3)


def test_reading_distances_ring_the_smallest():
    distances = {"one": [2.0, 1.0, np.nan], "two": [0.5, 3.0, 4.0]}
    (axes,) = plots.reading_distances(["a", "b", "c"], distances, "points", 0.7).axes
    rings = [line for line in axes.lines if line.get_markersize() == 12]
    assert [(r.get_xdata()[0], r.get_ydata()[0]) for r in rings] == [(1, 1), (0.5, 0)]
    crosses = [line for line in axes.lines if line.get_marker() == "x"]
    assert [list(c.get_ydata()) for c in crosses] == [[2], []]
    assert [text.get_text() for text in axes.get_yticklabels()] == ["a", "b", "c"]


def test_walks_collapses_and_wells():
    points = ([1, 2], [3.0, 4.0], [0.1, 0.2])
    (axes,) = plots.walks([1, 2], {"kept": ([5.0, 6.0], points)}, {"size": 0.5}).axes
    assert line_data(axes)[0] == [5, 6]
    assert list(axes.lines[-1].get_ydata()) == [0.5, 0.5]
    (axes,) = plots.collapses([0.0, 0.5], {"one": [0.0, 1.0]}).axes
    assert line_data(axes) == [[0, 50], [0, 100]]
    panels = plots.kept_and_forgotten({"a": np.ones((3, 2)), "b": np.zeros((3, 1))}).axes
    assert [len(axes.lines) - 1 for axes in panels] == [2, 1]
    assert [axes.get_title() for axes in panels] == ["a", "b"]


def test_epoch_times_put_the_fastest_on_top_and_label_it():
    loops = {"slow": (9.0, 8.0, 10.0), "fast": (1.0, 0.5, 2.0), "once": (3.0, 0.0, np.inf)}
    labels = {9.0: "9 s", 1.0: "1 s", 3.0: "3 s"}
    (axes,) = plots.epoch_times({"CPU": loops}, labels).axes
    assert [text.get_text() for text in axes.get_yticklabels()] == ["fast", "once", "slow"]
    assert [text.get_text() for text in axes.texts] == ["1 s", "3 s", "9 s"]
    assert axes.get_xscale() == "log"
    ends = [c[2][0].get_segments()[0][:, 0].tolist() for c in axes.containers if c[2]]
    assert ends == [[0.5, 2.0], [8.0, 10.0]]


def test_sweep_times_have_their_floors():
    curve = {1: 3600.0, 10: 400.0, 100: 120.0}
    floors = {"the longest run": 100.0, "the scheduler": 60.0}
    (axes,) = plots.sweep_times(curve, curve, {1: 3600.0, 100: 36.0}, floors).axes
    assert [line.get_ydata()[0] for line in axes.lines] == pytest.approx(
        [1, 1, 1, 100 / 3600, 60 / 3600]
    )
    assert [text.get_text() for text in axes.texts] == list(floors)
