"""What citation managers, archives and the pages' footers read: valid, and of one version."""

import json
import re
import tomllib
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft7Validator, FormatChecker
from pybtex.database import parse_string
from small_site import build

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
CITATION = yaml.load((ROOT / "CITATION.cff").read_text(), yaml.BaseLoader)  # dates as text
ZENODO = json.loads((ROOT / ".zenodo.json").read_text())


def schema_errors(citation):
    schema = json.loads((ROOT / "tests/schemas/cff-1.2.0.json").read_text())
    return [
        e.message
        for e in Draft7Validator(schema, format_checker=FormatChecker()).iter_errors(citation)
    ]


def test_the_citation_is_valid():
    assert schema_errors(CITATION) == []


@pytest.mark.parametrize(
    "change",
    [{"license": "CC"}, {"authors": []}, {"date-released": "yesterday"}, {"edition": "1"}],
    ids=str,
)
def test_the_schema_refuses_what_is_wrong(change):
    assert schema_errors(CITATION | change)


def test_the_archive_has_the_facts_of_the_citation():
    """Zenodo reads its own file in place of CITATION.cff, and takes the version from the tag."""
    assert ZENODO["title"] == CITATION["title"]
    assert [c["name"] for c in ZENODO["creators"]] == [a["name"] for a in CITATION["authors"]]
    assert ZENODO["license"] == CITATION["license"] == PROJECT["license"]
    assert ZENODO["upload_type"] == CITATION["type"]
    assert ZENODO["keywords"] == CITATION["keywords"]
    assert "version" not in ZENODO


def test_both_licences_are_there():
    assert (ROOT / "LICENSE").read_text().startswith("MIT License")
    assert (ROOT / "LICENSE-text").read_text().startswith("Attribution 4.0 International")


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    return build(tmp_path_factory.mktemp("site"))


def test_every_page_names_version_and_licences_in_its_footer(pages):
    for page in pages.values():
        footer = re.search(r'<div class="extra_footer">(.*?)</div>', page, re.DOTALL)[1]
        assert f"Version {PROJECT['version']}." in footer
        assert "CC BY 4.0" in footer
        assert "MIT" in footer


def test_the_page_shows_the_citation_as_bibtex(pages):
    shown = re.search(
        r'<div class="highlight-bibtex.*?<pre>(.*?)</pre>', pages["book/citing"], re.S
    )[1]
    (entry,) = parse_string(re.sub(r"<[^>]*>", "", shown), "bibtex").entries.values()
    assert entry.fields["version"] == CITATION["version"] == PROJECT["version"]
    assert entry.fields["title"].strip("{}") == CITATION["title"]
    assert entry.fields["year"] == CITATION["date-released"][:4]
    assert [p.last_names[0].strip("{}") for p in entry.persons["author"]] == [
        author["name"] for author in CITATION["authors"]
    ]
