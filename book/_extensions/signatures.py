"""Arrays in signatures under their names: NumPy's `ArrayLike` is a union that fills a screen."""

from typing import Any

from numpy.typing import ArrayLike
from sphinx.application import Sphinx
from sphinx.util.typing import stringify_annotation

from physlib.theory import Array

NAMES = {
    stringify_annotation(alias, "smart"): name
    for alias, name in ((ArrayLike, "ArrayLike"), (Array, "Array"))
}


def name_arrays(
    app: Sphinx, what: str, name: str, shown: Any, options: Any, signature: str, returns: str
) -> tuple[str, str]:
    """The signature and what is returned, with the short names."""
    for long, short in NAMES.items():
        signature = (signature or "").replace(long, short)
        returns = (returns or "").replace(long, short)
    return signature, returns


def setup(app: Sphinx) -> dict[str, bool]:
    """Sphinx calls this."""
    app.connect("autodoc-process-signature", name_arrays)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
