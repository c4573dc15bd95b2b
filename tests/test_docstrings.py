"""What the API page promises of every public name: a full docstring, and an example that runs."""

import ast
import doctest
import inspect
import re
from pathlib import Path

import pytest

import physlib

ROOT = Path(__file__).parents[1]
SECTIONS = ("Units:", "Raises:", "Source:", "Example:")
names = pytest.mark.parametrize("name", physlib.__all__)


def docstring(name):
    """Of the public thing itself; `recipes`, a mapping, has its class's."""
    return inspect.getdoc(getattr(physlib, name))


@names
def test_it_states_shapes_units_errors_and_source(name):
    text = docstring(name)
    for section in SECTIONS:
        body = re.search(rf"^{section}\n(( {{4}}.*|)\n?)+", text, re.MULTILINE)
        assert body, f"{name} has no section {section}"
        assert len(body[0].split()) > 3
    assert re.search(r"^Shape:\n {4}\S|shape \(.*\).*Returns:", text, re.MULTILINE | re.DOTALL)


@names
def test_a_function_documents_every_argument(name):
    thing = getattr(physlib, name)
    if not (inspect.isfunction(thing) or inspect.isclass(thing)) or name == "Recipe":
        return  # the fields of a recipe have their comments
    if name == "GinzburgLandauLoss":
        assert "ginzburg_landau_loss` as a module, with the same arguments" in docstring(name)
        thing, name = physlib.ginzburg_landau_loss, "ginzburg_landau_loss"
    for argument in inspect.signature(thing).parameters:
        assert re.search(rf"^ {{4}}{argument}: \S", docstring(name), re.MULTILINE), argument


@names
def test_its_example_runs(name):
    """With nothing at hand but the name itself, and what the example imports."""
    thing = getattr(physlib, name)
    finder = doctest.DocTestFinder(recurse=False)
    (example,) = finder.find(thing, name, module=False, globs={name: thing})
    assert example.examples
    report = []
    result = doctest.DocTestRunner().run(example, out=report.append)
    assert result.failed == 0, "".join(report)


def documented(page):
    """What the page hands to autodoc, with the dots of Python."""
    text = (ROOT / page).read_text()
    return [name.replace("::", ".") for name in re.findall(r"^\.\. auto\w+:: (\S+)$", text, re.M)]


def test_the_page_of_the_library_has_every_public_name():
    assert sorted(documented("book/api.md")) == sorted(f"physlib.{n}" for n in physlib.__all__)


def test_the_pages_of_the_modules_have_every_module_that_a_chapter_uses():
    used = set()
    for chapter in (ROOT / "notebooks").glob("*/*.py"):
        for node in ast.walk(ast.parse(chapter.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module.startswith("physlib"):
                used |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    modules = {name for name in used if is_module(name)}
    elsewhere = {"physlib", "physlib.components", "physlib.recipes"}  # the first page, or empty
    assert len(modules) > 30
    pages = (ROOT / "book").glob("*modules.md")
    there = {name for page in pages for name in documented(page.relative_to(ROOT))}
    assert modules - elsewhere <= there


def is_module(name):
    path = ROOT / name.replace(".", "/")
    return path.with_suffix(".py").exists() or (path / "__init__.py").exists()
