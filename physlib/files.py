"""Writing files so that a reader never meets half of one."""

import errno
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile

# What a write may fail with; a connection, which has other numbers, may fail in the block too.
_STORAGE = (errno.ENOSPC, errno.EFBIG, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EIO)


def require_writable(name: str, path: Path) -> None:
    """Raise ValueError unless `path` can become a file: better before the work than after it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=path.parent):
            pass
    except OSError as error:
        raise ValueError(f"{name} cannot be written to {str(path)!r}: {error.strerror}") from error
    if path.is_dir():
        raise ValueError(f"{name} must be a file, got the folder {str(path)!r}")


@contextmanager
def naming(path: Path, temporary: Path) -> Iterator[None]:
    """Let an error of writing `temporary` name `path`, which it is going to be.

    A full disk comes without any name, and a temporary's says little to anybody.

    Raises:
        OSError: the one that was raised, with the name of `path`.
    """
    try:
        yield
    except OSError as error:
        ours = error.filename is None or str(error.filename).startswith(str(temporary))
        if error.errno in _STORAGE and ours:
            raise OSError(error.errno, error.strerror, str(path)) from error
        raise


@contextmanager
def atomic_path(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside `path`; rename it over `path` if the block succeeds.

    Whatever happens in the block, `path` holds either its old content or all of the new one.

    Raises:
        OSError: the temporary cannot be written; `path` is what it names.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # The suffix stays, since writers choose a format by it.
    temporary = path.with_name(f".{path.stem}.{uuid.uuid4().hex}{path.suffix}")
    try:
        with naming(path, temporary):
            yield temporary
            os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
