"""What the hand, the keys and a screen reader find in the treemap, in a real browser."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.browser

APP = Path(__file__).parent / "apps" / "treemap_app.py"
N = 1200
ROOT = 2 * N - 2
HOOK = "window.__repgeom?.treemaps.get('treemap')"


@pytest.fixture
def show(page: Page, streamlit_app: Callable[..., str], still: Callable[[Page], None]) -> Callable[..., Page]:
    """``show(query)``: the app's page once its treemap and all thumbnails are drawn."""

    def open_treemap(query: str = "") -> Page:
        page.goto(f"{streamlit_app(APP)}/?{query}")
        drawn(page)
        still(page)
        return page

    return open_treemap


def drawn(page: Page) -> None:
    page.wait_for_function(f"{HOOK}?.complete.length > 0")
    page.get_by_text("root ").wait_for()


def value(page: Page, name: str) -> object:
    return page.evaluate(f"{HOOK}.{name}")


def settled(page: Page, root: int | None = None) -> None:
    if root is not None:
        page.wait_for_function(f"{HOOK}.root === {root}")
    page.wait_for_function(f"!{HOOK}.animating")


def told(page: Page, text: str) -> re.Match[str]:
    """Waits until one of Python's lines matches and returns the match."""
    line = page.get_by_test_id("stText").filter(has_text=re.compile(text)).first
    expect(line).to_be_visible()
    found = re.search(text, line.text_content() or "")
    assert found
    return found


def strip(page: Page, node: int) -> tuple[float, float]:
    x, y, _, _ = page.evaluate(f"{HOOK}.box({node})")
    return x + 12, y + 6


def boxes(page: Page) -> list[int]:
    """Visible nodes, the largest first."""
    return page.evaluate(
        f"(() => {{ const t = {HOOK}; const area = (n) => t.box(n)[2] * t.box(n)[3];"
        " return [...t.shown].filter((n) => t.check(n)).sort((a, b) => area(b) - area(a)); })()"
    )


def count(page: Page, node: int) -> int:
    text = page.locator(f".reader [data-node='{node}']").text_content() or ""
    found = re.search(r"cluster of ([\d,]+) samples", text)
    assert found, text
    return int(found[1].replace(",", ""))


def shown_leaf(page: Page) -> int:
    return page.evaluate(f"(() => {{ for (let i = 0; i < {N}; i++) if ({HOOK}.at(i)) return i; }})()")


def picture(target: Page | Locator) -> Image.Image:
    return Image.open(io.BytesIO(target.screenshot())).convert("RGB")


def pixels(page: Page, leaf: int) -> tuple[int, ...]:
    """Colour near the corner of a leaf's slot, where no number is written."""
    x, y = page.evaluate(f"{HOOK}.at({leaf})")
    return picture(page).getpixel((int(x + 8), int(y + 9)))


def test_a_click_zooms_in_and_escape_breadcrumb_back_and_outer_frame_lead_out(show):
    page = show()
    before = value(page, "shown")
    places = page.evaluate(f"{HOOK}.shown.map((n) => {HOOK}.box(n))")
    node = boxes(page)[0]
    for way in ("escape", "breadcrumb", "back", "frame"):
        page.mouse.click(*strip(page, node))
        settled(page, node)
        assert value(page, "shown") != before
        expect(page.locator(".crumb.here")).to_contain_text(str(count_of_root(page)))
        if way == "escape":
            page.keyboard.press("Escape")
        elif way == "breadcrumb":
            page.locator(".crumb").first.click()
        elif way == "back":
            page.get_by_role("button", name="Back").click()
        else:
            page.mouse.click(*strip(page, node))
        settled(page, ROOT)
        assert value(page, "shown") == before
    told(page, rf"root {ROOT} ")
    assert page.evaluate(f"{HOOK}.shown.map((n) => {HOOK}.box(n))") == places


def count_of_root(page: Page) -> int:
    label = page.locator("canvas.boxes").get_attribute("aria-label") or ""
    found = re.search(r"cluster of ([\d,]+) samples", label)
    assert found, label
    return int(found[1].replace(",", ""))


def test_a_zoom_is_animated(show):
    page = show()
    node = boxes(page)[0]
    page.evaluate(f"(() => {{ window.moved = false; setInterval(() => (window.moved ||= {HOOK}.animating), 4); }})()")
    page.mouse.click(*strip(page, node))
    settled(page, node)
    assert page.evaluate("window.moved")


