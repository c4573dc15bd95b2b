"""The glossary explains the book's words, and no others."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
TERM = re.compile(r"^(\w.*)\n  \w", re.M)


def words(text):
    return re.sub(r"(?:\n#|[\s-])+", " ", text).lower()


def test_every_term_is_a_word_of_the_book_and_stands_once():
    glossary = ROOT / "book" / "glossary.md"
    terms = TERM.findall(glossary.read_text().split("```{glossary}")[1])
    pages = [p.read_text() for p in ROOT.glob("book/*.md") if p != glossary]
    pages += [p.read_text() for p in ROOT.glob("notebooks/*/*.py")]
    book = words("\n".join(pages))
    assert len(terms) > 25
    assert len(set(terms)) == len(terms)
    assert [term for term in terms if words(term) not in book] == []
