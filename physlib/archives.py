"""Finding, checking and downloading the files of datasets."""

import gzip
import hashlib
import os
import socket
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path

from physlib.files import atomic_path

FOLDERS = {"mnist": "MNIST", "fashion-mnist": "FashionMNIST", "kmnist": "KMNIST"}
STEMS = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)

# torchvision lists the MD5 sums of the compressed files; these are of MNIST's, unpacked.
_UNPACKED_MD5 = {
    ("mnist", "train-images-idx3-ubyte"): "6bbc9ace898e44ae57da46a324031adb",
    ("mnist", "train-labels-idx1-ubyte"): "a25bea736e30d166cdddb491f175f624",
    ("mnist", "t10k-images-idx3-ubyte"): "2646ac647ad5339dbf082846283269ea",
    ("mnist", "t10k-labels-idx1-ubyte"): "27ae3e4e09519cfbb04c329615203637",
}


class DatasetUnavailableError(RuntimeError):
    """No intact copy of a dataset was found, and none could be downloaded."""


def data_folders() -> list[Path]:
    """Where datasets are looked for, in order; the last one, the cache, takes downloads."""
    given = os.environ.get("PHYSLIB_DATA")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "physlib"
    return [*([Path(given).expanduser()] if given else []), cache]


def whereabouts(name: str) -> str | None:
    """The folders that hold intact copies of the files of `name`, or None if one is missing."""
    folders = set()
    for stem in STEMS:
        intact = next(
            (path for path, md5 in _candidates(name, stem) if _md5(_content(path) or b"") == md5),
            None,
        )
        if intact is None:
            return None
        folders.add(str(intact.parent))
    return ", ".join(sorted(folders))


def checksums(name: str) -> dict[str, str]:
    """The MD5 sums that the files of `name` are checked against; none for a built-in dataset."""
    if name not in FOLDERS:
        return {}
    return {
        stem: _UNPACKED_MD5.get((name, stem)) or _torchvision(name)[1][f"{stem}.gz"]
        for stem in STEMS
    }


def _candidates(name: str, stem: str) -> Iterator[tuple[Path, str]]:
    """The files that would do, best first, each with its MD5 sum; they may not exist."""
    for folder in data_folders():
        raw = folder / FOLDERS[name] / "raw"
        if (name, stem) in _UNPACKED_MD5:
            yield raw / stem, _UNPACKED_MD5[name, stem]
        if (packed := raw / f"{stem}.gz").exists():
            yield packed, _torchvision(name)[1][packed.name]


def read_verified(name: str, stem: str) -> bytes:
    """The verified, unpacked content of one file, downloaded if need be."""
    for path, md5 in _candidates(name, stem):
        content = _verified(path, md5)
        if content is not None:
            return gzip.decompress(content) if path.suffix == ".gz" else content
    return gzip.decompress(_download(name, f"{stem}.gz"))


def _verified(path: Path, md5: str) -> bytes | None:
    """The bytes of `path` if it is there and whole; a damaged file is set aside, with a warning."""
    content = _content(path)
    if content is None or _md5(content) == md5:
        return content
    aside = path.with_name(f"{path.name}.corrupt")
    try:
        if path.read_bytes() == content:  # and not repaired by another process meanwhile
            os.replace(path, aside)
        outcome = f"kept as {aside.name}"
    except FileNotFoundError:
        outcome = "another process has taken it away"
    except OSError:
        outcome = "left in place, since its folder cannot be written"
    warnings.warn(f"{path} is damaged (its MD5 sum is wrong): {outcome}", stacklevel=2)
    return None


def _content(path: Path) -> bytes | None:
    """The bytes of `path`, or None; a file that is there but cannot be read gives a warning."""
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        warnings.warn(f"{path} cannot be read ({error.strerror}): passed over", stacklevel=2)
        return None


def _md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def _torchvision(name: str) -> tuple[list[str], dict[str, str]]:
    """torchvision's mirrors and MD5 sums, imported only where needed: it takes a second."""
    from torchvision import datasets

    source = getattr(datasets, FOLDERS[name])
    return source.mirrors, dict(source.resources)


def _download(name: str, filename: str) -> bytes:
    from torchvision.datasets.utils import download_url

    mirrors, sums = _torchvision(name)
    target = data_folders()[-1] / FOLDERS[name] / "raw" / filename
    reasons = []
    for mirror in mirrors:
        try:
            with atomic_path(target) as temporary, _timeout(seconds=30):
                download_url(mirror + filename, temporary.parent, temporary.name, sums[filename])
            return target.read_bytes()
        except (OSError, RuntimeError, HTTPException) as error:
            if isinstance(error, OSError) and error.errno and error.filename:  # no mirror's fault
                raise DatasetUnavailableError(
                    f"{filename} of {name} cannot be kept: {error.filename}: {error.strerror}. "
                    "Make room for it, or let XDG_CACHE_HOME name another folder."
                ) from error
            reasons.append(f"{mirror}: {error}")
    raise DatasetUnavailableError(
        f"{filename} of {name} is in none of {', '.join(map(str, data_folders()))}, and could not "
        f"be downloaded ({'; '.join(reasons)}). Connect to the network, or set PHYSLIB_DATA to "
        f"a folder that holds {FOLDERS[name]}/raw/{filename}, or use the dataset 'digits'."
    )


@contextmanager
def _timeout(seconds: float) -> Iterator[None]:
    """A default for sockets, since torchvision gives its own none and a dead network hangs."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(seconds)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)