def test_reduced_motion_zooms_at_once(show, page, still):
    page.emulate_media(reduced_motion="reduce")
    show()
    page.evaluate(f"(() => {{ window.moved = false; setInterval(() => (window.moved ||= {HOOK}.animating), 1); }})()")
    node = boxes(page)[0]
    page.mouse.click(*strip(page, node))
    settled(page, node)
    still(page)
    assert page.evaluate("window.moved") is False


def test_the_strip_of_a_frame_zooms_to_it_and_skips_what_lies_between(show):
    page = show("k=20&height=1400")
    frame = page.evaluate(
        f"(() => {{ const t = {HOOK}; for (let n = {ROOT} - 1; n > {N}; n--)"
        " if (t.box(n) && !t.shown.includes(n) && t.box(n)[3] > 440 && t.box(n)[2] > 120) return n; return -1; })()"
    )
    assert frame > 0
    page.mouse.click(*strip(page, frame))
    settled(page, frame)
    told(page, rf"root {frame} ")


def test_keys_alone_move_zoom_select_and_return(show, screenshots):
    page = show()
    page.locator(".reader").focus()
    page.keyboard.press("ArrowRight")
    first = value(page, "keyed")
    assert first == value(page, "shown")[0]
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    node = value(page, "keyed")
    assert node != first
    item = page.locator(".reader").get_attribute("aria-activedescendant")
    assert page.locator(f"#{item}").get_attribute("data-node") == str(node)
    page.screenshot(path=screenshots / "treemap_keys.png")
    members = count(page, node)
    page.keyboard.press("s")
    told(page, rf"selected {members} tool box")
    page.keyboard.press("Alt+s")
    told(page, "selected 0 tool box")
    page.keyboard.press("Enter")
    settled(page, node)
    page.keyboard.press("Backspace")
    settled(page, ROOT)
    assert value(page, "keyed") == node
    page.keyboard.press("Enter")
    settled(page, node)
    page.keyboard.press("Home")
    settled(page, ROOT)
    page.keyboard.press("Control+a")
    told(page, rf"selected {N} tool box")


def test_shift_click_adds_alt_click_removes_and_the_check_button_toggles(show, screenshots):
    page = show()
    first, second = boxes(page)[:2]
    sizes = count(page, first), count(page, second)
    for node in (first, second):
        page.keyboard.down("Shift")
        page.mouse.click(*strip(page, node))
        page.keyboard.up("Shift")
    told(page, rf"selected {sum(sizes)} tool box")
    assert value(page, "root") == ROOT
    page.screenshot(path=screenshots / "treemap_boxes_selected.png")
    page.keyboard.down("Alt")
    page.mouse.click(*strip(page, first))
    page.keyboard.up("Alt")
    told(page, rf"selected {sizes[1]} tool box")
    page.mouse.click(*page.evaluate(f"{HOOK}.check({second})"))
    told(page, "selected 0 tool box")
    page.mouse.click(*page.evaluate(f"{HOOK}.check({first})"))
    told(page, rf"selected {sizes[0]} tool box")
    page.get_by_role("button", name="Clear", exact=True).click()
    told(page, "selected 0 tool clear")


def test_samples_outside_the_selection_are_dimmed(show, until):
    page = show("first=0")
    leaf = shown_leaf(page)
    inside = next(i for i in range(N - 1, 0, -1) if page.evaluate(f"{HOOK}.at({i}) !== null"))
    before, other = pixels(page, inside), pixels(page, leaf)
    page.evaluate("document.activeElement.blur()")
    page.get_by_role("button", name="Select the first ten").click()
    page.wait_for_function(f"{HOOK}.count === 10")
    until(page, lambda: sum(abs(a - b) for a, b in zip(pixels(page, inside), before, strict=True)) > 80)
    if leaf < 10:
        assert pixels(page, leaf) == other
    expect(page.locator(".treemap .status")).to_contain_text("10 of 1,200 selected")
    assert any("selected" in text for text in page.locator(".reader > div").all_text_contents())


def test_focus_on_errors_dims_all_others_and_outlines_are_orange(show):
    page = show("outline")
    canvas = picture(page.locator("canvas.boxes"))
    colours = canvas.getcolors(1_000_000) or []
    orange = sum(many for many, (red, green, blue) in colours if abs(red - 213) < 8 and abs(green - 94) < 8 and blue < 12)
    assert orange > 200
    page.goto(page.url.replace("outline", "dim"))
    drawn(page)
    assert canvas.tobytes() != picture(page.locator("canvas.boxes")).tobytes()


