"""The figures to play with, in Chromium: what they draw, against the library."""

from itertools import pairwise

import numpy as np
import pytest
import torch
from numpy.polynomial import Polynomial
from scipy import stats
from scipy.integrate import quad
from scipy.optimize import minimize

from physlib import ginzburg_landau_loss, theory
from physlib.components.simulation import simulate

explorables = pytest.importorskip("physlib.plots.explorables", reason="needs Bokeh").EXPLORABLES
CONTROLS = {c.name: c for e in explorables.values() for c in e.controls}
PAGE = "book/explore.html"
READY = "typeof Explorables == 'object' && Object.keys(Explorables.running).length == 2"
GRID = np.linspace(-1, 1, 101)


@pytest.fixture(scope="module")
def page(tab, server):
    tab.complaints.clear()
    tab.goto(server + PAGE)
    tab.wait_for_function(READY)
    tab.locator("button[name=run]").click()  # the cloud moves when it is told to
    assert tab.complaints == []
    return tab


def turn(page, **values):
    """Set sliders as a reader does; the box of the absolute value too."""
    if (absolute := values.pop("absolute", None)) is not None:
        page.locator("input[name=absolute]").set_checked(absolute)
    for name, value in values.items():
        page.locator(f"input[name={name}]").fill(str(CONTROLS[name].values.index(value)))


def columns(page, explorable, source):
    """What Bokeh has been given to draw."""
    read = f"""Object.fromEntries(Object.entries(Explorables.running.{explorable}
        .source("{source}").data).map(([key, column]) => [key, Array.from(column, Number)]))"""
    if source == "field":
        read = 'Array.from(Explorables.running.landscape.source("field").data.loss[0])'
    return page.evaluate(read)


def says(page, explorable):
    return page.locator(f"[data-explorable={explorable}] .explorable-says").inner_text()


def loss(n, g, weights):
    """The library's loss of the output that is 1 at the target, n beside it, g elsewhere."""
    phi = torch.tensor([[1, n, g, g, g, g, g, g, g, n]], dtype=torch.float64)
    weights = {"stiffness" if name == "kappa" else name: w for name, w in weights.items()}
    return ginzburg_landau_loss(phi, torch.tensor([0]), **weights).item()


def bracket(n, g, weights):
    return theory.rival_energy(n, g, weights["alpha"], weights["gamma"], weights["kappa"])


WEIGHTS = [
    {"alpha": 0.0035, "gamma": 5, "kappa": 0.5},  # the post's
    {"alpha": 0.0095, "gamma": 6.5, "kappa": 0.5},  # its revision's
    {"alpha": 3, "gamma": 5, "kappa": 1.5},  # zeros and a minimum inside of them
    {"alpha": 8, "gamma": 2, "kappa": 0.5},  # no zeros
    {"alpha": 0.5, "gamma": -5, "kappa": 0.5},  # the stable sign
    {"alpha": 0.0035, "gamma": 5, "kappa": 0},  # the density alone
]


@pytest.fixture(
    scope="module",
    params=[(w, absolute) for w in WEIGHTS for absolute in (True, False)],
    ids=lambda p: "-".join(map(str, [*p[0].values(), p[1]])),
)
def landscape(request, page):
    weights, absolute = request.param
    turn(page, **weights, absolute=absolute)
    return weights, absolute


def test_the_map_is_the_librarys_loss(page, landscape):
    weights, absolute = landscape
    field = np.reshape(columns(page, "landscape", "field"), (101, 101))  # rows are g
    exact = bracket(GRID[None, :], GRID[:, None], weights)
    np.testing.assert_allclose(field, abs(exact) if absolute else exact, atol=1e-6)  # eps is 1e-8
    for j, i in np.random.default_rng(0).integers(0, 101, (40, 2)):
        assert abs(field[j, i]) == pytest.approx(loss(GRID[i], GRID[j], weights), rel=1e-12)


