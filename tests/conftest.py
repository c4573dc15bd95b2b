"""What several tests share."""

import pytest
from hypothesis import settings

from physlib.data import TITLES, mnist_or_digits

# The same examples everywhere, and no time limits: a slow machine is no failure.
settings.register_profile("book", derandomize=True, deadline=None, max_examples=50)
settings.load_profile("book")


@pytest.fixture(scope="session")
def mnist() -> str:
    """The name of the dataset, for tests that only MNIST itself can pass."""
    if mnist_or_digits() != "mnist":
        pytest.skip("needs MNIST, which is not here")
    return "mnist"


def pytest_report_header() -> str:
    return f"dataset: {TITLES[mnist_or_digits()]}"


@pytest.fixture(autouse=True)
def _quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TQDM_DISABLE", "1")
