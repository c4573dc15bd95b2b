"""Animations on a page: still until they are asked for, stopped at will, still on paper."""

import io

import pytest
from PIL import Image
from site_pages import BUILT, IN_ORDER, ROOT

ANIMATIONS = sorted((ROOT / "book/_static/animations").glob("*.webp"))
WITH = [page for page in IN_ORDER if 'class="animation"' in (BUILT / f"{page}.html").read_text()]
LOADED = """() => performance.getEntriesByType("resource").map(e => e.name)
    .filter(name => name.endsWith(".webp"))"""


@pytest.fixture(params=["no-preference", "reduce"])
def page(request, tab, server):
    tab.complaints.clear(), tab.strangers.clear()
    tab.emulate_media(reduced_motion=request.param)
    tab.goto(f"{server}{WITH[0]}.html")
    yield tab
    tab.emulate_media(reduced_motion="no-preference", media="screen")


def test_nothing_moves_or_is_loaded_until_it_is_asked_for(page):
    page.mouse.wheel(0, 20_000)
    page.wait_for_timeout(300)
    assert page.evaluate(LOADED) == []
    assert page.locator("img.moving").count() == 0
    assert page.locator("main img.animation").first.is_visible()


def test_the_keyboard_plays_and_stops_it(page):
    button = page.get_by_role("button", name="Play the animation").first
    button.focus()
    page.keyboard.press("Enter")
    moving = page.locator("img.moving")
    assert moving.evaluate("image => image.decode().then(() => image.naturalWidth)") > 400
    assert len(page.evaluate(LOADED)) == 1
    still = page.locator("img.animation").first
    assert not still.is_visible()
    assert moving.get_attribute("alt") == still.get_attribute("alt")
    assert page.evaluate("document.activeElement.textContent") == "Stop the animation"
    page.keyboard.press("Space")
    assert moving.count() == 0
    assert still.is_visible()
    assert page.evaluate("document.activeElement.textContent") == "Play the animation"
    assert (page.complaints, page.strangers) == ([], [])


def test_paper_gets_the_still_even_while_it_plays(page):
    page.get_by_role("button", name="Play the animation").first.click()
    page.emulate_media(media="print")
    assert page.locator("img.animation").first.is_visible()
    assert not page.locator("img.moving").is_visible()
    assert not page.locator("button.play").first.is_visible()


def test_it_plays_from_a_folder_too(tab, site):
    tab.goto((site / f"{WITH[0]}.html").as_uri())
    tab.get_by_role("button", name="Play the animation").first.click()
    assert tab.locator("img.moving").evaluate("image => image.decode().then(() => true)")


def test_what_plays_is_seen_to_move(tab, server):
    """Two pictures of the screen, half a second apart."""
    tab.goto(f"{server}{WITH[0]}.html")
    tab.get_by_role("button", name="Play the animation").first.click()
    moving = tab.locator("img.moving")
    moving.evaluate("image => image.decode()")
    seen = []
    for _ in range(2):
        seen.append(Image.open(io.BytesIO(moving.screenshot())).convert("RGB").tobytes())
        tab.wait_for_timeout(500)
    assert seen[0] != seen[1]