def test_the_cut_is_the_maps_diagonal(page, landscape):
    weights, absolute = landscape
    curves = columns(page, "landscape", "curves")
    h = np.array(curves["h"])
    np.testing.assert_allclose(curves["bracket"], bracket(h, h, weights), atol=1e-6)
    shown = np.abs(curves["bracket"]) if absolute else curves["bracket"]
    np.testing.assert_array_equal(curves["loss"], shown)


def test_the_line_of_zeros_is_whole_and_the_loss_vanishes_on_it(page, landscape):
    weights, _ = landscape
    pieces = columns(page, "landscape", "zeros")
    for end in "01":
        for n, g in zip(pieces[f"x{end}"], pieces[f"y{end}"], strict=True):
            assert loss(n, g, weights) < 1e-14
    positive = bracket(GRID[None, :], GRID[:, None], weights) > 1e-12
    corners = sum(positive[j : j + 100, i : i + 100].astype(int) for j in (0, 1) for i in (0, 1))
    crossed = ((corners > 0) & (corners < 4)).sum()
    if weights["kappa"]:  # without it zeros touch the corners of squares
        assert len(pieces["x0"]) == crossed


def test_the_dots_of_the_cut_are_its_minima(page, landscape):
    weights, absolute = landscape
    alpha, gamma, kappa = weights.values()
    Q = 9 * Polynomial([0, 0, alpha, 0, -gamma]) + kappa / 2 * Polynomial([1, -2, 1])
    roots = np.concatenate([Q.roots(), Q.deriv().roots()])
    places = np.unique(np.round([-1, 1, *roots[abs(roots.imag) < 1e-7].real], 9))
    fold = abs if absolute else lambda value: value
    expected = [
        h
        for h in places[abs(places) <= 1]
        if all(fold(Q(np.clip(h + step, -1, 1))) >= fold(Q(h)) for step in (-1e-4, 1e-4))
    ]
    found = columns(page, "landscape", "minima")
    np.testing.assert_allclose(found["x"], expected, atol=1e-5)
    np.testing.assert_allclose(found["y"], [fold(Q(h)) / 10 for h in found["x"]], atol=1e-6)


def test_the_dots_of_the_map_are_its_minima(page, landscape):
    """Of Q where it is positive, of −Q where it is negative: its zeros are the black line."""
    weights, absolute = landscape
    found = columns(page, "landscape", "lows")
    dots = np.transpose([found["x"], found["y"]])
    ring = 1e-3 * np.exp(1j * np.linspace(0, 2 * np.pi, 16, endpoint=False))
    for n, g in dots:
        sign = -1 if absolute and bracket(n, g, weights) < 0 else 1
        around = np.clip(n + ring.real, -1, 1), np.clip(g + ring.imag, -1, 1)
        assert (sign * bracket(*around, weights) >= sign * bracket(n, g, weights)).all()
    for start in np.random.default_rng(0).uniform(-1, 1, (40, 2)):
        sign = np.sign(bracket(*start, weights)) if absolute else 1

        def energy(place, sign=sign):
            return sign * bracket(*place, weights)

        end = minimize(energy, start, bounds=[(-1, 1)] * 2, options={"ftol": 1e-15})
        if not absolute or end.fun > 1e-9:
            assert np.linalg.norm(dots - end.x, axis=1).min() < 1e-3


def test_the_sentence_says_what_the_target_costs(page):
    turn(page, **WEIGHTS[0], absolute=True)
    said = says(page, "landscape")
    assert f"At the target the loss is {theory.loss_at_target(10):.4f}." in said
    turn(page, alpha=1, gamma=-2, kappa=2, absolute=False)
    page.get_by_role("button", name="The post’s values").click()
    assert says(page, "landscape") == said


def restart(page, **settings):
    turn(page, **settings)
    page.locator("button[name=restart]").click()


