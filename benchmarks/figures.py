"""Figures of the generated pages: lines for the site, and the same on paper."""

from pathlib import Path

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from physlib.files import atomic_path


def save_figure(figure: Figure, path: Path) -> None:
    """Write an SVG to `path`, and a PDF beside it, since LaTeX knows no SVG.

    The letters are text, and the same numbers give the same bytes.
    """
    for suffix, date in ((".svg", "Date"), (".pdf", "CreationDate")):
        with (
            plt.rc_context({"svg.fonttype": "none", "svg.hashsalt": "physlib"}),
            atomic_path(path.with_suffix(suffix)) as temporary,
        ):
            figure.savefig(temporary, metadata={date: None})
