"""What a figure to play with consists of; the site's scripts move it (book/_static/explorables)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import matplotlib.figure
from bokeh.plotting import figure


@dataclass(frozen=True)
class Control:
    """A slider over a list of values, so that it stops at those that the book names."""

    name: str  # for the scripts
    symbol: str
    meaning: str
    values: tuple[float, ...]
    start: float

    def __post_init__(self) -> None:
        if self.start not in self.values:
            raise ValueError(f"start must be one of {self.values}, got {self.start:g}")


@dataclass(frozen=True)
class Explorable:
    """Live figures with their controls, and a still for those who read without scripts."""

    controls: tuple[Control, ...]
    draw: Callable[[], Mapping[str, figure]]  # live figures by name, empty: the scripts fill them
    labels: Mapping[str, str]  # of the live figures, for screen readers
    still: Callable[[], matplotlib.figure.Figure]
    alt: str  # what the still shows
    switches: Mapping[str, str] = field(default_factory=dict)  # name and label, on at first
    buttons: Mapping[str, str] = field(default_factory=dict)


def plain(*, height: int, **options: Any) -> figure:
    """A figure as wide as the page lets it, which a finger scrolls past rather than pans.

    Without a paper of its own: the site's scripts give its lines and letters the page's colour.
    """
    drawn = figure(
        height=height,
        sizing_mode="stretch_width",
        toolbar_location=None,
        tools="",
        min_border_left=64,  # figures that lie above each other share their axis
        **options,
    )
    drawn.background_fill_color = drawn.border_fill_color = drawn.outline_line_color = None
    drawn.grid.grid_line_alpha = 0.15
    for axis in drawn.axis:
        axis.axis_label_text_font_style = "normal"
    return drawn


def clear(drawn: figure) -> None:
    """The legend at the top, small and without a box."""
    for legend in drawn.legend:
        legend.location = "top_center"
        legend.background_fill_color = legend.border_line_color = None
        legend.label_text_font_size = "12px"
        legend.spacing = legend.margin = 2