def test_filtered_samples_are_not_drawn_and_counts_say_so(show, screenshots):
    page = show("half")
    expect(page.locator(".treemap .status")).to_contain_text(re.compile(r"· 1,\d+ filtered out"))
    expect(page.locator(".reader > div").first).to_contain_text("hidden")
    page.screenshot(path=screenshots / "treemap_filtered.png")
    page.locator(".reader").focus()
    page.keyboard.press("Control+a")
    left = int(told(page, r"selected (\d+) tool box")[1])
    assert 0 < left < N / 5


def test_the_pointer_shows_sample_and_box(show, screenshots):
    page = show("similar")
    leaf = shown_leaf(page)
    page.mouse.move(*page.evaluate(f"{HOOK}.at({leaf})"))
    tooltip = page.locator(".tooltip")
    expect(tooltip.locator(".heading")).to_have_text(f"sample-{leaf:05d}")
    page.screenshot(path=screenshots / "treemap_hover.png")
    node = boxes(page)[0]
    page.mouse.move(*strip(page, node))
    expect(tooltip).to_contain_text("accuracy")
    expect(tooltip).to_contain_text("samples")
    page.mouse.move(3, 3)
    expect(tooltip).to_be_hidden()


def test_escape_first_takes_the_tooltip_away(show):
    page = show()
    node = boxes(page)[0]
    page.mouse.click(*strip(page, node))
    settled(page, node)
    page.mouse.move(*page.evaluate(f"{HOOK}.at({shown_leaf(page)})"))
    expect(page.locator(".tooltip")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".tooltip")).to_be_hidden()
    assert value(page, "root") == node
    page.keyboard.press("Escape")
    settled(page, ROOT)


def test_too_many_clusters_for_the_canvas_are_counted_and_explained(show):
    page = show("k=100&height=260&thumb=64")
    expect(page.locator(".shown")).to_have_text(re.compile(r"^\d+ of 100 clusters asked for: .*no room"))


def test_samples_without_images_show_their_text(show, screenshots):
    page = show("bare")
    page.screenshot(path=screenshots / "treemap_text.png")
    assert len(picture(page.locator("canvas.boxes")).getcolors(1_000_000)) > 100


def test_a_fine_screen_is_used_fully_and_the_dark_theme_is_dark(open_page, streamlit_app, screenshots):
    page = open_page(color_scheme="dark", device_scale_factor=2)
    page.goto(f"{streamlit_app(APP)}/?k=20")
    drawn(page)
    page.screenshot(path=screenshots / "treemap_dark.png")
    assert page.locator("canvas.boxes").evaluate("c => c.width / c.clientWidth") == 2
    assert max(picture(page.locator(".treemap")).getpixel((9, 9))) < 60


def test_the_png_holds_boxes_and_legend_at_twice_the_resolution(show, screenshots):
    page = show()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as PNG").click()
    assert download.value.suggested_filename == "A-treemap.png"
    path = screenshots / "treemap_saved.png"
    download.value.save_as(path)
    stage = page.locator("canvas.boxes").bounding_box()
    assert stage
    assert Image.open(path).width > 2 * stage["width"]


def test_a_screen_reader_finds_every_box_with_its_facts(show):
    page = show("k=12")
    items = page.get_by_role("treeitem")
    expect(items).to_have_count(12)
    expect(items.nth(2)).to_have_text(
        re.compile(r"^cluster of \d+ samples, (mostly|mixed, most often) .+ \(\d+ %\), accuracy .+, 3rd of 12$")
    )
    expect(page.locator("canvas.boxes")).to_have_attribute("aria-label", re.compile(r"^Treemap of A treemap: cluster of 1,200 samples"))
    node = int(items.nth(2).get_attribute("data-node") or -1)
    items.nth(2).dispatch_event("click")
    settled(page, node)
    expect(page.locator(".treemap > .unseen")).to_contain_text("Now cluster of")


def test_another_size_of_the_window_is_laid_out_anew(show, until):
    page = show()
    width = page.locator("canvas.boxes").evaluate("c => c.width")
    page.set_viewport_size({"width": 900, "height": 800})
    until(page, lambda: page.locator("canvas.boxes").evaluate("c => c.width") < width)
    settled(page)
    x, _, w, _ = page.evaluate(f"{HOOK}.box({ROOT})")
    assert x + w <= 900
