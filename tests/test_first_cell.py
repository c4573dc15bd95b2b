"""The first cell of every chapter: on Colab it installs the library, elsewhere it does nothing."""

import shutil
import subprocess
import sys
import tomllib
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tools"))
import stamp  # noqa: E402

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
VERSION = PROJECT["version"]


def git(*arguments, cwd):
    identity = ("-c", "user.name=somebody", "-c", "user.email=somebody@example.org")
    subprocess.run(["git", *identity, *arguments], cwd=cwd, check=True, capture_output=True)


@pytest.fixture(scope="module")
def remote(tmp_path_factory):
    """A repository with the library, one record, and a tag of this version."""
    root = tmp_path_factory.mktemp("remote")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, root / name)
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "physlib", root / "physlib", ignore=ignore)
    shutil.copytree(
        ROOT / "results/full/headline-mlp-tuned", root / "results/full/headline-mlp-tuned"
    )
    git("init", "-q", "-b", "main", cwd=root)
    git("add", "-A", cwd=root)
    git("commit", "-q", "-m", "The book", cwd=root)
    git("tag", f"v{VERSION}", cwd=root)
    return root.as_uri()


@pytest.fixture(scope="module")
def python(tmp_path_factory):
    """The interpreter of a fresh environment that has this one's packages, but not the library."""
    folder = tmp_path_factory.mktemp("fresh")
    venv.create(folder, with_pip=True, symlinks=True)
    packages = next(folder.glob("lib/python*/site-packages"))
    known = [p for p in sys.path if "site-packages" in p or "dist-packages" in p]
    (packages / "torch_of_colab.pth").write_text("\n".join(known))
    return folder / "bin/python"


COLAB = "import sys, types; sys.modules['google.colab'] = types.ModuleType('google.colab')\n"
USE = """
import physlib, torch
from physlib.records import committed_results
print(physlib.__file__, physlib.__version__, committed_results(), torch.__file__)
"""


def run(python, cell, home, use="", colab=True):
    """The cell from an empty directory, without a network."""
    home.mkdir(exist_ok=True)
    (home / "empty").mkdir(exist_ok=True)
    (home / "cell.py").write_text((COLAB if colab else "") + cell + use)
    environment = {
        "HOME": str(home),
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "PIP_NO_INDEX": "1",
        "PIP_NO_BUILD_ISOLATION": "0",  # pip reads this as: no isolation; hatchling is here already
    }
    command = [python, home / "cell.py"]
    return subprocess.run(
        command, cwd=home / "empty", env=environment, capture_output=True, text=True
    )


def cell(url, version=VERSION):
    return stamp.first_cell(PROJECT | {"version": version}, url)


def test_the_first_cell_installs_the_library_on_colab(python, remote, tmp_path):
    """Twice, as a runner may run it twice; and torch stays where it was."""
    first = cell(remote)
    for _ in range(2):
        done = run(python, first, tmp_path, USE)
        assert done.returncode == 0, done.stderr
    library, version, results, torch = done.stdout.split()
    assert Path(library).is_relative_to(python.parents[1])
    assert version == VERSION
    assert Path(results) == tmp_path / "physlib-book/results"
    assert not Path(torch).is_relative_to(python.parents[1])


@pytest.mark.parametrize(
    ("url", "version", "where"),
    [
        ("", VERSION, "anywhere, for it names no repository"),
        ("file:///nowhere/at/all", VERSION, "file:///nowhere/at/all"),
        ("remote", "99.0", "remote"),
    ],
)
def test_it_says_in_one_sentence_what_is_wrong(python, remote, tmp_path, url, version, where):
    url, where = (remote if text == "remote" else text for text in (url, where))
    done = run(python, cell(url, version), tmp_path)
    assert done.returncode != 0
    last = done.stderr.strip().splitlines()[-1]
    assert last == f"RuntimeError: This notebook cannot install physlib {version} from {where}."


def test_elsewhere_it_does_nothing(python, remote, tmp_path):
    done = run(python, cell(remote), tmp_path, "\nprint(os.getcwd())", colab=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.strip() == str(tmp_path / "empty")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["cell.py", "empty"]
