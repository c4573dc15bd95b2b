"""The book's one style: what breaks it is seen, and notebooks store lines where they are few."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from figure_style import faults, says_what_is_seen
from IPython.core.formatters import SVGFormatter

from physlib import plots
from physlib.plots.animations import boundaries, double_well_crossing, quench
from physlib.plots.style import STYLE, WIDTH, styled


@styled
def figure(**changes):
    _, axes = plt.subplots(figsize=(changes.pop("width", WIDTH), 3))
    line = {"color": plots.COLOURS[0]}
    axes.plot([0, 1], [2, 3], **line | changes.pop("line", {}))
    axes.set(**{"xlabel": "time $t$", "ylabel": "test accuracy (%)"} | changes)
    return axes.figure


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"width": 6.0}, "it is 6.0 inches wide"),
        ({"facecolor": "white"}, None),
        ({"xlabel": ""}, "numbers along x without a label"),
        ({"ylabel": " "}, "numbers along y without a label"),
        ({"ylabel": "test accuracy"}, "'test accuracy' has no unit"),
        ({"line": {"color": "red"}}, "#ff0000 is not of the palette"),
        ({"line": {"color": "0.4"}}, None),
        ({"xticks": [], "xlabel": ""}, None),
    ],
)
def test_what_breaks_the_style_is_seen(changes, fault):
    assert faults(figure(**changes)) == ([fault] if fault else [])


def test_letters_paper_and_maps_are_looked_at():
    shown = figure()
    shown.axes[0].set_title("tiny", fontsize=7)
    shown.axes[0].imshow(np.eye(2), cmap="jet")
    shown.set_facecolor("none")
    assert faults(shown) == [
        "its paper is not white",
        "'tiny' has 7.0 points",
        "the colour map jet",
    ]


def test_few_lines_are_stored_as_lines_and_many_points_as_a_picture():
    before = dict(plt.rcParams)
    lines = SVGFormatter()(figure())
    assert lines.startswith("<?xml")
    assert "<image" not in lines
    assert lines == SVGFormatter()(figure())  # another run leaves the notebook as it is
    assert dict(plt.rcParams) == before
    points = np.random.default_rng(0).normal(size=(20_000, 1, 2)).cumsum(axis=0)
    assert SVGFormatter()(plots.brownian_paths(points)) is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", False),
        ("figure " * 20, False),
        ("accuracy.png, a figure" + 40 * ".", False),
        ("Accuracy against the epoch.", False),
        ("Accuracy against the epoch for two networks: both rise, the first one faster.", True),
    ],
)
def test_an_alternative_text_must_say_something(text, says):
    assert says_what_is_seen(text) == says


def films():
    margins = np.linspace(-1, 1, 3 * 25).reshape(3, 5, 5)
    points = {"moons": ([[0, 0], [1, 1]], [0, 1])}
    yield boundaries(points, {"moons": {"net": margins}}, {"moons": {"net": [0.5, 0.7, 0.9]}}, 2)
    theta = np.linspace(-1, 1, 5)
    yield double_well_crossing(theta, theta**2, np.linspace(-1, 1, 6), [0, 0, 0, 0, 1, 1], 2, 0.4)
    fields = np.linspace(-1, 1, 12).reshape(3, 2, 2)
    yield quench(fields, [1, 10, 100], [3, 9, 27], [2.8, 8.9, 28])


def test_what_moves_is_in_the_style_in_every_frame():
    for film in films():
        assert film.frames == 3
        for frame in (0, 2, 1):
            film.show(frame)
            assert faults(film.figure) == []


def test_frames_show_what_they_were_given():
    plane, well, field = films()
    plane.show(1)
    assert plane.figure.get_suptitle().startswith("epoch 1;")
    assert plane.figure.axes[0].get_title() == "net: 70 %"
    well.show(1)
    top, bottom = well.figure.axes
    assert bottom.get_title() == "over the ridge so far: 0"
    assert bottom.lines[2].get_xdata().tolist() == [1, 2, 3, 4]
    assert bottom.lines[2].get_ydata() == pytest.approx([-1, -0.6, -0.2, 0.2])
    assert top.lines[3].get_xdata() == pytest.approx([0.2])
    well.show(2)
    assert bottom.get_title() == "over the ridge so far: 1"
    field.show(2)
    left, right = field.figure.axes
    assert left.get_title() == "$t$ = 100"
    assert left.images[0].get_array().tolist() == np.linspace(-1, 1, 12)[8:].reshape(2, 2).tolist()
    assert right.lines[1].get_ydata().tolist() == [3, 9, 27]
    assert STYLE["font.size"] == right.xaxis.label.get_fontsize()
