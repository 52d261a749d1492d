"""The page that works without a server, opened from its file, with no network."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from repgeom_core.bundle import open_bundle
from repgeom_core.hierarchy.bundle_trees import BundleTree
from repgeom_core.hierarchy.linkages.methods import linkage
from repgeom_core.hierarchy.tree import Tree
from repgeom_core.linalg.neighbours import neighbours
from repgeom_core.views.offline import offline_page

pytestmark = pytest.mark.browser

HOOK = "window.__repgeom?.treemaps.get('treemap')"
N = 240


@pytest.fixture(scope="module")
def files(digits_bundle: Path, vectors: tuple[np.ndarray, Tree], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    bundle = open_bundle(digits_bundle)
    checkpoint = bundle.checkpoints[0]
    X, linked = vectors
    tree = BundleTree(linked, bundle.rows("all"))
    folder = tmp_path_factory.mktemp("offline")
    pages = {
        "whole": offline_page(
            bundle, tree, checkpoint.name, "Digits & <b>markup</b>", k=8, neighbours=neighbours(X, 6).indices, layer="features"
        ),
        "bare": offline_page(bundle, tree, checkpoint.name, "Digits", k=8, thumbnails=False),
        "lines": offline_page(bundle, tree, checkpoint.name, "Digits", k=8, thumbnails=False, layer="features"),
    }
    for name, page in pages.items():
        (folder / f"{name}.html").write_bytes(page.data)
    return {name: folder / f"{name}.html" for name in pages}


@pytest.fixture(scope="module")
def vectors(digits_bundle: Path) -> tuple[np.ndarray, Tree]:
    """What the pages show: features and their tree."""
    bundle = open_bundle(digits_bundle)
    X = bundle.features("features", bundle.checkpoints[0].name).take(bundle.rows("all"))
    return X, linkage(X)


@pytest.fixture
def show(browser: Browser, files: dict[str, Path]) -> Iterator[Callable[..., Page]]:
    """``show(name)``: the page from its file once it is drawn; nothing may be asked of the network, and nothing may go wrong."""
    context = browser.new_context(viewport={"width": 1280, "height": 860}, offline=True)
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text) if message.type in ("error", "warning") else None)
    page.on("request", lambda request: wrong.append(request.url) if not request.url.startswith(("file:", "blob:", "data:")) else None)

    def open_page(name: str = "whole", address: str = "", scheme: str = "light") -> Page:
        page.emulate_media(color_scheme=scheme)
        page.goto(files[name].as_uri() + address)
        until(page, f"{HOOK}?.complete.length > 0")
        return page

    yield open_page
    context.close()
    assert not wrong


def until(page: Page, condition: str) -> None:
    """Waits for it by asking: the page's own policy forbids the code that Playwright would wait with."""
    end = time.monotonic() + 60
    while not page.evaluate(condition):
        assert time.monotonic() < end, condition
        page.wait_for_timeout(20)


def value(page: Page, name: str) -> object:
    return page.evaluate(f"{HOOK}.{name}")


def zoom_in(page: Page) -> int:
    root = value(page, "root")
    boxes = page.evaluate(f"[...{HOOK}.shown].map((node) => [node, ...{HOOK}.box(node)])")
    node, x, y, width, _ = max(boxes, key=lambda box: box[3] * box[4])
    page.mouse.click(x + min(width / 2, 12), y + 6)
    until(page, f"{HOOK}.root === {node} && !{HOOK}.animating")
    until(page, f"location.hash === '#root={node}'")
    assert node != root
    return int(node)


def choose(page: Page, field: str) -> object:
    return page.locator(".field", has_text=field).locator("select, input")


def test_a_click_zooms_escape_and_back_return(show, screenshots):
    page = show()
    page.screenshot(path=screenshots / "offline.png")
    assert value(page, "root") == 2 * N - 2
    zoom_in(page)
    page.screenshot(path=screenshots / "offline_zoomed.png")
    page.keyboard.press("Escape")
    until(page, f"{HOOK}.root === {2 * N - 2} && !{HOOK}.animating && location.hash === '#root={2 * N - 2}'")
    node = zoom_in(page)
    page.go_back()
    until(page, f"{HOOK}.root !== {node}")


def test_a_link_to_a_cluster_shows_it(show):
    page = show(address="#root=470")
    assert value(page, "root") == 470


def test_the_slider_says_how_many_clusters_there_are(show):
    page = show()
    assert len(value(page, "shown")) == 8
    choose(page, "Clusters").fill("15")
    until(page, f"{HOOK}.shown.length === 15")


def test_boxes_are_coloured_by_what_was_packed(show, screenshots):
    page = show()
    names = choose(page, "Colour").locator("option").all_text_contents()
    assert {"accuracy", "purity", "entropy", "majority class", "height", "mean ink"} <= set(names)
    before = page.screenshot()
    choose(page, "Colour").select_option(label="entropy")
    page.wait_for_timeout(400)
    assert page.screenshot() != before
    page.screenshot(path=screenshots / "offline_entropy.png")


def test_a_thumbnail_shows_the_sample_and_its_neighbours(show, screenshots):
    page = show()
    expect(page.locator(".details")).to_contain_text("Click a sample")
    leaf = page.evaluate(f"(() => {{ for (let i = 0; i < {N}; i++) if ({HOOK}.at(i)) return i; }})()")
    page.mouse.click(*page.evaluate(f"{HOOK}.at({leaf})"))
    expect(page.locator(".details dd").first).to_have_text(f"digit-{leaf:03d}")
    expect(page.locator(".near")).to_have_count(6)
    page.screenshot(path=screenshots / "offline_details.png")
    page.locator(".near").nth(2).click()
    expect(page.locator(".details dd").first).not_to_have_text(f"digit-{leaf:03d}")


def test_the_class_table_selects_the_samples_behind_a_number(show):
    page = show()
    row = page.locator(".classes tbody tr", has=page.locator("th", has_text=re.compile("^zero$")))
    count = int(row.locator("td").first.inner_text())
    row.locator("td button").first.click()
    until(page, f"{HOOK}.count === {count}")
    page.get_by_role("button", name="recall").click()
    expect(page.locator("th", has=page.get_by_role("button", name="recall"))).to_have_attribute("aria-sort", "descending")
    total = sum(int(text) for text in page.locator(".classes tbody td:nth-child(2)").all_inner_texts())
    assert total == N
    zoom_in(page)
    until(page, f"[...document.querySelectorAll('.classes td:nth-child(2)')].reduce((s, c) => s + Number(c.innerText), 0) < {N}")


def test_an_id_or_a_class_is_found(show):
    page = show()
    page.get_by_label("Find an id or a class").fill("DIGIT-017")
    page.locator(".found .entry").first.click()
    until(page, f"{HOOK}.focus === 17")
    page.get_by_label("Find an id or a class").fill("two")
    page.locator(".found .entry").first.click()
    until(page, f"{HOOK}.count > 20")


def test_markup_in_the_data_is_text(show):
    page = show()
    expect(page.get_by_role("heading", level=1)).to_have_text("Digits & <b>markup</b>")
    page.get_by_label("Find an id or a class").fill("onerror")
    page.locator(".found .entry").last.click()
    expect(page.locator(".details dd").first).to_have_text("<img src=x onerror=alert(1)>")
    assert page.locator("img, h1 b").count() == 0


def test_it_is_dark_where_the_system_is_and_works_without_thumbnails(show, screenshots):
    page = show("bare", scheme="dark")
    page.screenshot(path=screenshots / "offline_dark.png")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(14, 17, 23)"
    zoom_in(page)


def test_the_most_central_samples_of_every_box_come_first(show, vectors):
    page = show()
    first = page.locator(".field", has=page.get_by_text("First", exact=True)).locator("select")
    assert first.locator("option").all_text_contents() == ["evenly spaced", "most central", "errors"]
    choose(page, "Thumbnails").fill("64")
    first.select_option(label="most central")
    X, tree = vectors
    for k in (2, 3):  # the centre is that of the boxes that are seen
        choose(page, "Clusters").fill(str(k))
        until(page, f"{HOOK}.shown.length === {k} && {HOOK}.waiting === 0 && !{HOOK}.animating")
        seen = set(page.evaluate(f"Array.from({{length: {N}}}, (_, leaf) => leaf).filter((leaf) => {HOOK}.at(leaf))"))
        crowded = 0
        for node in value(page, "shown"):
            members = tree.order[tree.start[node] : tree.start[node] + tree.count[node]]
            here = seen & {*members.tolist()}
            nearest = members[np.argsort(np.linalg.norm(X[members] - X[members].mean(axis=0), axis=1))]
            crowded += len(here) < len(members)
            assert len(here & {*nearest[: len(here)].tolist()}) >= 0.9 * len(here)
        assert crowded


def test_samples_without_pictures_are_drawn_as_their_vectors(show, screenshots):
    page = show("lines")
    page.screenshot(path=screenshots / "offline_lines.png")
    with_lines = page.locator(".canvas").screenshot()
    page = show("bare")
    assert page.locator(".canvas").screenshot() != with_lines


def test_escape_goes_up_when_the_page_has_the_focus_and_not_while_something_is_typed(show):
    page = show()
    node = zoom_in(page)
    page.get_by_label("Find an id or a class").click()
    page.keyboard.press("Escape")
    page.wait_for_timeout(150)
    assert value(page, "root") == node
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("Escape")
    until(page, f"{HOOK}.root === {2 * N - 2}")


def test_on_a_phone_all_of_it_can_be_reached(show, screenshots):
    page = show()
    page.set_viewport_size({"width": 400, "height": 800})
    page.wait_for_timeout(400)
    page.screenshot(path=screenshots / "offline_phone.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
