"""The built site, served under a sub-path, and one Chromium to look at it."""

import shutil
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from site_pages import BUILT, SUB_PATH

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


class Quiet(SimpleHTTPRequestHandler):
    """Serve `_build/html` as /sub/path/, as a project's pages on a host are."""

    def translate_path(self, path):
        if not path.startswith(SUB_PATH):
            return str(Path(self.directory, "not-under-the-sub-path"))
        return super().translate_path(path.removeprefix(SUB_PATH.rstrip("/")))

    def log_message(self, *args):
        pass


@pytest.fixture(scope="session")
def site():
    if not (BUILT / "index.html").is_file():
        pytest.skip("there is no _build/html: `make test` builds it, then tests it")
    return BUILT


@pytest.fixture(scope="session")
def server(site):
    """The address of the site's root, on this machine."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=site)) as http:
        Thread(target=http.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{http.server_port}{SUB_PATH}"
        http.shutdown()


@pytest.fixture(scope="session")
def browser():
    api = pytest.importorskip("playwright.sync_api", reason="needs the package playwright")
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.skip("needs Chromium (Debian: apt-get install chromium), which is not here")
    with api.sync_playwright() as playwright:
        # No sandbox: it needs rights that containers do not have, and the pages are our own.
        chromium = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def tab(browser, server):
    """A tab without a network; what it asked other hosts for, and what it complained about."""
    tab = browser.new_page(permissions=["clipboard-read", "clipboard-write"], color_scheme="light")
    tab.complaints, tab.strangers = [], []

    def gate(route):
        if route.request.url.startswith((server, "file://", "data:")):
            route.continue_()
        else:
            tab.strangers.append(route.request.url)
            route.abort()

    tab.context.route("**/*", gate)
    tab.on("pageerror", lambda error: tab.complaints.append(str(error)))
    tab.on("console", lambda line: line.type == "error" and tab.complaints.append(line.text))
    return tab