def leap(page, times):
    for _ in range(times):
        page.locator("button[name=leap]").click()


@pytest.mark.parametrize(
    ("lr", "damping"), [(0.01, 0.1), (0.1, 0.02), (0.02, 1)], ids=["first", "swinging", "SGD"]
)
def test_without_noise_particles_go_where_the_optimizer_takes_them(page, lr, damping):
    restart(page, temperature=0, damping=damping, lr=lr)
    leap(page, 2)
    positions, velocities = simulate(
        lambda theta: 4 * theta * (theta.square() - 1),
        torch.linspace(-1.4, -0.6, 4000, dtype=torch.float64),
        200,
        every=200,
        lr=lr,
        damping=damping,
        temperature=0.0,
    )
    theta, v = positions[-1].numpy(), velocities.numpy()
    np.testing.assert_allclose(page.evaluate(THETA), theta, rtol=1e-10)
    dots = columns(page, "cloud", "dots")
    energy = theory.double_well(theta) + v**2 / (2 * lr)
    np.testing.assert_allclose(dots["x"], theta[::10], rtol=1e-10)
    np.testing.assert_allclose(dots["y"], energy[::10], atol=1e-12)


THETA = "Array.from(Explorables.running.cloud.cloud.theta)"
DRAW = "([seed, n]) => Array.from({length: n}, Explorables.cloud.normals(seed))"


def test_the_noise_is_normal_and_seeded(page):
    n = 50_000
    first, second = (np.array(page.evaluate(DRAW, [seed, n])) for seed in (1, 2))
    assert page.evaluate(DRAW, [1, 5]) == first[:5].tolist()
    for eta in (first, second):
        assert stats.kstest(eta, "norm").pvalue > 1e-3
        assert abs(eta.mean()) < 4 / np.sqrt(n)
        assert abs(eta.var() - 1) < 4 * np.sqrt(2 / n)
        for lag in (1, 2, 4000):  # a particle's next kick is 4000 draws later
            assert abs((eta[lag:] * eta[:-lag]).mean()) < 4 / np.sqrt(n)
    assert abs((first * second).mean()) < 4 / np.sqrt(n)


SAMPLE = """([temperature, seed]) => {
    const cloud = new Explorables.cloud.Cloud(seed, 400);
    const settings = {temperature, damping: 0.1, lr: 0.001};
    const energy = new Array(400).fill(0), motion = new Array(400).fill(0), snapshots = 40;
    cloud.advance(500, settings);
    for (let i = 0; i < snapshots; i++) {
        cloud.advance(60, settings);
        cloud.theta.forEach((x, k) => { energy[k] += (x * x - 1) ** 2 / snapshots; });
        cloud.v.forEach((v, k) => { motion[k] += v * v / 0.001 / snapshots; });
    }
    return [energy, motion];
}"""


@pytest.mark.parametrize("temperature", [0.2, 1.0])
def test_both_temperatures_of_the_cloud_are_right(page, temperature):
    """Five seeds; a particle's mean over time is independent of another's."""
    runs = [page.evaluate(SAMPLE, [temperature, seed]) for seed in range(5)]
    energy, motion = np.concatenate(runs, axis=1)

    def weighted(f):
        weight = lambda x: np.exp(-theory.double_well(x) / temperature)  # noqa: E731
        return quad(lambda x: f(x) * weight(x), -4, 4)[0] / quad(weight, -4, 4)[0]

    curvature = weighted(lambda x: 12 * x**2 - 4)
    expected = weighted(theory.double_well)
    moving = theory.velocity_temperature(temperature, 0.001 * curvature, 0.1)
    for measured, exact in ((energy, expected), (motion, float(moving))):
        error = measured.std(ddof=1) / np.sqrt(len(measured))
        assert 4 * error < 0.05 * exact  # five percent would be seen
        assert abs(measured.mean() - exact) < 4 * error


