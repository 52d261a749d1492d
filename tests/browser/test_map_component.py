"""The map component in a real browser: what is seen, what the hand does, and what Python hears."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.browser

APP = Path(__file__).parent / "apps" / "map_app.py"
HOOK = "window.__repgeom?.maps.get('map')"
ALL = [(0.01, 0.01), (0.99, 0.01), (0.99, 0.98), (0.01, 0.98), (0.01, 0.04)]
MIDDLE = [(0.3, 0.3), (0.62, 0.26), (0.66, 0.6), (0.35, 0.64), (0.3, 0.34)]
CORNER = [(0.6, 0.02), (0.98, 0.02), (0.98, 0.45), (0.62, 0.45), (0.6, 0.06)]


@pytest.fixture
def show(page: Page, streamlit_app: Callable[..., str], still: Callable[[Page], None]) -> Callable[..., Page]:
    """``show(query)``: the app's page once its map is drawn."""

    def open_map(query: str = "") -> Page:
        page.goto(f"{streamlit_app(APP)}/?{query}")
        drawn(page)
        still(page)
        return page

    return open_map


def drawn(page: Page) -> None:
    page.wait_for_function(f"{HOOK}?.drawn.length > 0")
    page.get_by_text("labels [").wait_for()


def hook(page: Page, name: str) -> object:
    return page.evaluate(f"{HOOK}.{name}")


def at(page: Page, row: int) -> tuple[float, float]:
    x, y = page.evaluate(f"{HOOK}.at({row})")
    return x, y


def drag(page: Page, corners: list[tuple[float, float]], modifier: str | None = None, button: str = "left") -> None:
    box = page.locator(".stage").first.bounding_box()
    assert box
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in corners]
    if modifier:
        page.keyboard.down(modifier)
    page.mouse.move(*places[0])
    page.mouse.down(button=button)
    for place in places[1:]:
        page.mouse.move(*place, steps=8)
    page.mouse.up(button=button)
    if modifier:
        page.keyboard.up(modifier)


def heard(page: Page, pattern: str) -> re.Match[str]:
    """Waits until Python's text below the map matches."""
    line = page.get_by_test_id("stText").filter(has_text="selected").first
    expect(line).to_have_text(re.compile(pattern))
    found = re.search(pattern, line.text_content() or "")
    assert found
    return found


def picture(target: Page | Locator) -> Image.Image:
    return Image.open(io.BytesIO(target.screenshot())).convert("RGB")


def category(page: Page, label: str) -> Locator:
    return page.locator(".entry", has_text=re.compile(rf"^{re.escape(label)}"))


def test_each_class_is_drawn_in_its_legend_colour(show, screenshots):
    page = show("n=4000")
    image = picture(page)
    image.save(screenshots / "map_light.png")
    x, y = page.locator(".stage").first.bounding_box()["x"], page.locator(".stage").first.bounding_box()["y"]
    seen = {image.getpixel((px, py)) for px in range(int(x), int(x) + 930) for py in range(int(y), int(y) + 480)}
    swatches = page.locator(".swatch").evaluate_all("nodes => nodes.map((n) => getComputedStyle(n).backgroundColor)")
    assert len(set(swatches)) == 10
    for swatch in swatches:
        colour = tuple(map(int, re.findall(r"\d+", swatch)))
        assert any(max(abs(a - b) for a, b in zip(colour, pixel, strict=True)) < 30 for pixel in seen), f"{colour} is not on the map"


def test_hover_shows_thumbnail_id_and_columns(show, screenshots):
    page = show("n=2000")
    page.mouse.move(*at(page, 137))
    tooltip = page.locator(".tooltip")
    expect(tooltip.locator(".heading")).to_have_text("sample-00137")
    expect(tooltip).to_contain_text("loss")
    expect(tooltip).to_contain_text("split")
    expect(tooltip.locator("canvas.thumbnail")).to_be_visible()
    page.screenshot(path=screenshots / "map_hover.png")
    expected = (60 + 37, 90 + 16, 200 - 37)  # cell 37 of sheet 1, see the app
    assert tooltip.locator("canvas").evaluate("c => [...c.getContext('2d').getImageData(28, 28, 1, 1).data]")[:3] == pytest.approx(
        expected, abs=12
    )
    page.mouse.move(5, 5)
    expect(tooltip).to_be_hidden()


