"""What the PDF of the book needs: `make pdf`."""

from sphinx.application import Sphinx
from sphinx.config import Config

PREAMBLE = r"""
% Signs that the fonts of headings and of code lack.
\usepackage{newunicodechar}
\newunicodechar{✗}{{\normalfont\symbol{"2717}}}
\newunicodechar{◐}{{\normalfont\symbol{"25D0}}}
\newunicodechar{⟨}{\ensuremath{\langle}}
\newunicodechar{⟩}{\ensuremath{\rangle}}
"""


def configure(app: Sphinx, config: Config) -> None:
    """Ask for less than Jupyter Book does, and set the code so that its lines fit."""
    config.latex_use_xindy = False
    config.latex_additional_files = ["book/_latex/bbm.sty"]
    config.jblatex_load_imgconverter = False  # figures that are no PNG lie there as a PDF too
    config.latex_elements |= {
        "papersize": "a4paper",
        "fvset": r"\fvset{fontsize=\footnotesize}",
        "preamble": PREAMBLE + config.latex_elements.get("preamble", ""),
    }


def setup(app: Sphinx) -> dict[str, bool]:
    """Sphinx calls this."""
    app.connect("config-inited", configure, priority=900)  # after Jupyter Book
    return {"parallel_read_safe": True, "parallel_write_safe": True}
