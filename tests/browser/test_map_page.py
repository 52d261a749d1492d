"""The Map page as a person uses it: draw, hover, lasso, linked charts, colour, undo, the URL, dark theme."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Error, Locator, Page, expect

from repgeom_core.bundle import open_bundle

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parents[2]
HOOK = "window.__repgeom.maps.get('map_view')"


@pytest.fixture
def wait_for_map(still: Callable[[Page], None]) -> Callable[..., None]:
    """``wait_for_map(page)``: the map and its charts are drawn, and nothing moves any more."""

    def wait(page: Page, n: int = 240) -> None:
        page.wait_for_function(f"window.__repgeom && {HOOK} && {HOOK}.n === {n} && {HOOK}.drawn && !{HOOK}.animating")
        page.locator("[data-testid=stPlotlyChart] .js-plotly-plot").nth(1).wait_for()
        still(page)

    return wait


def selected(page: Page) -> int:
    return int(page.evaluate(f"{HOOK}.count"))


def panel(page: Page) -> str:
    return page.locator("[data-testid=stSidebar]").inner_text()


def lasso_everything(page: Page) -> None:
    """Around the whole map, not quite closed: an end exactly at the start would be a click."""
    box = page.locator("canvas").first.bounding_box()
    assert box
    left, top, right, bottom = box["x"] + 6, box["y"] + 40, box["x"] + box["width"] - 8, box["y"] + box["height"] - 8
    page.mouse.move(left, top)
    page.mouse.down()
    for x, y in ((right, top), (right, bottom), (left, bottom), (left, top + 25)):
        page.mouse.move(x, y, steps=8)
    page.mouse.up()


def click_mark(page: Page, mark: Locator) -> None:
    """A real click on a mark of a chart. (plotly lays a transparent plane over its marks, so the mark itself cannot be clicked.)"""
    mark.scroll_into_view_if_needed()
    box = mark.bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def test_charts_stand_beside_the_map_on_a_laptop(page: Page, url: str, wait_for_map: Callable[..., None]) -> None:
    page.goto(url)
    wait_for_map(page)
    drawn, charts = page.locator("canvas").first.bounding_box(), page.locator("[data-testid=stPlotlyChart]").nth(0).bounding_box()
    assert drawn and charts
    assert charts["x"] > drawn["x"] + drawn["width"] and charts["y"] < drawn["y"] + drawn["height"] / 2


def test_an_address_that_says_map_shows_what_it_names(page: Page, url: str, wait_for_map: Callable[..., None]) -> None:
    page.goto(f"{url}/map?bundle=digits&layer=pixels&colour=split")
    wait_for_map(page)
    expect(page.get_by_text("pixels at end")).to_be_visible()
    expect(page.get_by_text("train", exact=True)).to_be_visible()  # in the legend


def test_the_tools_stay_on_their_row_when_there_is_a_umap_to_set(page: Page, url: str, wait_for_map: Callable[..., None]) -> None:
    page.goto(url)
    wait_for_map(page)
    tools = page.locator("[data-testid=stPopover]", has_text="Points")
    before = tools.bounding_box()
    page.get_by_text("UMAP", exact=True).first.click()
    page.locator("[data-testid=stPopover]", has_text="UMAP").wait_for()
    after = tools.bounding_box()
    assert before and after and before["y"] == after["y"] and before["x"] < after["x"]


def test_lasso_reaches_python_and_the_linked_views(page: Page, url: str, screenshots: Path, wait_for_map: Callable[..., None]) -> None:
    page.goto(url)
    wait_for_map(page)
    lasso_everything(page)
    page.wait_for_function(f"{HOOK}.count > 200")
    count = selected(page)
    expect(page.locator("[data-testid=stSidebar]")).to_contain_text(re.compile(rf"{count} of 240 samples.*lasso"))
    expect(page.locator("[data-testid=stMain]")).to_contain_text(f"of {count} selected samples")
    page.locator(".gallery .card").first.wait_for()
    assert page.locator(".gallery .card").count() == min(96, count)
    page.screenshot(path=screenshots / "map_lasso.png", full_page=True)


def test_a_click_on_the_confusion_matrix_selects_on_the_map(page: Page, url: str, served: Path, wait_for_map: Callable[..., None]) -> None:
    page.goto(url)
    wait_for_map(page)
    bundle = open_bundle(served / "workspace/bundles/digits")
    predicted = bundle.samples("end")["prediction"].cat.codes.to_numpy()
    expected = int(((bundle.y == 2) & (predicted == 2)).sum())
    matrix = page.locator("[data-testid=stPlotlyChart]").nth(1)
    # Trace "right" holds the diagonal; its third marker is (two, two).
    marker = matrix.locator(".scatterlayer .trace").nth(0).locator(".points path").nth(2)
    click_mark(page, marker)
    page.wait_for_function(f"{HOOK}.count === {expected}")
    expect(page.locator("[data-testid=stSidebar]")).to_contain_text("confusion matrix")


def test_what_is_saved_or_filtered_leaves_its_panel_open(page: Page, url: str, wait_for_map: Callable[..., None]) -> None:
    page.goto(url)
    wait_for_map(page)
    lasso_everything(page)
    page.wait_for_function(f"{HOOK}.count > 200")
    sidebar = page.get_by_test_id("stSidebar")
    sidebar.get_by_text("Saved selections").click()
    name = sidebar.get_by_label("Name of the current selection")
    name.fill("nearly all")
    sidebar.get_by_role("button", name="Save").click()
    expect(sidebar.get_by_test_id("stSelectbox").filter(has_text="Saved selection B")).to_be_visible()
    expect(name).to_be_visible()
    page.get_by_role("button", name="Filters").click()
    columns = page.get_by_test_id("stPopoverBody").get_by_test_id("stMultiSelect").first
    columns.locator("input").click()
    page.get_by_role("option", name="split", exact=True).click()
    expect(page.get_by_test_id("stPopoverBody").get_by_test_id("stMultiSelect")).to_have_count(2)
    expect(columns).to_be_visible()


def test_undo_brings_the_map_back(page: Page, url: str, wait_for_map: Callable[..., None]) -> None:
    page.goto(url)
    wait_for_map(page)
    lasso_everything(page)
    page.wait_for_function(f"{HOOK}.count > 200")
    expect(page.locator("[data-testid=stSidebar]")).to_contain_text("lasso")
    page.locator("[data-testid=stSidebar]").get_by_role("button", name="undo").click()
    page.wait_for_function(f"{HOOK}.count === 0")
    page.locator("[data-testid=stSidebar]").get_by_role("button", name="redo").click()
    page.wait_for_function(f"{HOOK}.count > 200")


def test_hover_shows_the_sample_with_its_markup_as_text(page: Page, url: str, screenshots: Path, wait_for_map: Callable[..., None]) -> None:
    page.goto(url)
    wait_for_map(page)
    x, y = page.evaluate(f"{HOOK}.at(239)")
    page.mouse.move(x - 3, y)
    page.mouse.move(x, y)
    tip = page.get_by_text("<img src=x onerror=alert(1)>", exact=True).first
    tip.wait_for()
    assert page.locator("img[src=x]").count() == 0
    page.screenshot(path=screenshots / "map_hover.png")


def test_a_clicked_sample_shows_its_neighbours(page: Page, url: str, screenshots: Path, wait_for_map: Callable[..., None]) -> None:
    page.goto(f"{url}/?view=Neighbours")
    wait_for_map(page)
    x, y = page.evaluate(f"{HOOK}.at(17)")
    page.mouse.click(x, y)
    page.wait_for_function(f"{HOOK}.count === 1")
    expect(page.locator("[data-testid=stMain]")).to_contain_text("features")
    page.locator(".gallery .card").nth(20).wait_for()
    page.screenshot(path=screenshots / "map_neighbours.png", full_page=True)


def test_a_row_ticked_in_the_table_is_selected_on_the_map(
    page: Page, url: str, still: Callable[[Page], None], wait_for_map: Callable[..., None]
) -> None:
    page.goto(f"{url}/?view=Table")
    wait_for_map(page)
    table = page.get_by_test_id("stDataFrame").first
    table.scroll_into_view_if_needed()
    table.get_by_test_id("data-grid-canvas").wait_for()
    still(page)
    box = table.bounding_box()
    assert box
    page.mouse.click(box["x"] + 15, box["y"] + 35 * 3.5)  # the table is a canvas: the box of its third row, below a head of 35 pixels
    page.wait_for_function(f"{HOOK}.count === 1")
    expect(page.locator("[data-testid=stSidebar]")).to_contain_text(re.compile("1 of 240 samples.*table"))


def test_a_card_clicked_in_the_gallery_becomes_the_focus_with_its_neighbours(
    page: Page, url: str, wait_for_map: Callable[..., None]
) -> None:
    page.goto(url)
    wait_for_map(page)
    lasso_everything(page)
    card = page.locator(".gallery .card").nth(5)
    card.wait_for()
    row = int(re.findall(r"id: digit-(\d+)", card.get_attribute("title") or "")[0])
    card.click()
    page.wait_for_function(f"{HOOK}.focus === {row}")
    page.get_by_test_id("stMain").get_by_text("Neighbours", exact=True).click()
    expect(page.locator("[data-testid=stMain]")).to_contain_text(f"digit-{row:03d}")
    page.locator(".gallery .card").nth(20).wait_for()


def test_a_click_on_a_class_bar_selects_the_class(page: Page, url: str, served: Path, wait_for_map: Callable[..., None]) -> None:
    page.goto(url)
    wait_for_map(page)
    click_mark(page, page.locator("[data-testid=stPlotlyChart]").nth(0).locator(".barlayer .point path").first)
    page.wait_for_function(f"{HOOK}.count > 0")
    expect(page.locator("[data-testid=stSidebar]")).to_contain_text("class bars")
    assert selected(page) in np.bincount(open_bundle(served / "workspace/bundles/digits").y)


def test_the_selection_is_downloaded_as_csv_with_all_columns(page: Page, url: str, served: Path, wait_for_map: Callable[..., None]) -> None:
    page.goto(url)
    wait_for_map(page)
    x, y = page.evaluate(f"{HOOK}.at(17)")
    page.mouse.click(x, y)
    page.wait_for_function(f"{HOOK}.count === 1")
    with page.expect_download() as started:
        page.get_by_test_id("stSidebar").get_by_role("button", name="CSV").click()
    table = pd.read_csv(started.value.path())
    assert table["id"].tolist() == ["digit-017"]
    assert table["checkpoint"].tolist() == ["end"] and "-end-selection" in started.value.suggested_filename
    columns = open_bundle(served / "workspace/bundles/digits").samples("end").columns
    assert table.columns.drop("checkpoint").tolist() == columns.tolist()


def test_points_travel_when_the_checkpoint_changes(page: Page, url: str, wait_for_map: Callable[..., None]) -> None:
    page.goto(url)
    wait_for_map(page)
    page.get_by_test_id("stSidebar").get_by_role("slider").first.focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_function(f"{HOOK}.animating")
    page.wait_for_function(f"!{HOOK}.animating")
    page.wait_for_url(re.compile("checkpoint=middle"))


def test_first_page_draws_after_serve(page: Page, digits_bundle: Path, tmp_path: Path) -> None:
    """How long it takes is printed (pytest -s), for people to look at."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    bundle = shutil.copytree(digits_bundle, tmp_path / "digits")
    start = time.monotonic()
    command = [sys.executable, "-m", "repgeom_core.cli", "serve", str(bundle), "--port", str(port)]
    server = subprocess.Popen(command, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.DEVNULL)
    try:
        while True:
            try:
                page.goto(f"http://127.0.0.1:{port}")
                break
            except Error:
                assert server.poll() is None and time.monotonic() - start < 60, "the server did not start"
                time.sleep(0.05)
        page.wait_for_function(f"window.__repgeom?.maps.get('map_view')?.drawn && {HOOK}.n === 240")
        print(f"first page drawn {time.monotonic() - start:.1f} s after `repgeom serve`")
    finally:
        server.terminate()
        server.wait(timeout=20)