def test_the_histogram_follows_boltzmann(page):
    restart(page, temperature=1, damping=0.2, lr=0.005)
    leap(page, 8)
    bars = columns(page, "cloud", "bars")
    edges = np.append(bars["left"], bars["right"][-1])
    counts = np.array(bars["top"]) * np.diff(edges) * 4000
    in_bins = np.histogram(page.evaluate(THETA), edges)[0]
    np.testing.assert_allclose(counts, in_bins, atol=1e-6)
    density = lambda x: np.exp(-theory.double_well(x))  # noqa: E731
    mass = [quad(density, *ends)[0] for ends in pairwise(edges)]
    expected = 4000 * np.array(mass) / quad(density, -4, 4)[0]
    many = expected > 5
    chi_squared = ((counts - expected)[many] ** 2 / expected[many]).sum()
    assert stats.chi2.sf(chi_squared, many.sum()) > 1e-3
    assert (
        page.locator("[data-explorable=cloud] .explorable-says")
        .inner_text()
        .startswith("After 800 steps,")
    )


@pytest.mark.parametrize("temperature", [0.1, 0.4, 2])
def test_the_curve_is_boltzmanns(page, temperature):
    turn(page, temperature=temperature)
    curve = columns(page, "cloud", "boltzmann")
    theta = np.linspace(-3, 3, 1201)
    exact = theory.boltzmann_on_grid(theta, theory.double_well(theta), temperature)
    np.testing.assert_allclose(curve["theta"], theta, atol=1e-12)
    np.testing.assert_allclose(curve["density"], exact, rtol=1e-9, atol=1e-12)
    energy = np.trapezoid(exact * theory.double_well(theta), theta)
    assert f"(Boltzmann: {energy:.3f})" in says(page, "cloud")


@pytest.mark.parametrize(
    ("temperature", "damping", "lr", "warning", "lost"),
    [
        (0.4, 0.1, 0.01, "", False),
        (0.4, 0.1, 0.05, "A long step", False),
        (0.4, 0.1, 0.3, "Too long a step", True),
        (0, 0.1, 0.1, "", False),
        (0, 0.1, 0.45, "Too long a step", True),
        (0, 0.1, 0.5, "Unstable", True),
        (0, 0.3, 0.45, "Unstable", True),
    ],
)
def test_long_steps_come_with_a_warning(page, temperature, damping, lr, warning, lost):
    restart(page, temperature=temperature, damping=damping, lr=lr)
    assert (
        page.locator("[data-explorable=cloud] .explorable-warns").inner_text().split(":")[0]
        == warning
    )
    assert (8 * lr >= theory.stability_limit(damping)) == (warning == "Unstable")
    told = temperature > 0 and not lost
    assert ("hotter than T by" in says(page, "cloud")) == told
    if told:
        hot = 100 * (theory.position_temperature(1, 8 * lr, damping) - 1)
        assert f"hotter than T by {hot:.1f} %" in says(page, "cloud")
    leap(page, 3)
    assert ("have flown off" in says(page, "cloud")) == lost


STEPS = "Explorables.running.cloud.cloud.steps"
NEXT_FRAMES = f"""new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(
    () => resolve({STEPS}))))"""


def test_the_cloud_runs_and_pauses(page):
    restart(page, temperature=0.4, damping=0.1, lr=0.01)
    run = page.locator("button[name=run]")
    run.scroll_into_view_if_needed()
    assert run.inner_text() == "Run"
    assert page.evaluate(NEXT_FRAMES) == 0
    run.click()
    page.wait_for_function(f"{STEPS} > 3")
    assert run.inner_text() == "Pause"
    run.click()
    before = page.evaluate(STEPS)
    assert page.evaluate(NEXT_FRAMES) == before


