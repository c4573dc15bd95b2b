"""Where a result comes from: versions, machine, commit. No host names, no paths."""

import hashlib
import importlib.metadata
import os
import platform
import subprocess
from functools import lru_cache
from pathlib import Path
from typing import Any

import torch

from physlib import __version__
from physlib.archives import checksums

PACKAGES = ("torch", "torchvision", "numpy", "scipy", "scikit-learn", "pandas")


def provenance(dataset: str | None, device: str) -> dict[str, Any]:
    """Versions, machine, commit and dataset sums as plain values, as this process sees them."""
    return {
        "versions": versions(),
        "device": device if device == "cpu" else torch.cuda.get_device_name(device),
        "machine": {
            "system": platform.system(),
            "architecture": platform.machine(),
            "instructions": torch.backends.cpu.get_cpu_capability(),
            "cores": os.cpu_count(),
            "threads": torch.get_num_threads(),
        },
        "commit": dict(_commit()),
        "dataset_md5": checksums(dataset) if dataset else {},
    }


def versions() -> dict[str, str]:
    """Of the library, of Python, and of every package that results depend on."""
    return {
        "physlib": __version__,
        "python": platform.python_version(),
        **{name: importlib.metadata.version(name) for name in PACKAGES},
    }


def source_digest() -> str:
    """A sum of the library's own source, whatever its folder: versions of a checkout say little."""
    folder, digest = Path(__file__).parent, hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


@lru_cache(maxsize=1)
def _commit() -> dict[str, Any]:
    """The commit of the library's source tree; both None outside a checkout."""
    source = Path(__file__).parent
    git = ["git", "-C", str(source)]
    try:
        # The library must be tracked: an installed copy may lie inside somebody else's checkout.
        subprocess.run([*git, "ls-files", "--error-unmatch", __file__], **_QUIET)
        head = subprocess.run([*git, "rev-parse", "HEAD"], **_QUIET).stdout.strip()
        changed = subprocess.run([*git, "status", "--porcelain", "--", "."], **_QUIET).stdout
    except (OSError, subprocess.CalledProcessError):
        return {"id": None, "dirty": None}
    return {"id": head, "dirty": bool(changed.strip())}


_QUIET: dict[str, Any] = {"check": True, "capture_output": True, "text": True}
