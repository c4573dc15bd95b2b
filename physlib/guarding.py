"""What the command says when something goes wrong: one line, and exit code 1."""

import errno
import os
import sys
import traceback
import warnings
from collections.abc import Callable
from functools import wraps
from typing import Any

import typer

_OUTPUT = (errno.ENOSPC, errno.EFBIG, errno.EDQUOT, errno.EPIPE, errno.EIO)


def one_line_errors(command: Callable[..., None]) -> Callable[..., None]:
    """Let an error of `command` be one line on stderr and exit code 1, and a warning one line."""

    @wraps(command)
    def guarded(*, debug: bool, **options: Any) -> None:
        try:
            with warnings.catch_warnings():
                warnings.showwarning = _one_line_warning
                try:
                    command(debug=debug, **options)
                finally:
                    _flush_stdout()
        except typer.Exit:
            raise
        except KeyboardInterrupt:
            print("physlib: interrupted", file=sys.stderr)
            raise typer.Exit(130) from None
        except Exception as error:
            if debug:
                traceback.print_exc()
            else:
                print(f"physlib: {_in_words(error)}", file=sys.stderr)
            raise typer.Exit(1) from None

    return guarded


def _in_words(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        # What is printed has no name; a file that cannot be written has (`physlib.files.naming`).
        name = error.filename or ("standard output" if error.errno in _OUTPUT else "")
        return f"{name}: {error.strerror}".removeprefix(": ")
    return " ".join(str(error).split()) or type(error).__name__


def _one_line_warning(message: Warning | str, *_: Any, **__: Any) -> None:
    print(f"physlib: {' '.join(str(message).split())}", file=sys.stderr)


def _flush_stdout() -> None:
    """Write what is buffered while an error can still be told: at exit, it would be too late."""
    try:
        sys.stdout.flush()
    except OSError:
        # What is left would fail again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise
