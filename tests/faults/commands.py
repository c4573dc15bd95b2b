"""The `physlib` command and the library, in this process or in one that may die."""

import multiprocessing
import re
import resource
import signal
from contextlib import contextmanager
from pathlib import Path

from typer.testing import CliRunner

from physlib.cli import app

# Children come from a server that has the library loaded: fresh starts would take minutes.
CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["physlib.reproduce", "pytest", "hypothesis", "torchvision"])


def command(*arguments):
    return CliRunner().invoke(app, [str(a) for a in arguments])


def refused(*arguments):
    """The one line that the command ends with; its traceback comes with --debug alone."""
    result = command(*arguments)
    assert (result.exit_code, result.stdout) == (1, "")
    # a bar of torchvision's download may stand above it
    [line] = [part for part in result.stderr.splitlines(True) if "%|" not in part and part.strip()]
    assert line.startswith("physlib: ")
    assert line.endswith("\n")
    assert "Traceback (most recent call last)" in command(*arguments, "--debug").stderr
    return line


def after_death(target, *arguments):
    """Run `target` in a child that dies; how it does, as a shell says it."""
    child = CONTEXT.Process(target=target, args=arguments)
    child.start()
    child.join(300)
    return death(child.exitcode)


def death(exitcode):
    assert exitcode < 0, "the child was to die of a signal"
    return f"{signal.strsignal(-exitcode)} (exit code {128 - exitcode})"


@contextmanager
def largest_file(size):
    """No file may become larger, as on a disk without room: writing fails with EFBIG.

    The signal SIGXFSZ, which would come first, is one that Python ignores.
    """
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def limit_memory(mebibytes):
    """Let this process have so much more memory than it has, and no more."""
    has = re.search(r"VmSize:\s+(\d+) kB", Path("/proc/self/status").read_text())[1]
    limit = int(has) * 2**10 + mebibytes * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (limit, resource.getrlimit(resource.RLIMIT_AS)[1]))


def contents(folder):
    """The bytes of every file under `folder` but temporaries, by name."""
    files = (p for p in folder.rglob("*") if p.is_file())
    named = {str(p.relative_to(folder)): p.read_bytes() for p in files}
    return {name: c for name, c in named.items() if not f"/{name}".count("/.")}
