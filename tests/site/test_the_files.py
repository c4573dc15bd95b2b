"""The built pages as files: links, downloads, alternative texts. No browser is needed."""

import re
from functools import cache
from itertools import pairwise
from urllib.parse import unquote, urldefrag, urlsplit

import pytest
from bs4 import BeautifulSoup
from figure_style import says_what_is_seen
from site_pages import BUILT, CHAPTERS, IN_ORDER, PAGES, ROOT

pages = pytest.mark.parametrize("page", PAGES)
LINKS = {"a": "href", "link": "href", "img": "src", "script": "src", "source": "src"}


@pytest.fixture(autouse=True)
def _built(site):
    pass


@cache
def soup(path):
    return BeautifulSoup(path.read_text(), "html.parser")


def broken(page, html):
    """Links of a page to nothing, or to no such place on a page."""
    here = BUILT / page
    for tag, attribute in LINKS.items():
        for link in html.find_all(tag, {attribute: True}):
            url, fragment = urldefrag(link[attribute])
            if urlsplit(url).scheme or url.startswith("//"):
                continue
            path = unquote(urlsplit(url).path)
            target = (here.parent / path).resolve() if path else here
            there = target.is_relative_to(BUILT) and target.is_file()
            if there and fragment:
                there = (html if target == here else soup(target)).find(id=unquote(fragment))
            if not there:
                yield link[attribute]


@pages
def test_every_link_within_the_site_arrives(page):
    html = soup(BUILT / page)
    assert len(html.find_all("a", href=True)) > len(IN_ORDER)
    assert list(broken(page, html)) == []


@pytest.mark.parametrize(
    ("link", "arrives"),
    [
        ("notation.html", True),
        ("notation.html#the-loss", True),
        ("#here", True),
        ("https://example.org/nowhere", True),
        ("notation.html#nowhere", False),
        ("nowhere.html", False),
        ("../../../README.md", False),
        ("#nowhere", False),
    ],
)
def test_a_broken_link_is_seen(link, arrives):
    html = BeautifulSoup(f'<p id="here"><a href="{link}">x</a></p>', "html.parser")
    assert list(broken("book/index.html", html)) == ([] if arrives else [link])


@pages
def test_every_figure_says_what_it_shows(page):
    texts = [image.get("alt", "") for image in soup(BUILT / page).select("main img")]
    assert [text for text in texts if not says_what_is_seen(text)] == []
    assert len(set(texts)) == len(texts)  # each says what this one shows


@pages
def test_every_page_has_a_title_and_a_language(page):
    html = soup(BUILT / page)
    assert html.html["lang"] == "en"
    assert html.title.text.strip()


@pytest.mark.parametrize(("page", "following"), list(pairwise(IN_ORDER)))
def test_pages_lead_to_the_next_one_and_back(page, following):
    forward = soup(BUILT / f"{page}.html").select_one("a.right-next")["href"]
    assert (BUILT / page).parent.joinpath(forward).resolve() == BUILT / f"{following}.html"
    back = soup(BUILT / f"{following}.html").select_one("a.left-prev")["href"]
    assert (BUILT / following).parent.joinpath(back).resolve() == BUILT / f"{page}.html"


@pytest.mark.parametrize("suffix", [".ipynb", ".py"])
@pytest.mark.parametrize("chapter", CHAPTERS)
def test_both_halves_of_a_chapter_can_be_downloaded(chapter, suffix):
    menu = soup(BUILT / f"{chapter}.html").select_one(".dropdown-download-buttons")
    [link] = [a["href"] for a in menu.select("a[href]") if a["href"].endswith(suffix)]
    offered = (BUILT / chapter).parent.joinpath(link).resolve()
    assert offered.read_bytes() == (ROOT / chapter).with_suffix(suffix).read_bytes()


def test_every_symbol_of_the_notation_leads_to_a_section_that_uses_it():
    notation = BUILT / "book" / "notation.html"
    rows = soup(notation).select("main tbody tr")
    assert len(rows) > 80
    for row in rows:
        symbol, meaning, *_ = row.find_all("td")
        path, anchor = urldefrag(meaning.a["href"])
        section = soup((notation.parent / path).resolve()).find(id=anchor)
        used = " ".join(math.text for math in section.select(".math"))
        symbols = [math.text[2:-2].split("(")[0] for math in symbol.select(".math")]
        anyone = "|".join(map(re.escape, symbols))
        assert re.search(rf"(?<![A-Za-z\\])({anyone})(?![A-Za-z])", used), symbol.text


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_says_first_what_its_last_cell_measured(chapter):
    html = soup(BUILT / f"{chapter}.html")
    outputs = html.select(".cell_output")
    assert html.select_one("h1 + p.cost").text == outputs[-1].text.strip()


def test_a_table_sums_up_what_the_chapters_cost():
    page = soup(BUILT / "book" / "running.html")
    table = page.find(id="what-the-chapters-cost").table
    rows = [[cell.text for cell in row.find_all("td")] for row in table.select("tbody tr")]
    heads = [soup(BUILT / f"{chapter}.html") for chapter in CHAPTERS]
    assert [row[0] for row in rows] == [head.h1.find(string=True).text for head in heads]
    for (_, seconds, memory, device), head in zip(rows, heads, strict=True):
        measured = f"Runs in {seconds} on {device}, with at most {memory} of memory."
        assert head.select_one("p.cost").text.startswith(measured.replace("\u00a0", " "))


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_figures_are_numbered_and_the_text_leads_to_each(chapter):
    article = soup(BUILT / f"{chapter}.html").select_one("article")
    figures = article.select("figure[id]:has(img)")
    assert len(figures) == len(article.select("img")) > 0
    for figure in figures:
        number = figure.select_one(".caption-number").text.strip()
        assert re.fullmatch(r"Figure \d+", number)
        assert number in [a.text for a in article.select(f'a.reference[href="#{figure["id"]}"]')]


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_displayed_equations_are_numbered(chapter):
    shown = soup(BUILT / f"{chapter}.html").select("article div.math")
    numbered = [equation for equation in shown if equation.select_one(".eqno")]
    assert len(numbered) >= 2
    assert len(numbered) == len([e for e in shown if not e.find_parent(class_="cell_output")])


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_solutions_are_behind_toggles_that_say_so(chapter):
    exercises = soup(BUILT / f"{chapter}.html").find(id="exercises")
    toggles = exercises.select("details")
    assert 3 <= len(toggles) <= 5
    for toggle in toggles:
        assert not toggle.has_attr("open")
        assert not toggle.summary.has_attr("aria-label")
        assert {p.text for p in toggle.summary.select("p")} == {"Solution"}
        assert toggle.select_one(".cell_input")
        assert toggle.select_one(".cell_output")
    assert len(exercises.select(".cell_output, .cell_input")) == 2 * len(toggles)


def test_every_entry_of_the_bibliography_is_cited():
    page = BUILT / "book" / "references.html"
    entries = {entry["id"] for entry in soup(page).select("dl.citation dt, div.citation[id]")}
    assert len(entries) > 30
    cited = {
        urldefrag(link["href"]).fragment
        for name in IN_ORDER
        for link in soup(BUILT / f"{name}.html").select("article a[href*='references.html#']")
    }
    assert entries <= cited
