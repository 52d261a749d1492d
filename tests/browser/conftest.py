"""A real Chromium and running Streamlit apps for the browser tests."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

ROOT = Path(__file__).parents[2]
SCREENSHOTS = Path(__file__).parent / "screenshots"
# WebGL is drawn in software where there is no graphics card; all else is, always: through WebGL it would cost six times as much.
ARGUMENTS = ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--disable-background-networking"]
ARGUMENTS += ["--disable-gpu-rasterization", "--disable-gpu-compositing"]
PATIENCE = 60_000  # milliseconds that a busy machine may take for anything; a test that passes does not wait them out
expect.set_options(timeout=PATIENCE)


def find_chromium() -> str | None:
    """$CHROMIUM, else a Chromium or Chrome on the PATH."""
    names = [os.environ.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
    return next((found for name in names if name and (found := shutil.which(name))), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the whole session; skips where there is none."""
    executable = find_chromium()
    if executable is None:
        pytest.skip("no Chromium found: install one or name it in $CHROMIUM")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """``open_page(color_scheme="dark")``: a fresh page; the test fails if anything in it raises an error that nobody catches."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def new_page(**options: Any) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        return page

    yield new_page
    for context in contexts:
        context.close()
    assert not errors, f"uncaught errors in the page: {errors}"


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    return open_page()


# True at the second look in a row at which everything that a pointer may aim at lies where it lay.
NOTHING_MOVES = """() => {
  const aims = [...document.querySelectorAll("button, .js-plotly-plot, [data-testid=stDataFrame], [data-testid^=stBidiComponent]")];
  const places = aims.map((aim) => Object.values(aim.getBoundingClientRect().toJSON()).map(Math.round)).join(";");
  const same = window.placesBefore === places;
  window.placesBefore = places;
  return same;
}"""


@pytest.fixture(scope="session")
def still() -> Callable[[Page], None]:
    """``still(page)`` waits until the script has run to its end, and what it drew has come to rest: before aiming at a place."""

    def wait(page: Page) -> None:
        expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
        page.wait_for_function(NOTHING_MOVES, polling=100)

    return wait


@pytest.fixture(scope="session")
def until() -> Callable[[Page, Callable[[], object]], None]:
    """``until(page, condition)`` waits for what only Python can tell, such as a picture."""

    def wait(page: Page, condition: Callable[[], object]) -> None:
        end = time.monotonic() + PATIENCE / 1000
        while not condition():
            assert time.monotonic() < end, "waited too long"
            page.wait_for_timeout(50)

    return wait


@pytest.fixture(scope="session")
def screenshots() -> Path:
    """Folder for pictures that people look at."""
    SCREENSHOTS.mkdir(exist_ok=True)
    return SCREENSHOTS


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.fixture(scope="session")
def streamlit_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., str]]:
    """``streamlit_app(script, *args, env={}) -> url``: serves a script (once per script, arguments and environment)."""
    servers: dict[object, tuple[subprocess.Popen[bytes], str]] = {}

    def serve(script: str | Path, *args: str, env: dict[str, str] | None = None) -> str:
        identity = (str(script), args, tuple(sorted((env or {}).items())))
        if identity in servers:
            return servers[identity][1]
        port = _free_port()
        log = tmp_path_factory.mktemp("streamlit") / "log.txt"
        options = {"server.port": port, "server.address": "127.0.0.1", "server.headless": "true", "server.fileWatcherType": "none"}
        options |= {"browser.gatherUsageStats": "false"}
        command = [sys.executable, "-m", "streamlit", "run", str(script), *(f"--{k}={v}" for k, v in options.items())]
        environment = {**os.environ, "PYTHONPATH": str(ROOT), **(env or {})}
        with log.open("wb") as output:
            process = subprocess.Popen([*command, "--", *args], cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT)
        url = f"http://127.0.0.1:{port}"
        servers[identity] = (process, url)
        deadline = time.monotonic() + 60
        while True:
            if process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"streamlit did not start:\n{log.read_text()}")
            try:
                urllib.request.urlopen(f"{url}/_stcore/health", timeout=1).close()
                return url
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)

    yield serve
    for process, _ in servers.values():
        process.terminate()
    for process, _ in servers.values():
        process.wait(timeout=10)


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory, digits_bundle: Path) -> Path:
    """A workspace with the digits, and its configuration, that many tests look at through one server."""
    folder = tmp_path_factory.mktemp("served")
    shutil.copytree(digits_bundle, folder / "workspace/bundles/digits")
    (folder / "repgeom.toml").write_text(f'workspace = "{folder / "workspace"}"\n')
    return folder


@pytest.fixture
def url(streamlit_app: Callable[..., str], served: Path) -> str:
    """Where the dashboard shows the workspace of ``served``."""
    return streamlit_app(ROOT / "app.py", env={"REPGEOM_CONFIG": str(served / "repgeom.toml")})
