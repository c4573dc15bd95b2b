"""What several tests share."""

from contextlib import ExitStack

import pytest
import small_dataset
import torchvision
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


@pytest.fixture
def drawn_in_the_style(monkeypatch):
    """Looks at all figures that a test makes, when it is through with them."""
    import matplotlib.pyplot as plt
    from figure_style import faults

    drawn, close = [], plt.close
    monkeypatch.setattr(plt, "close", lambda figure: (drawn.append(figure), close(figure)))
    yield
    assert [fault for figure in drawn for fault in faults(figure)] == []


@pytest.fixture
def fashion(monkeypatch, tmp_path):
    """A tiny Fashion-MNIST: its packed files, with an empty cache and no way to the network."""
    source = torchvision.datasets.FashionMNIST
    files = small_dataset.packed()
    monkeypatch.setattr(source, "resources", small_dataset.sums(files))
    monkeypatch.setattr(source, "mirrors", ["http://127.0.0.1:9/"])  # nothing listens there
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("PHYSLIB_DATA", raising=False)
    return files


@pytest.fixture
def mirror(fashion, monkeypatch):
    """Makes torchvision's mirror one that answers as a function says; returns its address."""
    with ExitStack() as stack:

        def start(respond):
            address = stack.enter_context(small_dataset.serving(respond))
            monkeypatch.setattr(torchvision.datasets.FashionMNIST, "mirrors", [address])
            return address

        yield start


@pytest.fixture
def server(fashion, mirror):
    """Serves `fashion`; returns the files that it serves, by name."""
    served = dict(fashion)

    def respond(handler, name):
        if name in served:
            small_dataset.send(handler, served[name])
        else:
            handler.send_error(404)

    mirror(respond)
    return served
