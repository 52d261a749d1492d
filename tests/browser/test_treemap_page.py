"""The Treemap page as a person uses it: zoom, select, lasso, class table, class filter, the address, the keyboard, dark theme."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from repgeom_core.bundle import Bundle, open_bundle
from repgeom_core.hierarchy.bundle_trees import BundleTree, bundle_tree

pytestmark = pytest.mark.browser
HOOK = "window.__repgeom.treemaps.get('treemap_view')"
MAP = "window.__repgeom.maps.get('map_view')"


@pytest.fixture
def bundle(served: Path) -> Bundle:
    return open_bundle(served / "workspace/bundles/digits")


@pytest.fixture
def tree(bundle: Bundle) -> BundleTree:
    return bundle_tree(bundle, "features", "end")


@pytest.fixture
def settled(still: Callable[[Page], None]) -> Callable[[Page], None]:
    """``settled(page)``: the treemap, and the map where there is one, are drawn, and nothing moves any more."""

    def wait(page: Page) -> None:
        page.wait_for_function(f"window.__repgeom && {HOOK} && {HOOK}.drawn.length && !{HOOK}.animating")
        still(page)
        page.wait_for_function(f"!{MAP} || {MAP}.drawn.length && !{MAP}.animating")

    return wait


@pytest.fixture
def opened(settled: Callable[[Page], None]) -> Callable[..., None]:
    """``opened(page, url, k=5)``: the page at that address, settled."""

    def open_treemap(page: Page, url: str, **address: object) -> None:
        query = "&".join(f"{name}={value}" for name, value in address.items())
        page.goto(f"{url}/treemap?bundle=digits&{query}")
        settled(page)

    return open_treemap


def root(page: Page) -> int:
    return int(page.evaluate(f"{HOOK}.root"))


def selected(page: Page, count: int) -> None:
    """Waits until all views show a selection of so many samples."""
    page.wait_for_function(f"{HOOK}.count === {count}")
    expect(page.locator("[data-testid=stSidebar]")).to_contain_text(f"{count} of 240 samples")


def strip(page: Page, node: int) -> tuple[float, float]:
    """A place in a box where no thumbnail lies."""
    x, y, width, _ = page.evaluate(f"{HOOK}.box({node})")
    return x + min(width / 2, 20), y + 6


def a_box(page: Page) -> int:
    """A visible cluster of several samples."""
    return int(page.evaluate(f"[...{HOOK}.shown].sort((a, b) => b - a)[0]"))


def test_a_click_zooms_in_and_escape_and_breadcrumb_go_out(
    page: Page, url: str, tree: BundleTree, screenshots: Path, opened: Callable[..., None], settled: Callable[[Page], None]
) -> None:
    opened(page, url)
    page.wait_for_function(f"{HOOK}.waiting === 0")
    page.screenshot(path=screenshots / "treemap.png")
    whole, node = root(page), a_box(page)
    assert whole == tree.tree.root and len(page.evaluate(f"{HOOK}.shown")) == 8
    page.mouse.click(*strip(page, node))
    page.wait_for_url(re.compile(rf"root={node}(&|$)"))
    settled(page)
    assert root(page) == node
    expect(page.get_by_text(f"of {tree.tree.count[node]} of 240 samples").first).to_be_visible()
    page.keyboard.press("Escape")
    page.wait_for_function(f"{HOOK}.root !== {node}")
    settled(page)
    if root(page) != whole:
        page.get_by_role("navigation", name="Where in the tree").get_by_role("button").first.click()
    page.wait_for_function(f"{HOOK}.root === {whole}")
    page.wait_for_url(lambda address: "root=" not in address)


def test_a_selected_box_is_highlighted_on_the_map(
    page: Page, url: str, tree: BundleTree, bundle: Bundle, opened: Callable[..., None], settled: Callable[[Page], None]
) -> None:
    opened(page, url)
    page.wait_for_function(f"{MAP} && {MAP}.drawn.length")
    settled(page)
    node = a_box(page)
    page.mouse.click(*page.evaluate(f"{HOOK}.check({node})"))
    count = int(tree.tree.count[node])
    selected(page, count)
    page.wait_for_function(f"{MAP}.count === {count}")


def test_a_lasso_on_the_map_is_shown_as_shares_of_boxes(
    page: Page, url: str, opened: Callable[..., None], settled: Callable[[Page], None]
) -> None:
    opened(page, url, box_colour="share of the selection", k=4)
    page.wait_for_function(f"{MAP} && {MAP}.drawn.length && !{MAP}.animating")
    settled(page)
    canvas = page.locator("[data-testid=stBidiComponentRegular] canvas, canvas").last
    places = page.evaluate(f"[...Array(240).keys()].map((i) => {MAP}.at(i))")
    left, right = min(p[0] for p in places) - 4, max(p[0] for p in places) + 4
    top, bottom = min(p[1] for p in places) - 4, max(p[1] for p in places) + 4
    middle = (left + right) / 2
    assert canvas.count()
    page.mouse.move(left, top)
    page.mouse.down()
    for x, y in ((middle, top), (middle, bottom), (left, bottom), (left, top + 6)):
        page.mouse.move(x, y, steps=8)
    page.mouse.up()
    page.wait_for_function(f"{HOOK}.count > 0")
    count = int(page.evaluate(f"{HOOK}.count"))
    assert 0 < count < 240
    selected(page, count)
    expect(page.get_by_text(f"{count} selected").first).to_be_visible()
    expect(page.get_by_text(f"that is selected ({count} are)").first).to_be_visible()


def test_a_cell_of_the_class_table_selects_exactly_its_samples(
    page: Page, url: str, bundle: Bundle, screenshots: Path, opened: Callable[..., None], settled: Callable[[Page], None]
) -> None:
    opened(page, url, panel="Classes")
    table = page.locator("[data-testid=stDataFrame]").first
    table.get_by_test_id("data-grid-canvas").wait_for()
    settled(page)
    page.screenshot(path=screenshots / "treemap_classes.png")
    box = table.bounding_box()
    assert box
    page.mouse.click(box["x"] + 130, box["y"] + 35 + 35 * 2 + 17)  # the third class, actual
    twos = int((bundle.y == 2).sum())
    selected(page, twos)
    expect(page.get_by_text(f"Selected: the {twos} samples of class two.")).to_be_visible()


def test_a_class_is_dimmed_out_or_clustered_anew(page: Page, url: str, bundle: Bundle, opened: Callable[..., None]) -> None:
    opened(page, url)
    page.get_by_role("combobox", name=re.compile("Class")).first.click()
    page.keyboard.type("tw")
    page.keyboard.press("Enter")
    page.get_by_text("its own tree", exact=True).click()
    twos = int((bundle.y == 2).sum())
    page.wait_for_function(f"{HOOK}.n === {twos}")
    expect(page).to_have_url(re.compile("only_class=two"))


def test_the_address_restores_root_clusters_and_colour(
    page: Page, url: str, tree: BundleTree, opened: Callable[..., None], settled: Callable[[Page], None]
) -> None:
    node = int(tree.tree.left[-1] if tree.tree.count[tree.tree.left[-1]] > 8 else tree.tree.right[-1])
    opened(page, url, root=node, k=5, box_colour="purity")
    assert root(page) == node and len(page.evaluate(f"{HOOK}.shown")) == 5
    expect(page.get_by_text("share of a cluster's most frequent class").first).to_be_visible()
    page.reload()
    settled(page)
    assert root(page) == node


def test_the_cut_line_and_the_number_of_clusters_move_each_other(
    page: Page, url: str, screenshots: Path, opened: Callable[..., None]
) -> None:
    opened(page, url, panel="Dendrogram")
    page.get_by_text("8 clusters of 240 samples, cut at").wait_for()
    page.screenshot(path=screenshots / "treemap_dendrogram.png")
    page.get_by_role("slider", name="Clusters visible").focus()
    page.keyboard.press("ArrowRight")
    page.get_by_text("9 clusters of 240 samples, cut at").wait_for()
    page.wait_for_function(f"{HOOK}.shown.length === 9")
    page.get_by_role("slider", name="Cut at height").focus()
    page.keyboard.press("End")
    page.wait_for_function(f"{HOOK}.shown.length === 2")
    expect(page.get_by_role("slider", name="Clusters visible")).to_have_attribute("aria-valuetext", "2")


def test_everything_can_be_reached_by_keyboard(page: Page, url: str, tree: BundleTree, opened: Callable[..., None]) -> None:
    opened(page, url)
    whole = root(page)
    page.get_by_role("tree", name=re.compile("reemap|Ward|features")).first.focus()
    page.keyboard.press("ArrowRight")
    node = int(page.evaluate(f"{HOOK}.keyed"))
    page.keyboard.press("s")
    selected(page, int(tree.tree.count[node]))
    page.keyboard.press("Enter")
    page.wait_for_function(f"{HOOK}.root === {node}")
    page.keyboard.press("Escape")
    page.wait_for_function(f"{HOOK}.root !== {node}")
    assert whole >= root(page)


def test_a_clicked_picture_is_told_in_detail_with_its_neighbours(
    page: Page, url: str, screenshots: Path, opened: Callable[..., None]
) -> None:
    opened(page, url, panel="Sample")
    page.wait_for_function(f"{HOOK}.waiting === 0")
    leaf = page.evaluate(f"(() => {{ for (let i = 0; i < 240; i++) if ({HOOK}.at(i)) return i; }})()")
    page.mouse.click(*page.evaluate(f"{HOOK}.at({leaf})"))
    expect(page.get_by_text("Nearest neighbours").first).to_be_visible()
    expect(page.get_by_text(f"digit-{leaf:03d}", exact=True).first).to_be_visible()
    page.screenshot(path=screenshots / "treemap_sample.png")


def test_two_trees_share_the_selection(
    page: Page, url: str, screenshots: Path, opened: Callable[..., None], settled: Callable[[Page], None]
) -> None:
    opened(page, url, panel="Two trees")
    page.get_by_text("Treemap B", exact=True).click()
    page.wait_for_function("window.__repgeom.treemaps.get('treemap_b')?.drawn.length > 0")
    settled(page)
    node = a_box(page)
    page.mouse.click(*page.evaluate(f"{HOOK}.check({node})"))
    page.wait_for_function(f"{HOOK}.count > 0 && window.__repgeom.treemaps.get('treemap_b').count === {HOOK}.count")
    page.screenshot(path=screenshots / "treemap_two_trees.png")


def test_dark_theme(open_page: Callable[..., Page], url: str, screenshots: Path, opened: Callable[..., None]) -> None:
    page = open_page(viewport={"width": 1600, "height": 1000}, color_scheme="dark")
    opened(page, url)
    page.wait_for_function(f"{HOOK}.waiting === 0")
    page.screenshot(path=screenshots / "treemap_dark.png")


def test_from_the_map_page_and_back_the_selection_stays(page: Page, url: str, tree: BundleTree, settled: Callable[[Page], None]) -> None:
    page.goto(f"{url}/?bundle=digits")
    page.wait_for_function(f"window.__repgeom && {MAP} && {MAP}.drawn.length")
    page.get_by_role("link", name="Treemap").click()
    settled(page)
    page.wait_for_function(f"{MAP} && {MAP}.drawn.length")
    settled(page)
    node = a_box(page)
    page.mouse.click(*page.evaluate(f"{HOOK}.check({node})"))
    count = int(tree.tree.count[node])
    selected(page, count)
    page.mouse.click(*strip(page, node))
    page.wait_for_url(re.compile(rf"root={node}(&|$)"))
    page.get_by_role("link", name="Map", exact=True).click()
    page.wait_for_function(f"!{HOOK} && {MAP} && {MAP}.count === {count}")
    page.get_by_role("link", name="Treemap").click()
    settled(page)
    page.wait_for_function(f"{HOOK}.root === {node}")
    expect(page).to_have_url(re.compile(rf"root={node}(&|$)"))


def test_the_browsers_back_undoes_a_zoom(
    page: Page, url: str, tree: BundleTree, opened: Callable[..., None], settled: Callable[[Page], None]
) -> None:
    opened(page, url)
    whole = root(page)
    for _ in range(2):
        node = a_box(page)
        page.mouse.click(*strip(page, node))
        page.wait_for_url(re.compile(rf"root={node}(&|$)"))
        settled(page)
    page.go_back()
    page.wait_for_function(f"{HOOK}.root !== {node} && {HOOK}.root !== {whole}")
    page.go_back()
    page.wait_for_function(f"{HOOK}.root === {whole}")