def test_markup_in_class_names_is_text(show):
    page = show("n=500")
    expect(page.locator(".entry").first).to_contain_text("<b>bold</b><img src=x onerror=alert(1)>")
    row = page.evaluate(f"(() => {{ for (let i = 0; i < 500; i++) if ({HOOK}.label(i).startsWith('<b>')) return i; }})()")
    page.mouse.move(*at(page, row))
    expect(page.locator(".tooltip dd").first).to_contain_text("<b>bold</b>")
    assert page.locator(".map b, .map img").count() == 0


def test_what_the_lasso_holds_python_hears(show, screenshots):
    page = show("n=4000")
    drag(page, MIDDLE)
    count = int(heard(page, r"selected ([1-9]\d*) focus None tool lasso history \[\d+\]")[1])
    assert hook(page, "count") == count
    expect(page.locator(".status")).to_have_text(f"{count:,} of 4,000 selected")
    page.screenshot(path=screenshots / "map_selection.png")


def test_shift_adds_alt_removes_and_escape_clears(show):
    page = show("n=2000")
    drag(page, MIDDLE)
    first = int(heard(page, r"selected ([1-9]\d*) .*lasso")[1])
    drag(page, CORNER, "Shift")
    both = int(heard(page, rf"selected (\d+) .*history \[{first}, \d+\]")[1])
    assert both > first
    drag(page, CORNER, "Alt")
    rest = int(heard(page, rf"selected (\d+) .*history \[{first}, {both}, \d+\]")[1])
    assert 0 < rest <= first
    page.keyboard.press("Escape")
    heard(page, r"selected 0 focus None tool clear")
    assert hook(page, "count") == 0


def test_a_box_around_everything_selects_everything(show):
    page = show("n=2000")
    page.keyboard.press("b")  # the pointer is not over the map, and nothing has the focus: not for us
    expect(page.get_by_role("button", name="Box (B)")).to_have_attribute("aria-pressed", "false")
    page.locator(".stage").first.hover(position={"x": 5, "y": 5})
    page.keyboard.press("b")
    expect(page.get_by_role("button", name="Box (B)")).to_have_attribute("aria-pressed", "true")
    drag(page, [(0.005, 0.005), (0.99, 0.99)])
    heard(page, r"selected 2000 focus None tool box")


def test_a_click_focuses_a_sample_and_shows_its_neighbours(show, screenshots):
    page = show("n=2000")
    page.mouse.click(*at(page, 17))
    heard(page, r"selected 1 focus (17) tool click")
    expect(page.locator(".hint")).to_contain_text("8 nearest in feature space")
    expect(page.locator(".hint")).to_contain_text("6 nearest on the map")
    page.mouse.move(5, 5)
    page.screenshot(path=screenshots / "map_focus.png")


def test_hidden_categories_are_neither_hovered_nor_selected(show):
    page = show("n=2000")
    category(page, "class 3").click()
    expect(category(page, "class 3")).to_have_attribute("aria-pressed", "false")
    drag(page, ALL)
    heard(page, r"selected 1\d\d\d ")
    expect(page.get_by_text("labels [0, 1, 2, 4, 5, 6, 7, 8, 9]")).to_be_visible()
    row = page.evaluate(f"(() => {{ for (let i = 0; i < 2000; i++) if ({HOOK}.label(i) === 'class 3') return i; }})()")
    page.mouse.move(*at(page, row))
    heading = page.locator(".tooltip .heading")
    assert not heading.is_visible() or heading.text_content() != f"sample-{row:05d}"


def test_double_click_isolates_a_category_and_again_shows_all(show):
    page = show("n=2000")
    category(page, "class 5").dblclick()
    expect(page.locator(".entry[aria-pressed=true]")).to_have_count(1)
    expect(category(page, "class 5")).to_have_attribute("aria-pressed", "true")
    drag(page, ALL)
    heard(page, "lasso")
    expect(page.get_by_text("labels [5]")).to_be_visible()
    category(page, "class 5").dblclick()
    expect(page.locator(".entry[aria-pressed=true]")).to_have_count(10)


def test_a_hundred_classes_can_be_searched(show, screenshots):
    page = show("n=8000&k=100&bare")
    page.screenshot(path=screenshots / "map_100_classes.png")
    expect(page.locator(".entry")).to_have_count(100)
    page.locator(".search").fill("CLASS 9")
    expect(page.locator(".entry")).to_have_count(11)
    page.locator(".search").press("b")  # typing is no shortcut
    expect(page.get_by_role("button", name="Lasso (L)")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_text("No category matches")).to_be_visible()


