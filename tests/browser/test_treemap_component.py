"""The treemap between browser and Python: what Python hears, whose word counts, and what views of one page share."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

APP = Path(__file__).parent / "apps" / "treemap_app.py"
ROOT = 2 * 1200 - 2


def hook(key: str = "treemap") -> str:
    return f"window.__repgeom?.treemaps.get('{key}')"


@pytest.fixture
def show(page: Page, streamlit_app: Callable[..., str], still: Callable[[Page], None]) -> Callable[..., Page]:
    """``show(query)``: the app's page once its treemap is drawn."""

    def open_treemap(query: str = "") -> Page:
        page.goto(f"{streamlit_app(APP)}/?{query}")
        page.wait_for_function(f"{hook()}?.drawn.length > 0")
        page.get_by_text("root ").wait_for()
        still(page)
        return page

    return open_treemap


def value(page: Page, name: str, key: str = "treemap") -> object:
    return page.evaluate(f"{hook(key)}.{name}")


def told(page: Page, text: str) -> re.Match[str]:
    """Waits until Python's line matches and returns the match."""
    line = page.get_by_test_id("stText").filter(has_text=re.compile(text)).first
    expect(line).to_be_visible()
    found = re.search(text, line.text_content() or "")
    assert found
    return found


def settled(page: Page, key: str = "treemap") -> None:
    page.wait_for_function(f"!{hook(key)}.animating")


def middle(page: Page, node: int, key: str = "treemap") -> tuple[float, float]:
    """A place in the strip of a box, where no thumbnail lies."""
    x, y, width, _ = page.evaluate(f"{hook(key)}.box({node})")
    return x + min(width / 2, 20), y + 6


def largest(page: Page, key: str = "treemap") -> int:
    return page.evaluate(f"(() => {{ const t = {hook(key)}; const area = (n) => {{ const b = t.box(n); return b[2] * b[3]; }};"
                         " return [...t.shown].sort((a, b) => area(b) - area(a))[0]; })()")  # fmt: skip


def test_python_hears_a_zoom_and_may_take_it_back(show, screenshots):
    page = show("n=1200")
    page.screenshot(path=screenshots / "treemap_component.png")
    node = largest(page)
    page.mouse.click(*middle(page, node))
    told(page, rf"root {node} focus None of {ROOT}")
    settled(page)
    assert value(page, "root") == node
    page.get_by_role("button", name="Whole tree").click()
    page.wait_for_function(f"{hook()}.root === {ROOT}")


def test_a_clicked_thumbnail_is_the_focus_and_no_selection(show):
    page = show("n=1200")
    page.wait_for_function(f"{hook()}.waiting === 0")
    leaf = page.evaluate(f"(() => {{ for (let i = 0; i < 1200; i++) if ({hook()}.at(i)) return i; }})()")
    page.mouse.click(*page.evaluate(f"{hook()}.at({leaf})"))
    told(page, rf"root {ROOT} focus {leaf} ")
    told(page, "selected 0 ")
    assert value(page, "focus") == leaf


def test_an_older_echo_does_not_undo_a_newer_zoom(show, still):
    page = show("n=1200")
    page.get_by_test_id("stCheckbox").filter(has_text="Slow").click()
    page.get_by_text("slowly").wait_for()
    still(page)
    page.evaluate(f"(() => {{ window.roots = [{hook()}.root]; setInterval(() => window.roots.push({hook()}.root), 5); }})()")
    first = largest(page)
    page.mouse.click(*middle(page, first))
    settled(page)
    page.wait_for_function(f"{hook()}.root === {first}")
    second = largest(page)
    page.mouse.click(*middle(page, second))
    told(page, rf"root {second} ")
    still(page)
    roots = page.evaluate("window.roots")
    changes = [roots[0]] + [b for a, b in zip(roots, roots[1:], strict=False) if a != b]
    assert [root for root in changes if root != first] == [ROOT, second]


def test_a_selection_made_in_python_is_shown(show, screenshots):
    page = show("n=1200")
    page.get_by_role("button", name="Select the first ten").click()
    page.wait_for_function(f"{hook()}.count === 10")
    page.screenshot(path=screenshots / "treemap_component_selection.png")


def test_the_tree_and_its_thumbnails_are_sent_once(show, still):
    page = show("n=1200")
    page.wait_for_function(f"{hook()}.complete.length > 0")
    received: list[bytes] = []
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.on("Network.webSocketFrameReceived", lambda event: received.append(base64.b64decode(event["response"]["payloadData"])))
    node = largest(page)
    page.mouse.click(*middle(page, node))
    told(page, rf"root {node} ")
    still(page)
    assert any(b"repgeom_treemap" in message for message in received)
    assert not any(b"RGM1" in message for message in received)


def test_thumbnails_are_those_of_the_samples_that_leaves_are(show):
    page = show("n=800&first=200&thumb=32&k=2")
    page.wait_for_function(f"{hook()}.waiting === 0")
    leaf = page.evaluate(f"(() => {{ for (let i = 0; i < 800; i++) if ({hook()}.at(i)) return i; }})()")
    page.mouse.move(*page.evaluate(f"{hook()}.at({leaf})"))
    sample = leaf + 200
    sheet, cell = divmod(sample, 100)
    expected = (60 + cell, 90 + 16 * (sheet % 10), 200 - cell)
    tooltip = page.locator(".tooltip canvas.thumbnail").first
    expect(tooltip).to_be_visible()
    assert tooltip.evaluate("c => [...c.getContext('2d').getImageData(28, 28, 1, 1).data]")[:3] == pytest.approx(expected, abs=14)


def test_two_treemaps_live_on_one_page_and_outline_the_same_sample(show, screenshots):
    page = show("n=1200&two&height=380")
    page.wait_for_function(f"{hook('second')}?.drawn.length > 0 && {hook()}.waiting === 0")
    leaf = page.evaluate(f"(() => {{ for (let i = 0; i < 1200; i++) if ({hook()}.at(i) && {hook('second')}.at(i)) return i; }})()")
    page.mouse.move(*page.evaluate(f"{hook()}.at({leaf})"))
    page.wait_for_function(f"{hook('second')}.hovered === {leaf}")
    page.screenshot(path=screenshots / "treemap_component_two.png")
    assert len(value(page, "shown")) == 12
    assert len(value(page, "shown", "second")) == 5
    page.mouse.move(2, 2)
    page.wait_for_function(f"{hook('second')}.hovered === -1")


def test_map_and_treemap_light_up_the_same_sample(show, screenshots):
    page = show("n=1200&map&first=300&height=380")
    page.set_viewport_size({"width": 1280, "height": 1400})  # the whole map
    page.wait_for_function("window.__repgeom.maps.get('map')?.drawn.length > 0")
    leaf = page.evaluate(f"(() => {{ for (let i = 0; i < 1200; i++) if ({hook()}.at(i)) return i; }})()")
    page.mouse.move(*page.evaluate(f"{hook()}.at({leaf})"))
    page.wait_for_function(f"window.__repgeom.maps.get('map').hovered === {leaf}")
    page.screenshot(path=screenshots / "treemap_component_map.png")
    page.mouse.move(*page.evaluate(f"window.__repgeom.maps.get('map').at({leaf})"))
    page.wait_for_function(f"{hook()}.hovered === window.__repgeom.maps.get('map').hovered && {hook()}.hovered >= 0")


def test_markup_in_class_names_is_text(show):
    page = show("n=1200&bare")
    expect(page.get_by_text("<b>bold</b>").first).to_be_attached()
    assert page.locator(".treemap b, .treemap img").count() == 0
