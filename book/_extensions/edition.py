"""What the pages say of the edition that they are: version, licences, how to cite it.

One source for each: the version is `pyproject.toml`'s, the citation `CITATION.cff`'s.
"""

import tomllib
from pathlib import Path
from typing import Any

import yaml
from sphinx.application import Sphinx
from sphinx.config import Config

FOOTER = (
    "Version {version}. Text and figures: "
    '<a href="https://creativecommons.org/licenses/by/4.0/">CC BY 4.0</a>; code: '
    '<a href="https://opensource.org/license/mit">MIT</a>.'
)


def bibtex(citation: dict[str, Any]) -> str:
    """The entry of a bibliography for this book, from what `CITATION.cff` holds."""
    year, month, _ = str(citation["date-released"]).split("-")
    fields = {
        "author": " and ".join(f"{{{author['name']}}}" for author in citation["authors"]),
        "title": f"{{{citation['title']}}}",
        "year": year,
        "month": month,
        "version": citation["version"],
    }
    if "repository-code" in citation:
        fields["url"] = citation["repository-code"]
    lines = [f"  {key} = {{{value}}}," for key, value in fields.items()]
    return "\n".join([f"@software{{physlib{year},", *lines, "}"])


def configure(app: Sphinx, config: Config) -> None:
    """Fill in what `_config.yml` leaves to the files that know it."""
    root = Path(app.confdir)
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    citation = yaml.safe_load((root / "CITATION.cff").read_text())
    config.version = config.release = project["version"]
    config.html_theme_options["extra_footer"] = FOOTER.format(version=project["version"])
    config.myst_substitutions = {
        **config.myst_substitutions,
        "version": project["version"],
        "bibtex": f"```bibtex\n{bibtex(citation)}\n```",
    }


def setup(app: Sphinx) -> dict[str, bool]:
    """Sphinx calls this."""
    app.connect("config-inited", configure)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
