"""Whose Escape it is: the treemap's, the map's, or that of what lies over the page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser

APP = Path(__file__).parent / "apps" / "treemap_app.py"
ROOT = 2 * 1200 - 2
TREEMAP = "window.__repgeom?.treemaps.get('treemap')"
MAP = "window.__repgeom?.maps.get('map')"


@pytest.fixture
def show(page: Page, streamlit_app: Callable[..., str], still: Callable[[Page], None]) -> Callable[..., Page]:
    """``show(query)``: the app's page, its treemap two steps below the root."""

    def open_page(query: str) -> Page:
        page.goto(f"{streamlit_app(APP)}/?{query}")
        page.wait_for_function(f"{TREEMAP}?.drawn.length > 0", timeout=30_000)
        page.get_by_text("root ").wait_for()
        for _ in range(2):
            still(page)
            before = root(page)
            page.mouse.click(*page.evaluate(f"(() => {{ const [x, y] = {LARGEST}; return [x + 12, y + 6]; }})()"))
            page.wait_for_function(f"{TREEMAP}.root !== {before} && !{TREEMAP}.animating")
            page.get_by_text(f"root {root(page)} ").wait_for()
        return page

    return open_page


LARGEST = f"[...{TREEMAP}.shown].map((n) => {TREEMAP}.box(n)).sort((a, b) => b[2] * b[3] - a[2] * a[3])[0]"


def root(page: Page) -> int:
    return int(page.evaluate(f"{TREEMAP}.root"))


def leave_for_the_page(page: Page) -> None:
    """The pointer presses on the page beside all views, which then has the focus."""
    page.mouse.click(600, 30)
    assert page.evaluate("document.activeElement.contains(document.querySelector('[data-testid=stMainBlockContainer]'))")


def escape(page: Page) -> int:
    """The root after Escape."""
    page.keyboard.press("Escape")
    page.wait_for_timeout(150)
    page.wait_for_function(f"!{TREEMAP}.animating")
    return root(page)


def test_escape_goes_up_one_step_when_the_page_has_the_focus(show):
    page = show("n=1200")
    leave_for_the_page(page)
    below = root(page)
    above = escape(page)
    assert above not in (below, ROOT)
    page.get_by_text(f"root {above} ").wait_for()
    assert escape(page) == ROOT
    assert escape(page) == ROOT


def test_what_lies_over_the_page_keeps_its_escape(show):
    page = show("n=1200&overlays")
    below = root(page)
    for opened, inside in (("Open a popover", "Inside the popover"), ("Open a dialog", "Inside the dialog")):
        page.get_by_role("button", name=opened).click()
        page.get_by_text(inside).click()
        assert escape(page) == below
        page.get_by_text(inside).wait_for(state="hidden")
    page.get_by_role("combobox", name="A list").click()
    page.get_by_role("option", name="second").wait_for()
    assert escape(page) == below
    page.get_by_role("textbox", name="A field").click()
    assert escape(page) == below
    leave_for_the_page(page)
    assert escape(page) != below


def test_escape_is_the_maps_after_the_pointer_was_pressed_there(show):
    page = show("n=1200&map&height=320")
    page.set_viewport_size({"width": 1280, "height": 1400})  # the whole map
    page.wait_for_function(f"{MAP}?.drawn.length > 0")
    below = root(page)
    leaf = page.evaluate(f"(() => {{ for (let i = 0; i < 1200; i++) if ({TREEMAP}.at(i)) return i; }})()")
    x, y = page.evaluate(f"{MAP}.at({leaf})")
    page.mouse.click(x, y)
    page.wait_for_function(f"{MAP}.count === 1")
    leave_for_the_page(page)
    assert escape(page) == below
    page.wait_for_function(f"{MAP}.count === 0")
    assert escape(page) == below


def test_a_running_lasso_is_what_escape_ends(show):
    page = show("n=1200&map&height=320")
    page.set_viewport_size({"width": 1280, "height": 1400})  # the whole map
    page.wait_for_function(f"{MAP}?.drawn.length > 0")
    below = root(page)
    x, y = page.evaluate(f"{MAP}.at(0)")
    page.mouse.move(x - 60, y - 40)
    page.mouse.down()
    for dx, dy in ((60, -40), (60, 40), (-60, 40)):
        page.mouse.move(x + dx, y + dy, steps=3)
    assert escape(page) == below
    page.mouse.up()
    page.wait_for_timeout(200)
    assert page.evaluate(f"{MAP}.count") == 0
    assert root(page) == below