@pytest.mark.parametrize(("motion", "button"), [("reduce", "Run"), ("no-preference", "Pause")])
def test_it_starts_by_itself_only_where_motion_is_welcome(browser, server, motion, button):
    page = browser.new_page(reduced_motion=motion)
    page.goto(server + PAGE)
    page.wait_for_function(READY)
    run = page.locator("button[name=run]")
    run.scroll_into_view_if_needed()
    assert run.inner_text() == button
    if motion == "reduce":
        assert page.evaluate(NEXT_FRAMES) == 0
    else:
        page.wait_for_function(f"{STEPS} > 0")
    page.close()


def test_everything_can_be_done_with_keys(page):
    turn(page, **WEIGHTS[0], absolute=True)
    page.locator("input[name=alpha]").focus()
    page.keyboard.press("Shift+Tab")
    order = []
    for _ in range(15):
        page.keyboard.press("Tab")
        inside = (
            "document.activeElement.closest('.explorable') && (document.activeElement.name || '?')"
        )
        order.append(page.evaluate(inside))
    landscape = ["alpha", "gamma", "kappa", "absolute", "post"]
    cloud = ["temperature", "damping", "lr", "run", "leap", "restart"]
    assert [name for name in order if name] == landscape + cloud
    page.locator("input[name=gamma]").focus()
    before = columns(page, "landscape", "field")
    page.keyboard.press("ArrowRight")
    slider = page.get_by_role("slider", name="γ, weight of −d⁴")
    assert slider.get_attribute("aria-valuetext") == "6.5"
    after = np.reshape(columns(page, "landscape", "field"), (101, 101))
    weights = WEIGHTS[0] | {"gamma": 6.5}
    np.testing.assert_allclose(
        after, abs(bracket(GRID[None, :], GRID[:, None], weights)), atol=1e-6
    )
    assert before != after.ravel().tolist()
    page.locator("input[name=absolute]").focus()
    page.keyboard.press("Space")
    assert min(columns(page, "landscape", "field")) < 0


def test_every_slider_has_a_name(page):
    for control in CONTROLS.values():
        assert page.get_by_role("slider", name=f"{control.symbol}, {control.meaning}").count() == 1


INK = """() => { const axis = Explorables.running.cloud.figures.histogram.left[0];
    return [axis.major_label_text_color,
            getComputedStyle(document.querySelector("[data-explorable]")).color] }"""


def test_the_letters_take_the_colour_of_the_page(page):
    seen = set()
    for theme in ("light", "dark"):
        page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
        drawn, text = page.evaluate(INK)
        assert drawn == text
        seen.add(drawn)
    assert len(seen) == 2


STILLS, LIVE = "img.explorable-still", "[data-explorable]"


def test_without_scripts_a_still_is_shown(browser, server):
    page = browser.new_page(java_script_enabled=False)
    page.goto(server + PAGE)
    assert [s.is_visible() for s in page.locator(STILLS).all()] == [True, True]
    assert [s.is_visible() for s in page.locator(LIVE).all()] == [False, False]
    page.close()


def test_where_the_scripts_fail_the_still_stays(browser, server):
    page = browser.new_page()
    page.route("**/bokeh.min.js*", lambda route: route.abort())
    page.goto(server + PAGE)
    assert [s.is_visible() for s in page.locator(STILLS).all()] == [True, True]
    assert [s.is_visible() for s in page.locator(LIVE).all()] == [False, False]
    page.close()


def test_on_paper_the_still_takes_the_place_of_the_live_figure(page):
    assert not any(s.is_visible() for s in page.locator(STILLS).all())
    page.emulate_media(media="print")
    for still in page.locator(STILLS).all():
        assert still.is_visible()
        assert still.evaluate("i => i.decode().then(() => i.naturalWidth)") > 600
    assert not any(s.is_visible() for s in page.locator(LIVE).all())
    page.emulate_media(media="screen")


def test_no_other_page_loads_bokeh(site):
    heavy = [page for page in site.rglob("*.html") if "bokeh.min.js" in page.read_text()]
    assert heavy == [site / PAGE]
