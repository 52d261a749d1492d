"""The Load page as a new user meets it, in a real browser with real jobs."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Page, expect
from scipy.cluster.hierarchy import linkage

from repgeom_core.bundle import open_bundle
from repgeom_core.hierarchy.files.dendromap import write_dendromap
from repgeom_core.hierarchy.files.stored import StoredTree, stored_trees
from repgeom_core.hierarchy.tree import Tree
from repgeom_core.jobs import JobQueue

pytestmark = pytest.mark.browser
APP = Path(__file__).parents[2] / "app.py"
MARKUP = "<img src=x onerror=document.title='pwned'>"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("load")
    (folder / "data").mkdir()
    (folder / "repgeom.toml").write_text('workspace = "ws"\ndata_roots = ["data"]\n')
    return folder / "ws"


@pytest.fixture
def load(page: Page, workspace: Path, streamlit_app: Callable[..., str]) -> Page:
    """The Load page, with no jobs left of other tests."""
    queue = JobQueue(workspace)
    for job in queue.active():
        job.cancel()
    while queue.active():
        time.sleep(0.1)
    queue.remove_finished()
    page.goto(streamlit_app(APP, env={"REPGEOM_CONFIG": str(workspace.parent / "repgeom.toml")}) + "/load")
    expect(page.get_by_role("heading", name="New bundle")).to_be_visible()
    return page


def embeddings(folder: Path, name: str = "mine.npz", **more: np.ndarray) -> Path:
    rng = np.random.default_rng(0)
    y = rng.integers(0, 3, 300)
    X = (rng.normal(size=(3, 16))[y] * 4 + rng.normal(size=(300, 16))).astype(np.float32)
    np.savez(folder / name, embeddings=X, labels=y, **more)
    return folder / name


def upload(page: Page, file: Path) -> None:
    page.set_input_files("input[type=file]", file)
    expect(page.get_by_test_id("stDataFrame").first).to_be_visible()


def first_job(page: Page):
    return page.locator("[class*='st-key-job_']").first


def dendromap(folder: Path) -> Path:
    """A class file of DendroMap: a tree of 20 leaves for each of three classes."""
    trees = {}
    for code, name in enumerate(("ant", "bee", MARKUP)):
        Z = linkage(np.random.default_rng(code).normal(size=(20, 4)), "ward")
        trees[name] = StoredTree(Tree(Z[:, 0], Z[:, 1], Z[:, 2]), 20 * code + np.arange(20))
    labels = pd.Categorical(np.repeat(list(trees), 20), categories=list(trees))
    samples = pd.DataFrame({"id": [f"im-{i}.png" for i in range(60)], "label": labels, "prediction": labels[::-1]})
    return write_dendromap(folder / "trees.json", trees, samples)


def test_a_dendromap_file_is_opened_on_the_treemap_page(load: Page, workspace: Path, tmp_path: Path) -> None:
    upload(load, dendromap(tmp_path))
    expect(load.get_by_text("60 samples · 4 trees: all classes, ant, bee")).to_be_visible()
    load.locator(".st-key-import").get_by_role("button").click()
    expect(first_job(load).get_by_text("Done")).to_be_visible()
    first_job(load).get_by_role("button", name="Open").click()
    expect(load).to_have_url(re.compile("/treemap"))
    expect(load.get_by_role("combobox", name="Tree")).to_have_value("Stored: all classes")
    expect(load.get_by_text("Something went wrong")).to_be_hidden()
    assert len(stored_trees(open_bundle(workspace / "bundles" / "trees"))) == 4


def test_own_embeddings_with_labels_open_on_the_map(load: Page, workspace: Path, tmp_path: Path, screenshots: Path) -> None:
    upload(load, embeddings(tmp_path, class_names=np.array(["ant", "bee", MARKUP])))
    load.locator(".st-key-import").get_by_role("button").click()
    expect(first_job(load).get_by_text("Done")).to_be_visible()
    load.screenshot(path=screenshots / "load_light.png", full_page=True)
    first_job(load).get_by_role("button", name="Open").click()
    expect(load.get_by_test_id("stSidebar").get_by_role("combobox", name="Bundle")).to_have_value("mine")
    expect(load.get_by_role("heading", name="New bundle")).to_be_hidden()
    bundle = open_bundle(workspace / "bundles" / "mine")
    assert bundle.n == 300
    assert bundle.classes == ("ant", "bee", MARKUP)


def test_mistake_in_the_data_is_told_in_place_and_corrected_with_the_checkbox(load: Page, workspace: Path, tmp_path: Path) -> None:
    X = np.eye(20, dtype=np.float32)
    X[7, 3] = np.nan
    np.savez(tmp_path / "gaps.npz", X=X)
    upload(load, tmp_path / "gaps.npz")
    expect(load.get_by_text("gaps.npz: 1 row has NaN or infinite values in 'X' (the first is row 7")).to_be_visible()
    start = load.locator(".st-key-import").get_by_role("button")
    expect(start).to_be_disabled()
    load.get_by_text("Drop rows with NaN, infinite or unreadable values").click()
    expect(load.get_by_text("dropped, 19 samples are left")).to_be_visible()
    start.click()
    expect(first_job(load).get_by_text("Done")).to_be_visible()
    assert open_bundle(workspace / "bundles" / "gaps").n == 19


def test_role_changed_in_the_table_reaches_the_bundle(load: Page, workspace: Path, tmp_path: Path, still: Callable[[Page], None]) -> None:
    upload(load, embeddings(tmp_path, "roles.npz", other=np.arange(300) % 2))
    table = load.get_by_test_id("stDataFrame").first
    table.scroll_into_view_if_needed()
    still(load)
    box = table.bounding_box()
    assert box is not None
    load.mouse.dblclick(box["x"] + box["width"] - 60, box["y"] + 35 * 2.5)  # the role of the second column, labels
    load.keyboard.type("ignore", delay=40)
    load.keyboard.press("Enter")
    load.wait_for_timeout(1000)
    load.locator(".st-key-import").get_by_role("button").click()
    expect(first_job(load).get_by_text("Done")).to_be_visible()
    samples = open_bundle(workspace / "bundles" / "roles").samples()
    assert "label" not in samples
    assert "other" in samples


def test_running_job_survives_a_reload_and_is_cancelled(load: Page) -> None:
    load.locator(".st-key-make_demo").get_by_role("button").click()
    expect(first_job(load).get_by_text("Running")).to_be_visible()
    load.reload()
    expect(first_job(load).get_by_text("Running")).to_be_visible()
    expect(first_job(load).get_by_role("progressbar")).to_be_visible()
    first_job(load).get_by_role("button", name="Cancel").click()
    expect(first_job(load).get_by_text("Cancelled.")).to_be_visible()
    expect(load.get_by_role("button", name="Make the demo")).to_be_enabled()


def test_markup_in_names_is_shown_and_not_obeyed(load: Page, workspace: Path, tmp_path: Path) -> None:
    data = workspace.parent / "data" / MARKUP
    data.mkdir(exist_ok=True)
    embeddings(data, f"{MARKUP}.npz", **{MARKUP: np.arange(300)})
    load.get_by_text("On this server").first.click()
    load.get_by_role("button", name=MARKUP).click()
    load.get_by_role("button", name=f"{MARKUP}.npz").click()
    expect(load.get_by_test_id("stDataFrame").first).to_be_visible()
    load.locator(".st-key-import").get_by_role("button").click()
    expect(first_job(load).get_by_text("Done")).to_be_visible()
    expect(first_job(load).get_by_text(MARKUP)).to_be_visible()
    assert load.locator("img[src=x]").count() == 0
    assert load.title() != "pwned"


def test_dark_theme_is_legible(open_page: Callable[..., Page], load: Page, screenshots: Path) -> None:
    page = open_page(color_scheme="dark")
    page.goto(load.url)
    heading = page.get_by_role("heading", name="New bundle")
    expect(heading).to_be_visible()
    expect(page.get_by_test_id("stApp")).to_have_css("background-color", "rgb(18, 22, 28)")  # the dark background of .streamlit/config.toml
    page.screenshot(path=screenshots / "load_dark.png", full_page=True)
    background, text = page.evaluate(
        "() => [getComputedStyle(document.querySelector('.stApp')).backgroundColor, getComputedStyle(document.querySelector('h3')).color]"
    )

    def brightness(colour: str) -> float:
        return sum(float(part) for part in colour[colour.index("(") + 1 : -1].split(",")[:3]) / 765

    assert brightness(background) < 0.2
    assert brightness(text) > 0.7


def test_function_that_is_not_allowed_is_refused_in_its_step(load: Page) -> None:
    load.get_by_text("Model and data", exact=True).click()
    function = load.locator(".st-key-factory input")
    function.fill("os:system")
    function.press("Enter")
    step = load.locator(".st-key-step_2")
    expect(step.get_by_text("Models may not be imported from 'os' here")).to_be_visible()
    expect(load.locator(".st-key-step_5")).to_be_visible()


def test_the_maps_own_address_opens_it(
    load: Page, streamlit_app: Callable[..., str], workspace: Path, still: Callable[[Page], None]
) -> None:
    load.goto(streamlit_app(APP, env={"REPGEOM_CONFIG": str(workspace.parent / "repgeom.toml")}) + "/map")
    expect(load.get_by_role("link", name="Map", exact=True)).to_be_visible()
    expect(load.get_by_test_id("stHeader")).to_be_visible()
    still(load)
    assert load.get_by_text("Page not found").count() == 0
