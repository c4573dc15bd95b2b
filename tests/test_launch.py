"""Where the book is published stands in one place, and its copies agree with that one."""

import shutil
import sys
import tomllib
from pathlib import Path

import nbformat
import pytest
import yaml
from small_site import build

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tools"))
import stamp  # noqa: E402

VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
STAMPED = ["pyproject.toml", "CITATION.cff", "README.md"]
EDITS = [stamp.in_project, stamp.in_citation, stamp.in_readme]
CHAPTERS = sorted(p.relative_to(ROOT) for p in ROOT.glob("notebooks/*/*.ipynb"))
HALVES = [path.with_suffix(".py") for path in CHAPTERS]
HERE, THERE = "https://github.com/owner/name", "https://github.com/someone-else/Other.book"


@pytest.fixture
def copy(tmp_path):
    """A copy of what is stamped, without an address."""
    for name in map(Path, [*STAMPED, *CHAPTERS, *HALVES]):
        (tmp_path / name.parent).mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    for name, edit in zip(STAMPED, EDITS, strict=True):
        (tmp_path / name).write_text(edit((tmp_path / name).read_text(), ""))
    stamp.stamp(tmp_path)
    return tmp_path


def texts(root):
    return {name: (root / name).read_text() for name in map(Path, [*STAMPED, *CHAPTERS, *HALVES])}


def first_cells(root):
    for name in CHAPTERS:
        cells = nbformat.read(root / name, as_version=4).cells
        yield next(cell for cell in cells if cell.cell_type == "code")


def test_the_copies_in_this_repository_agree(tmp_path):
    """Stamping it again with the address that it has, or has not, would change nothing."""
    for name, text in texts(ROOT).items():
        (tmp_path / name.parent).mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert stamp.stamp(tmp_path) == []


def test_the_address_reaches_every_place(copy):
    assert len(stamp.stamp(copy, HERE)) == len(STAMPED) + 2 * len(CHAPTERS)
    project = tomllib.loads((copy / "pyproject.toml").read_text())["project"]
    assert project["urls"] == {"Repository": HERE}
    assert yaml.safe_load((copy / "CITATION.cff").read_text())["repository-code"] == HERE
    readme = (copy / "README.md").read_text()
    assert "colab.research.google.com/github/owner/name/blob/main/notebooks/" in readme
    assert "mybinder.org/v2/gh/owner/name/main" in readme
    for cell in first_cells(copy):
        assert f'URL, VERSION = "{HERE}", "{VERSION}"' in cell.source
        assert not cell.outputs


def test_what_the_badges_open_is_there():
    assert (ROOT / f"{stamp.FIRST}.ipynb").exists()
    assert (ROOT / ".github/workflows/notebooks.yml").exists()


def test_stamping_twice_is_stamping_once(copy):
    stamp.stamp(copy, HERE)
    before = texts(copy)
    assert stamp.stamp(copy, HERE) == stamp.stamp(copy, f"{HERE}.git") == stamp.stamp(copy) == []
    assert texts(copy) == before


def test_another_address_leaves_nothing_of_the_first(copy):
    stamp.stamp(copy, HERE)
    stamp.stamp(copy, THERE)
    assert not [name for name, text in texts(copy).items() if "owner/name" in text]
    assert all("someone-else/Other.book" in text for text in texts(copy).values())


def test_without_an_address_nothing_is_invented(copy):
    assert "urls" not in tomllib.loads((copy / "pyproject.toml").read_text())["project"]
    assert "repository-code" not in (copy / "CITATION.cff").read_text()
    assert "[![" not in (copy / "README.md").read_text()
    assert all('URL, VERSION = "", ' in cell.source for cell in first_cells(copy))


@pytest.mark.parametrize(
    "url",
    ["", "owner/name", "http://github.com/owner/name", "https://github.com/owner",
     "https://example.org/owner/name", "https://github.com/owner/name/tree/main",
     "https://github.com/owner/name; rm -rf ~", "https://github.com/owner/na me"],
)  # fmt: skip
def test_a_bad_address_is_refused_in_one_line(copy, url):
    before = texts(copy)
    with pytest.raises(ValueError, match="^URL must be like https://github.com/owner/name, got '"):
        stamp.stamp(copy, url)
    assert texts(copy) == before


BUTTONS = (
    "colab.research.google.com/github/owner/name/blob/main/chapter.ipynb",
    "mybinder.org/v2/gh/owner/name/main?urlpath=lab/tree/chapter.ipynb",
    f"{HERE}/issues/new",
    f"{HERE}/edit/main/chapter.ipynb",
)


def test_pages_have_buttons_once_there_is_an_address(tmp_path):
    for name, edit in zip(STAMPED[:2], EDITS[:2], strict=True):
        (tmp_path / name).write_text(edit((ROOT / name).read_text(), HERE))
    pages = build(tmp_path)
    assert [b for b in BUTTONS if b not in pages["chapter"]] == []
    assert f"{{{HERE}}}" in pages["book/citing"].replace("</span>", "").replace("<span>", "")


def test_pages_have_no_dead_buttons_before(tmp_path):
    for name, edit in zip(STAMPED[:2], EDITS[:2], strict=True):
        (tmp_path / name).write_text(edit((ROOT / name).read_text(), ""))
    for page in build(tmp_path).values():
        assert "colab.research" not in page
        assert "mybinder" not in page
        assert "github.com" not in page
        assert "launch-buttons" not in page