def test_the_url_restores_the_view(page: Page, url: str, wait_for_map: Callable[..., None]) -> None:
    page.goto(f"{url}/?checkpoint=start&layer=pixels&colour=loss&split=test")
    wait_for_map(page, n=80)
    assert "80 samples in 32 dimensions" in page.locator("[data-testid=stMain]").inner_text()
    expect(page.get_by_role("combobox", name="Colour by")).to_have_value("loss")


def test_changing_the_colour_changes_the_url_and_the_picture(
    page: Page, url: str, still: Callable[..., None], until: Callable[..., None], wait_for_map: Callable[..., None]
) -> None:
    page.goto(url)
    wait_for_map(page)
    before = page.locator("canvas").first.screenshot()
    page.get_by_role("combobox", name="Colour by").click()
    page.get_by_role("option", name="ink", exact=True).click()
    page.wait_for_url(re.compile("colour=ink"))
    still(page)
    until(page, lambda: page.locator("canvas").first.screenshot() != before)


def test_dark_theme_has_a_dark_map(open_page: Callable[..., Page], url: str, screenshots: Path, wait_for_map: Callable[..., None]) -> None:
    from io import BytesIO

    from PIL import Image

    page = open_page(viewport={"width": 1500, "height": 1000}, color_scheme="dark")
    page.goto(url)
    wait_for_map(page)
    picture = np.asarray(Image.open(BytesIO(page.screenshot(path=screenshots / "map_dark.png"))).convert("L"), dtype=float)
    assert np.median(picture) < 60
