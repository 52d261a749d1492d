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

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parents[2]
SCREENSHOTS = Path(__file__).parent / "screenshots"
# Chromium draws WebGL in software where there is no graphics card.
ARGUMENTS = ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--disable-background-networking"]


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
def page(browser: Browser) -> Iterator[Page]:
    """A fresh page; the test fails if anything in it raises an error that nobody catches."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert not errors, f"uncaught errors in the page: {errors}"


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


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, digits_bundle: Path) -> Path:
    """A workspace with the digits, and its configuration, that all tests of a file look at through one server."""
    folder = tmp_path_factory.mktemp("served")
    shutil.copytree(digits_bundle, folder / "workspace/bundles/digits")
    (folder / "repgeom.toml").write_text(f'workspace = "{folder / "workspace"}"\n')
    return folder


@pytest.fixture
def url(streamlit_app: Callable[..., str], served: Path) -> str:
    """Where the dashboard shows the workspace of ``served``."""
    return streamlit_app(ROOT / "app.py", env={"REPGEOM_CONFIG": str(served / "repgeom.toml")})
