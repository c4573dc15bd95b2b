"""Where the site is and which pages it has: the table of contents says so before it is built."""

from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
BUILT = ROOT / "_build" / "html"
SUB_PATH = "/sub/path/"

_TOC = yaml.safe_load((ROOT / "_toc.yml").read_text())
IN_ORDER = [_TOC["root"]] + [
    chapter["file"] for part in _TOC["parts"] for chapter in part["chapters"]
]
CHAPTERS = [name for name in IN_ORDER if name.startswith("notebooks/")]
PAGES = [f"{name}.html" for name in [*IN_ORDER, "search", "genindex"]]
