"""Collapse, Spectrum & dimension and Subspaces as a person uses them: a click on a matrix selects, on a curve goes there; CSV; dark."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Locator, Page, expect

from repgeom_core.bundle import open_bundle

pytestmark = pytest.mark.browser


def chart(page: Page, key: str) -> Locator:
    found = page.locator(f".st-key-chart_{key}")
    found.locator(".plot-container, .js-plotly-plot").first.wait_for()
    return found


def click_marker(page: Page, where: Locator, place: int) -> None:
    marker = where.locator(".scatterlayer .trace").last.locator(".points path").nth(place)
    marker.scroll_into_view_if_needed()
    box = marker.bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def count_of(served: Path, codes: list[int]) -> int:
    return int(np.isin(open_bundle(served / "workspace/bundles/digits").y, codes).sum())


def finished(page: Page) -> None:
    """The page is drawn to its end: its last card is there, and nothing is being computed."""
    page.locator("[data-testid=stExpander]").last.wait_for()
    expect(page.locator("[data-testid=stSpinner]")).to_have_count(0)


def test_a_click_on_the_cosine_matrix_selects_both_classes(page: Page, url: str, served: Path, screenshots: Path) -> None:
    page.goto(f"{url}/collapse")
    finished(page)
    click_marker(page, chart(page, "class_matrix_chart"), 1)  # row 0: columns 1, 2, 3
    expected = count_of(served, [0, 2])
    sidebar = page.locator("[data-testid=stSidebar]")
    expect(sidebar).to_contain_text(re.compile(rf"{expected} of 240 samples.*class matrix"))
    finished(page)
    page.screenshot(path=screenshots / "collapse.png", full_page=True)


def test_a_click_on_a_curve_goes_to_its_layer_and_checkpoint(page: Page, url: str) -> None:
    page.goto(f"{url}/collapse?layer=pixels")
    finished(page)
    click_marker(page, chart(page, "curve_nc1_pinv"), 1)  # the last trace is that of the last layer: features
    page.wait_for_url(re.compile("checkpoint=middle"))
    expect(page.locator("[data-testid=stSidebar]")).to_contain_text("64 dimensions")


def test_curves_are_drawn_over_depth_as_well(page: Page, url: str) -> None:
    page.goto(f"{url}/collapse")
    finished(page)
    page.locator(".st-key-curves_over").get_by_text("Depth").click()
    # A line for each checkpoint, the last on top; NC3 is that of the classifier's own layer and has no line over layers.
    expect(page.locator(".st-key-chart_curve_nc1_pinv .legendtext")).to_have_text(["start", "middle", "end"])
    expect(page.locator(".st-key-chart_curve_self_duality_error")).to_have_count(0)
    click_marker(page, chart(page, "curve_nc1_pinv"), 0)
    page.wait_for_url(re.compile("layer=pixels"))


def test_local_dimension_colours_the_map_of_the_bundle_in_the_address(page: Page, url: str) -> None:
    page.goto(f"{url}/spectrum?bundle=digits&layer=pixels")
    finished(page)
    page.locator("[class*=st-key-paint_local] button").first.click()
    expect(page.get_by_role("combobox", name="Colour by")).to_have_value("local dimension · pixels · end")
    expect(page.locator("[data-testid=stSidebar]")).to_contain_text("32 dimensions")


@pytest.mark.parametrize("path", ["collapse", "spectrum", "subspaces"])
def test_charts_stack_on_a_narrow_screen(page: Page, url: str, path: str) -> None:
    page.set_viewport_size({"width": 1000, "height": 900})
    page.goto(f"{url}/{path}")
    finished(page)
    charts = page.locator("[data-testid=stPlotlyChart]")
    charts.nth(2).wait_for()
    main = page.locator("[data-testid=stMain]")
    assert main.evaluate("e => e.scrollWidth <= e.clientWidth")
    widths = charts.evaluate_all("charts => charts.map(c => c.getBoundingClientRect().width)")
    assert min(widths) > 280


def test_the_csv_holds_what_is_drawn(page: Page, url: str) -> None:
    page.goto(f"{url}/collapse")
    finished(page)
    with page.expect_download() as download:
        page.locator(".st-key-class_bars_csv button").first.click()
    table = pd.read_csv(download.value.path())
    assert set(table["trace"]) == {"spread √v", "norm ‖μ − μG‖", "alignment cos(w, μ)"}
    assert (table["x"] > 0).all()


def test_a_click_on_the_angle_matrix_opens_the_pair_and_selects_it(page: Page, url: str, served: Path, screenshots: Path) -> None:
    page.goto(f"{url}/subspaces")
    finished(page)
    click_marker(page, chart(page, "subspace_matrix_chart"), 1)  # row 0: columns 1, 2, 3
    expect(page.locator("[data-testid=stMain]")).to_contain_text("The pair zero and two")
    expected = count_of(served, [0, 2])
    expect(page.locator("[data-testid=stSidebar]")).to_contain_text(re.compile(rf"{expected} of 240 samples.*subspace angles"))
    finished(page)
    page.screenshot(path=screenshots / "subspaces.png", full_page=True)
    gallery = page.locator(".st-key-pair_shared")
    gallery.locator("button, [role=button], .item").first.click()
    expect(page.locator("[data-testid=stSidebar]")).to_contain_text(re.compile(r"1 of 240 samples.*both subspaces"))


def test_the_spectrum_page_draws_dark_on_dark(open_page: Callable[..., Page], url: str, screenshots: Path) -> None:
    from PIL import Image

    page = open_page(viewport={"width": 1500, "height": 1400}, color_scheme="dark")
    page.goto(f"{url}/spectrum")
    finished(page)
    chart(page, "spectrum")
    expect(page.get_by_test_id("stApp")).to_have_css("background-color", "rgb(18, 22, 28)")  # the dark background of .streamlit/config.toml
    picture = page.screenshot(path=screenshots / "spectrum_dark.png", full_page=True)
    assert np.median(np.asarray(Image.open(BytesIO(picture)).convert("L"), dtype=float)) < 60
    assert page.locator("img[src=x]").count() == 0
