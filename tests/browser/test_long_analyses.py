"""A slow analysis as a person meets it: asked for, waited for, found again after a reload, cancelled; and the address that a page keeps."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from repgeom_core import locks
from repgeom_core.analyses.run import cached
from repgeom_core.bundle import open_bundle
from repgeom_core.figures.frame import number

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def workspace_of(tmp_path_factory: pytest.TempPathFactory, digits_bundle: Path) -> Path:
    """Two bundles, so that which one is shown stands in the address."""
    folder = tmp_path_factory.mktemp("served")
    for name in ("another", "digits"):
        shutil.copytree(digits_bundle, folder / "workspace/bundles" / name)
    (folder / "repgeom.toml").write_text(f'workspace = "{folder / "workspace"}"\n')
    return folder / "workspace"


@pytest.fixture
def url(streamlit_app: Callable[..., str], workspace_of: Path) -> str:
    return streamlit_app(ROOT / "app.py", env={"REPGEOM_CONFIG": str(workspace_of.parent / "repgeom.toml")})


@contextmanager
def lane_taken(workspace: Path) -> Iterator[None]:
    """Within the block another analysis has its turn, so that what is asked for waits."""
    (workspace / "jobs").mkdir(exist_ok=True)
    turn = locks.hold(workspace / "jobs/turn-analysis", patience=10)
    assert turn is not None
    try:
        yield
    finally:
        os.close(turn)


def finished(page: Page) -> None:
    page.locator("[data-testid=stExpander]").last.wait_for()
    expect(page.locator("[data-testid=stSpinner]")).to_have_count(0)


def opened(page: Page, name: str) -> Locator:
    card = page.locator(f".st-key-card_{name}")
    card.locator("summary").click()
    return card


def test_a_slow_card_waits_through_a_reload_and_shows_its_number(page: Page, url: str, workspace_of: Path, screenshots: Path) -> None:
    page.goto(f"{url}/subspaces?bundle=digits")
    finished(page)
    card = opened(page, "ssc_omp")
    with lane_taken(workspace_of):
        card.get_by_role("button", name="Compute").click()
        expect(card).to_contain_text("Waits for its turn")
        expect(card.get_by_role("progressbar")).to_be_visible()
        page.reload()
        finished(page)
        card = page.locator(".st-key-card_ssc_omp")
        expect(card).to_contain_text("being computed")
        expect(card).to_contain_text("Waits for its turn")
        card.scroll_into_view_if_needed()
        page.screenshot(path=screenshots / "analysis_waits.png")
    expect(card.locator("h3")).to_be_visible()  # it stays open
    bundle = open_bundle(workspace_of / "bundles/digits")
    found = cached(bundle, "ssc_omp", "features", "end", interval=False, null=False)
    assert found is not None
    expect(card.locator("h3")).to_contain_text(number(found.value))
    expect(card.locator("summary")).to_contain_text(number(found.value))


def test_a_slow_card_is_cancelled_and_computed_after_all(page: Page, url: str, workspace_of: Path) -> None:
    page.goto(f"{url}/subspaces?bundle=digits")
    finished(page)
    card = opened(page, "ensc")
    with lane_taken(workspace_of):
        card.get_by_role("button", name="Compute").click()
        card.get_by_role("button", name="Cancel").click()
        expect(card).to_contain_text("Cancelled.")
    card.get_by_role("button", name="Try again").click()
    expect(card.locator("h3")).to_be_visible()


def test_the_address_still_says_what_is_shown_after_going_to_the_map(page: Page, url: str) -> None:
    page.goto(f"{url}/spectrum?bundle=digits&layer=pixels&checkpoint=middle&split=test")
    finished(page)
    page.locator("[class*=st-key-paint_local] button").first.click()
    expect(page.get_by_role("combobox", name="Colour by")).to_have_value("local dimension · pixels · middle")
    for part in ("bundle=digits", "layer=pixels", "checkpoint=middle", "split=test"):
        expect(page).to_have_url(re.compile(part))
    page.reload()
    sidebar = page.locator("[data-testid=stSidebar]")
    expect(sidebar).to_contain_text("32 dimensions")
    expect(sidebar.get_by_role("combobox", name="Bundle")).to_have_value("digits")
    expect(sidebar.get_by_role("combobox", name="Split")).to_have_value("test")
