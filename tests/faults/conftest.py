"""What users see in a fault is on record in `seen.json`: each test sees it again, or fails.

`pytest tests/faults --record-faults` writes the record, and the page, anew.
"""

import json
import re

import pytest
from fault_page import PAGE, SEEN, page


def pytest_addoption(parser):
    parser.addoption("--record-faults", action="store_true", help="write what users see")


def pytest_configure(config):
    config.addinivalue_line("markers", "fault(name): the entry in FAULTS that this test shows")


@pytest.fixture
def saw(request, tmp_path):
    """Tells what a user sees, which must be what is on record; to be called at least once."""
    name = request.node.get_closest_marker("fault").args[0]
    calls = []

    def tell(text):
        calls.append(text)
        text = re.sub(r"127\.0\.0\.1:\d+", "mirror", text.strip().replace(str(tmp_path), "…"))
        seen = json.loads(SEEN.read_text(encoding="utf-8"))
        if request.config.getoption("record_faults", False):
            seen[name] = text
            lines = json.dumps(seen, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
            SEEN.write_text(lines, encoding="utf-8")
            PAGE.write_text(page(seen), encoding="utf-8")
        assert text == seen.get(name), "see the top of tests/faults/conftest.py"

    yield tell
    assert calls, f"{name}: the test does not tell what a user sees"
