"""Every page in Chromium, without a network: what a reader sees, on a desk and on a phone.

A page is opened once, under a sub-path, and looked at from every side; tests read what was seen.
"""

import re

import pytest
from site_pages import CHAPTERS, IN_ORDER, PAGES, ROOT

DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
FIRST_LOAD = 3_000_000  # bytes

STILL = "*, ::before, ::after {transition: none !important; animation: none !important}"
OPEN_EVERYTHING = "document.querySelectorAll('details').forEach(d => d.open = true)"
# Axe takes its time for every token of code. One of each colour is enough.
ONE_TOKEN_OF_EACH_KIND = """() => { const kinds = new Set(); document.querySelectorAll(
    "pre span[class]:not(:has(*))"
).forEach(e => kinds.has(e.className) ? e.replaceWith(e.textContent) : kinds.add(e.className)) }"""
EQUATIONS_ARE_READY = "window.MathJax?.startup?.promise.then(() => true) ?? true"
BYTES = """() => [...new Map([
    ...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")
].map(e => [e.name, e.encodedBodySize])).values()].reduce((sum, size) => sum + size, 0)"""
# What lies beyond the screen's edge and in no box that scrolls: nobody on a phone can read it.
CUT_OFF = """() => [...document.querySelectorAll("main *")].filter(e => {
    if (e.getBoundingClientRect().right <= innerWidth + 1) return false;
    for (let box = e; box && box.tagName != "MAIN"; box = box.parentElement)
        if (["auto", "scroll"].includes(getComputedStyle(box).overflowX)
            || getComputedStyle(box).position == "fixed"
            || !box.checkVisibility({visibilityProperty: true})) return false;
    return true;
}).map(e => e.outerHTML.slice(0, 120))"""
# A figure is legible on any page if nothing of the page shines through it.
TRANSPARENT = """async () => { const images = [...document.querySelectorAll("main img")];
await Promise.all(images.map(image => (image.loading = "eager", image.decode().catch(() => 0))));
return images.filter(image => {
    const background = getComputedStyle(image).backgroundColor;
    if (background != "transparent" && !/, 0\\)$/.test(background)) return false;
    const canvas = Object.assign(document.createElement("canvas"), {width: 64, height: 64});
    const pen = canvas.getContext("2d");
    pen.drawImage(image, 0, 0, 64, 64);
    return pen.getImageData(0, 0, 64, 64).data.some((value, i) => i % 4 == 3 && value < 255);
}).map(image => image.src) }"""


def barriers(tab):
    """Violations of accessibility that axe calls serious or critical."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    options = {"resultTypes": ["violations"], "preload": False}
    return [
        f"{found['id']}: {node['html'][:150]}"
        for found in axe.run(tab, options=options).response["violations"]
        if found["impact"] in ("serious", "critical")
        for node in found["nodes"][:3]
    ]


@pytest.fixture(scope="module", params=PAGES)
def seen(request, tab, server):
    """One page from every side."""
    tab.complaints.clear(), tab.strangers.clear()
    tab.set_viewport_size(DESK)
    tab.goto(server + request.param)
    tab.evaluate(EQUATIONS_ARE_READY)
    seen = {"page": request.param, "bytes": tab.evaluate(BYTES)}
    seen["equations"] = tab.locator("mjx-container").count()
    seen["theme"] = tab.evaluate("document.documentElement.dataset.theme")
    tab.add_style_tag(content=STILL)
    tab.evaluate(OPEN_EVERYTHING)
    tab.evaluate(ONE_TOKEN_OF_EACH_KIND)
    seen["barriers in the light"] = barriers(tab)
    tab.evaluate("document.documentElement.dataset.theme = 'dark'")
    seen["barriers in the dark"] = barriers(tab)
    seen["transparent"] = tab.evaluate(TRANSPARENT)
    tab.set_viewport_size(PHONE)
    seen["width"] = tab.evaluate("document.scrollingElement.scrollWidth")
    seen["cut off"] = tab.evaluate(CUT_OFF)
    return seen | {"complaints": [*tab.complaints], "strangers": [*tab.strangers]}


def test_it_asks_no_other_host_and_complains_of_nothing(seen):
    assert seen["strangers"] == []
    assert seen["complaints"] == []


def test_its_first_load_is_light(seen):
    assert 10_000 < seen["bytes"] < FIRST_LOAD


def test_its_equations_are_typeset(seen, site):
    source = (site / seen["page"]).read_text()
    assert seen["equations"] == len(re.findall(r'class="math notranslate nohighlight', source))


@pytest.mark.parametrize("light", ["in the light", "in the dark"])
def test_nothing_bars_a_reader_with_other_senses(seen, light):
    assert seen[f"barriers {light}"] == []


def test_its_figures_are_legible_in_the_dark(seen):
    assert seen["theme"] == "light"  # as the reader's system is
    assert seen["transparent"] == []


def test_a_phone_shows_all_of_it_without_sideways_scrolling(seen):
    assert seen["width"] == PHONE["width"]
    assert seen["cut off"] == []


@pytest.mark.parametrize("page", PAGES)
def test_it_works_from_a_folder_too(tab, site, page):
    tab.complaints.clear(), tab.strangers.clear()
    tab.goto((site / page).as_uri())
    tab.evaluate(EQUATIONS_ARE_READY)
    assert tab.strangers == []
    assert tab.complaints == []
    assert tab.locator("h1:visible").count() == 1
    source = (site / page).read_text()
    assert ("math notranslate" in source) == bool(tab.locator("mjx-container").count())


@pytest.mark.parametrize("word", ["fluctuation", "Ginzburg"])
@pytest.mark.parametrize("folder", [False, True], ids=["served", "from a folder"])
def test_search_finds(tab, site, server, word, folder):
    root = f"{site.as_uri()}/" if folder else server
    tab.goto(f"{root}search.html?q={word}")
    hits = tab.locator("#search-results li a")
    hits.first.wait_for(timeout=10_000)
    assert all(hit.get_attribute("href") for hit in hits.all())
    hits.first.click()
    assert word.lower() in tab.locator("main").inner_text().lower()


def test_the_root_leads_to_the_first_page(tab, server):
    tab.goto(server)
    tab.wait_for_url(f"{server}{IN_ORDER[0]}.html")


def test_a_cells_code_can_be_copied(tab, server):
    tab.set_viewport_size(DESK)
    tab.goto(f"{server}{CHAPTERS[0]}.html")
    tab.evaluate(OPEN_EVERYTHING)
    cell = tab.locator("div.cell_input div.highlight").first
    cell.hover()
    cell.locator("button.copybtn").click()
    copied = tab.evaluate("navigator.clipboard.readText()")
    assert copied.strip() == cell.locator("pre").inner_text().strip()
    assert copied.strip() in (ROOT / f"{CHAPTERS[0]}.py").read_text()


def test_a_solution_opens_from_the_keyboard(tab, server):
    tab.goto(f"{server}{CHAPTERS[0]}.html")
    toggle = tab.locator("#exercises details").first
    code = toggle.locator(".cell_input")
    assert not code.is_visible()
    assert toggle.locator("summary").inner_text().strip() == "Solution"
    toggle.locator("summary").focus()
    tab.keyboard.press("Enter")
    code.wait_for(state="visible", timeout=5_000)
    assert toggle.locator(".cell_output").is_visible()
    assert toggle.locator("summary").inner_text().strip() == "Solution"
    tab.keyboard.press("Enter")
    code.wait_for(state="hidden", timeout=5_000)