def test_colouring_by_a_number_shows_a_ramp_with_its_unit(show, screenshots, until):
    page = show("n=4000")
    before = picture(page.locator(".stage").first)
    page.get_by_test_id("stRadio").get_by_text("loss").click()
    expect(page.locator(".ticks span").first).to_have_text(re.compile(r"^≥ [\d.]+ nats$"))
    expect(page.locator(".entry.static")).to_contain_text("missing")
    until(page, lambda: picture(page.locator(".stage").first).tobytes() != before.tobytes())
    page.screenshot(path=screenshots / "map_continuous.png")
    assert hook(page, "n") == 4000


def test_a_selection_made_in_python_wins_over_an_older_one_by_hand(show):
    page = show("n=2000")
    drag(page, MIDDLE)
    heard(page, r"selected [1-9]\d* .*lasso")
    page.get_by_role("button", name="Select the first ten").click()
    heard(page, "selected 10 ")
    page.wait_for_function(f"{HOOK}.count === 10")
    expect(page.locator(".status")).to_have_text("10 of 2,000 selected")


def test_the_echo_of_an_older_lasso_never_replaces_a_newer_one(show, still):
    page = show("n=2000")
    page.get_by_test_id("stCheckbox").filter(has_text="Slow").click()
    page.get_by_text("slowly").wait_for()
    still(page)
    page.evaluate(f"(() => {{ window.counts = []; setInterval(() => window.counts.push({HOOK}.count), 5); }})()")
    drag(page, MIDDLE)
    middle = hook(page, "count")
    drag(page, CORNER)
    corner = hook(page, "count")
    assert middle != corner
    heard(page, rf"selected {corner} .*\b{corner}\]")
    still(page)
    counts = page.evaluate("window.counts")
    changes = [counts[0]] + [b for a, b in zip(counts, counts[1:], strict=False) if a != b]
    assert changes == [0, middle, corner]


def test_new_positions_of_the_same_samples_are_blended(show):
    page = show("n=2000")
    before = at(page, 3)
    page.evaluate(f"(() => {{ window.moved = false; setInterval(() => (window.moved ||= {HOOK}.animating), 4); }})()")
    page.get_by_test_id("stCheckbox").filter(has_text="Turned").click()
    page.wait_for_function("window.moved")
    page.wait_for_function(f"!{HOOK}.animating")
    after = at(page, 3)
    assert abs(after[0] - before[0]) + abs(after[1] - before[1]) > 5
    page.mouse.click(*after)
    heard(page, "selected 1 focus 3 ")


def test_reduced_motion_moves_at_once(show, page, still):
    page.emulate_media(reduced_motion="reduce")
    show("n=2000")
    page.evaluate(f"(() => {{ window.moved = false; setInterval(() => (window.moved ||= {HOOK}.animating), 1); }})()")
    before = at(page, 3)
    page.get_by_test_id("stCheckbox").filter(has_text="Turned").click()
    page.wait_for_function(f"{HOOK}.at(3)[0] !== {before[0]}")
    still(page)
    assert page.evaluate("window.moved") is False


def test_the_wheel_zooms_about_the_pointer_and_a_double_click_resets(show):
    page = show("n=2000")
    start = at(page, 40)
    page.mouse.move(*start)
    page.mouse.wheel(0, -300)
    page.wait_for_function(f"{HOOK}.zoom > 1.3")
    assert at(page, 40) == pytest.approx(start, abs=1.5)  # the pointer lies on whole pixels
    drag(page, [(0.5, 0.5), (0.6, 0.55)], button="right")
    assert at(page, 40)[0] > start[0] + 30
    page.locator(".stage").first.dblclick(position={"x": 4, "y": 4})
    page.wait_for_function(f"{HOOK}.zoom === 1")
    assert at(page, 40) == pytest.approx(start, abs=0.5)


def test_filtered_samples_are_not_selected(show):
    page = show("n=2000&half&bare")
    drag(page, ALL)
    heard(page, r"selected 1000 ")


