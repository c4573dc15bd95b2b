"""What the pages say of their edition: its version and licences, how to cite it, where to run it.

One source for each: version and the repository's address, if it has one, are in `pyproject.toml`,
the citation is in `CITATION.cff`.
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


def buttons(url: str) -> dict[str, Any]:
    """The theme's options for launching, editing and asking; none without an address."""
    if not url:
        return {}
    return {
        "repository_url": url,
        "repository_branch": "main",
        "launch_buttons": {
            "binderhub_url": "https://mybinder.org",
            "colab_url": "https://colab.research.google.com",
            "notebook_interface": "jupyterlab",
        },
        **{f"use_{name}_button": True for name in ("repository", "issues", "edit_page")},
    }


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
    config.html_theme_options |= buttons(project.get("urls", {}).get("Repository", ""))
    config.myst_substitutions = {
        **config.myst_substitutions,
        "version": project["version"],
        "bibtex": f"```bibtex\n{bibtex(citation)}\n```",
    }


def setup(app: Sphinx) -> dict[str, bool]:
    """Sphinx calls this."""
    app.connect("config-inited", configure)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
