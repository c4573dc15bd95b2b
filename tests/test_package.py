"""What the package promises as a whole: its names, its versions, its README."""

import re
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

import physlib

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
CONDA_NAMES = {"torch": "pytorch", "matplotlib": "matplotlib-base"}


def requirements(*extras):
    lines = PROJECT["dependencies"] + [
        line for extra in extras for line in PROJECT["optional-dependencies"][extra]
    ]
    return [Requirement(line) for line in lines]


def test_every_public_name_is_there():
    for name in physlib.__all__:
        assert getattr(physlib, name) is not None
    assert set(physlib.__all__) <= set(dir(physlib))
    with pytest.raises(AttributeError, match="no attribute 'LandauLoss'"):
        _ = physlib.LandauLoss


def test_training_loads_no_more_than_it_needs():
    """What is behind a quick start: no torch for the command, and nothing else for `fit`."""
    heavy = ("torch", "scipy.stats", "scipy.integrate", "sklearn", "pandas", "matplotlib", "joblib")
    for statement, loaded in (
        ("import physlib.cli", []),
        ("from physlib import *", ["torch"]),
    ):
        script = f"{statement}\nimport sys\nprint([m for m in {heavy} if m in sys.modules])"
        out = subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, check=True
        )
        assert out.stdout.strip() == str(loaded)


def test_recipes_stay_the_mapping_whatever_is_imported():
    module = import_module("physlib.recipes")
    import_module("physlib.training")
    assert physlib.recipes is module.recipes
    assert physlib.fit is import_module("physlib.training").fit


def test_the_lock_satisfies_the_ranges():
    locked = {}
    for line in (ROOT / "requirements.lock").read_text().splitlines():
        requirement = Requirement(line)
        assert [s.operator for s in requirement.specifier] == ["=="], line
        locked[requirement.name.lower()] = next(iter(requirement.specifier)).version
    for requirement in requirements("book", "test"):
        version = locked[requirement.name.lower()]
        assert requirement.specifier.contains(version), f"{requirement} against {version}"


def test_the_lock_names_no_index():
    text = (ROOT / "requirements.lock").read_text()
    assert "://" not in text
    assert "--" not in text


def test_conda_has_the_same_ranges():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    conda = {r.name: r.specifier for r in map(Requirement, filter(is_text, environment))}
    pip = next(d for d in environment if not is_text(d))["pip"]
    assert pip[-1] == "--editable ."  # conda hands these lines to pip as a requirements file
    conda |= {r.name: r.specifier for r in map(Requirement, pip[:-1])}
    wanted = {CONDA_NAMES.get(r.name, r.name): r.specifier for r in requirements("book")}
    wanted |= {"python": SpecifierSet(PROJECT["requires-python"]), "pip": SpecifierSet()}
    assert conda == wanted


def is_text(dependency):
    return isinstance(dependency, str)


def test_versions_agree():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert citation["version"] == PROJECT["version"] == physlib.__version__
    newest = re.search(r"^## (\S+), (\S+)$", (ROOT / "CHANGELOG.md").read_text(), re.M)
    assert newest.groups() == (PROJECT["version"], str(citation["date-released"]))


@pytest.mark.parametrize("page", ["README.md", "book/index.md"])
def test_the_examples_of_the_pages_run(page):
    examples = re.findall(r"```python\n(.*?)```", (ROOT / page).read_text(), re.DOTALL)
    assert examples
    for example in examples:
        exec(compile(example, page, "exec"), {})


def test_the_readme_example_is_ten_lines():
    example = re.search(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)[1]
    assert len([line for line in example.splitlines() if line]) == 10


def test_nobody_is_told_to_install_somebody_elses_package():
    pages = [*ROOT.glob("*.md"), *ROOT.glob("book/**/*.md"), *ROOT.glob("notebooks/**/*.py")]
    pages += ROOT.glob("physlib/**/*.py")
    assert len(pages) > 20
    for page in pages:
        assert not re.search(r"pip install \W*physlib(?!-book)", page.read_text()), page