def test_a_map_that_leaves_the_page_gives_everything_back(show):
    page = show("n=500")
    page.evaluate(f"window.gl = {HOOK}.gl")
    away = page.get_by_test_id("stCheckbox").filter(has_text="Away")
    away.click()
    page.wait_for_function("window.__repgeom.maps.size === 0 && window.__repgeom.payloads.size === 0")
    assert page.evaluate("window.gl.isContextLost()")
    assert page.evaluate("window.__repgeom.listeners.size") == 0
    away.click()
    drawn(page)
    drag(page, MIDDLE)
    heard(page, r"selected [1-9]\d* ")


def test_the_dark_theme_is_dark_and_a_fine_screen_is_used_fully(open_page, streamlit_app, screenshots):
    page = open_page(color_scheme="dark", device_scale_factor=2)
    page.goto(f"{streamlit_app(APP)}/?n=4000")
    drawn(page)
    page.screenshot(path=screenshots / "map_dark.png")
    assert max(picture(page.locator(".stage").first).getpixel((3, 3))) < 60
    assert page.locator("canvas.points").evaluate("c => c.width / c.clientWidth") == 2


def test_the_png_holds_points_and_legend_at_twice_the_resolution(show, screenshots):
    page = show("n=4000")
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as PNG").click()
    assert download.value.suggested_filename == "resnet20-layer3-UMAP.png"
    path = screenshots / "map_saved.png"
    download.value.save_as(path)
    image = Image.open(path)
    stage = page.locator(".stage").first.bounding_box()
    assert image.format == "PNG"
    assert image.width > 2 * stage["width"]
    assert len(image.convert("RGB").resize((200, 150), Image.Resampling.NEAREST).getcolors(30_000)) > 10
    assert hook(page, "zoom") == 1


def test_full_screen_fills_the_screen(show):
    page = show("n=500&bare")
    page.get_by_role("button", name="Full screen (F)").click()
    page.wait_for_function("document.fullscreenElement !== null")
    expect(page.locator(".map")).to_have_css("border-top-width", "0px")
    page.wait_for_function("window.__repgeom.maps.get('map').drawn.length > 1")
    assert page.locator(".stage").bounding_box()["height"] > 700


def test_a_lost_graphics_context_comes_back(show):
    page = show("n=500&bare")
    page.evaluate(f"window.loss = {HOOK}.gl.getExtension('WEBGL_lose_context'); window.loss.loseContext()")
    expect(page.get_by_text("The graphics card was reset")).to_be_visible()
    before = len(hook(page, "drawn"))
    page.evaluate("window.loss.restoreContext()")
    page.wait_for_function(f"{HOOK}.drawn.length > {before}")
    expect(page.get_by_text("The graphics card was reset")).to_be_hidden()
    assert len(picture(page.locator(".stage").first).getcolors(1_000_000)) > 20


def test_without_webgl2_the_map_says_so(page, streamlit_app):
    page.add_init_script(
        "const get = HTMLCanvasElement.prototype.getContext;"
        "HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {"
        "  return kind === 'webgl2' ? null : get.call(this, kind, ...rest); }"
    )
    page.goto(f"{streamlit_app(APP)}/?n=500&bare")
    expect(page.get_by_text("This browser offers no WebGL2")).to_be_visible()
    page.locator(".stage").first.hover()


def test_two_maps_live_on_one_page(show):
    page = show("n=500&two&bare")
    page.wait_for_function("window.__repgeom.maps.get('second')?.drawn.length > 0")
    drag(page, MIDDLE)
    heard(page, r"selected [1-9]\d* ")
    assert page.evaluate("window.__repgeom.maps.get('second').count") == 0


def test_channels_take_no_room_on_the_page(show):
    page = show("n=500")
    stage = page.locator(".map").first.bounding_box()
    text = page.get_by_test_id("stText").first.bounding_box()
    assert text["y"] - (stage["y"] + stage["height"]) < 30


def test_a_sample_under_the_pointer_lights_up_in_the_other_map(show):
    page = show("n=500&two&bare")
    page.wait_for_function("window.__repgeom.maps.get('second')?.drawn.length > 0")
    page.mouse.move(*at(page, 17))
    row = hook(page, "hovered")
    assert row >= 0
    page.wait_for_function(f"window.__repgeom.maps.get('second').hovered === {row}")
    page.mouse.move(5, 5)
    page.wait_for_function("window.__repgeom.maps.get('second').hovered === -1")
