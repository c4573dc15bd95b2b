"""The list of faults, their tests, what these saw, and the page: one and the same."""

import importlib
import json
from pathlib import Path

import pytest
from fault_page import PAGE, SEEN, page
from faults import BOUND, FAULTS, GROUPS, fault

HERE = Path(__file__)


def test_every_fault_has_a_test_and_every_test_a_fault():
    tests = []
    for path in HERE.parent.glob("test_*.py"):
        if path != HERE:
            names = vars(importlib.import_module(path.stem))
            tests += [name for name in names if name.startswith("test_")]
    assert set(BOUND) == set(FAULTS)
    assert sorted(tests) == sorted(name for names in BOUND.values() for name in names)
    assert {entry.group for entry in FAULTS.values()} == set(GROUPS)
    with pytest.raises(KeyError, match="meteorite"):
        fault("meteorite")


def test_the_page_is_what_the_tests_saw():
    seen = json.loads(SEEN.read_text(encoding="utf-8"))
    assert seen.keys() == FAULTS.keys()
    assert PAGE.read_text(encoding="utf-8") == page(seen), (
        "the list of faults or the page has changed: run `pytest tests/faults --record-faults`"
    )
