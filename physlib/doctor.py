"""What `physlib doctor` looks at; nothing here changes anything."""

import importlib.metadata
import os
import platform
import sys
from dataclasses import dataclass

from physlib.archives import FOLDERS, data_folders, whereabouts


@dataclass(frozen=True)
class Finding:
    """One line of the doctor's table; only `needed` ones decide the exit code."""

    name: str
    ok: bool
    found: str
    needed: bool = True


def findings() -> list[Finding]:
    """Everything that a run or a build of the book depends on."""
    return [
        Finding("Python", sys.version_info >= (3, 11), platform.python_version()),
        *_torch(),
        _torchvision(),
        *map(_dataset, FOLDERS),
        _cache(),
        _book(),
    ]


def _torch() -> list[Finding]:
    try:
        import torch
    except (ImportError, OSError) as error:
        return [Finding("torch", False, f"cannot be imported: {error}")]
    cpu = f"{os.cpu_count()} cores, torch uses {torch.get_num_threads()}"
    there = torch.cuda.is_available()
    gpu = torch.cuda.get_device_name() if there else "none that torch can use: the CPU does it all"
    return [
        Finding("torch", True, torch.__version__),
        Finding("CPU", True, cpu),
        Finding("GPU", there, gpu, needed=False),
    ]


def _torchvision() -> Finding:
    try:
        import torchvision
    except (ImportError, OSError, RuntimeError) as error:
        advice = "torch and torchvision must come from one build: install both again"
        return Finding("torchvision", False, f"{advice} ({error})")
    return Finding("torchvision", True, torchvision.__version__)


def _dataset(name: str) -> Finding:
    try:
        place = whereabouts(name)
        found = place or "no intact copy here: downloaded when first asked for"
    except (ImportError, OSError, RuntimeError) as error:
        place, found = None, f"cannot be checked: {error}"
    return Finding(f"dataset {name}", place is not None, found, needed=False)


def _cache() -> Finding:
    cache = data_folders()[-1]
    nearest = next(p for p in (cache, *cache.parents) if p.exists())
    ok = os.access(nearest, os.W_OK)
    return Finding("cache", ok, f"{cache}{'' if ok else ' cannot be written'}", needed=False)


def _book() -> Finding:
    try:
        version = importlib.metadata.version("jupyter-book")
    except importlib.metadata.PackageNotFoundError:
        return Finding("Jupyter Book", False, "missing: `make book` installs it", needed=False)
    return Finding("Jupyter Book", True, version, needed=False)
