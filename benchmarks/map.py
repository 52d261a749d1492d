"""The map component against st.plotly_chart with scattergl: same data, same browser, same linked views, same run.

    python -m benchmarks.map [--sizes 100000 1000000] [--repeats 3]

Load to drawn: from navigation to the first frame that the browser puts on the screen with the coloured points in it, read from
its own recording of the screen, for both the same. Lasso to redrawn: from the release of the mouse until the linked bar chart
and the text below the map show the new selection. A selection is lost when that takes over a minute. Both pages hold the same
bar chart of class counts and the same text, in the same fragment. Medians of the repeats, after one load of each kind that is
not counted: it fills the browser's cache of Streamlit's and plotly's code.
"""

from __future__ import annotations

import argparse
import base64
import io
import os
import socket
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from playwright.sync_api import BrowserContext, Error, Page, sync_playwright

ROOT = Path(__file__).parents[1]
APP = Path(__file__).with_name("map_app.py")
ARGUMENTS = ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--disable-background-networking"]
GOALS = {100_000: (3, 4), 1_000_000: (6, 8)}
# How far to the right the lasso reaches, as a share of the plotting area, for about 80,000 of 100,000 samples; for 400,000 of a
# million; and for 110,000 of them, near the most that plotly can send back.
REACH = {("ours", 100_000): 0.645, ("plotly", 100_000): 0.692, ("ours", 1_000_000): 0.491, ("plotly", 1_000_000): 0.342}


WATCH_LINKED = """() => {
  window.__linked = null;
  const before = [...document.querySelectorAll('[data-testid="stText"]')].map((t) => t.textContent).join();
  const bars = () => document.querySelector('[data-testid="stPlotlyChart"] .barlayer')
    && [...document.querySelectorAll('.barlayer')].map((layer) => layer.innerHTML).join();
  const drawnBefore = bars();
  window.__released = null;
  window.addEventListener('pointerup', () => (window.__released ??= performance.now()), { capture: true });
  window.addEventListener('mouseup', () => (window.__released ??= performance.now()), { capture: true });
  const look = () => {
    const text = [...document.querySelectorAll('[data-testid="stText"]')].map((t) => t.textContent).join();
    if (window.__released && text !== before && bars() !== drawnBefore) {
      window.__linked = { ms: performance.now() - window.__released, text };
      return;
    }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}"""


def serve(app: Path = APP) -> tuple[subprocess.Popen[bytes], str]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    options = [f"--server.port={port}", "--server.address=127.0.0.1", "--server.headless=true", "--browser.gatherUsageStats=false"]
    command = [sys.executable, "-m", "streamlit", "run", str(app), *options, "--server.fileWatcherType=none"]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    while True:
        try:
            urllib.request.urlopen(f"{url}/_stcore/health", timeout=1).close()
            return process, url
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)


def wait(page: Page, expression: str, seconds: float) -> object:
    """The expression's first value that is not null, or None after that many seconds."""
    try:
        return page.wait_for_function(expression, timeout=1000 * seconds, polling=20).json_value()
    except Error:
        return None


class Screen:
    """The browser's recording of what is on the screen of a page: small frames with the time of each."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.frames: list[tuple[float, str]] = []
        self.session = page.context.new_cdp_session(page)
        self.session.on("Page.screencastFrame", self._arrived)
        self.session.send("Page.startScreencast", {"format": "jpeg", "quality": 40, "maxWidth": 320, "maxHeight": 200})

    def _arrived(self, event: dict[str, Any]) -> None:
        self.frames.append((event["metadata"]["timestamp"], event["data"]))
        self.session.send("Page.screencastFrameAck", {"sessionId": event["sessionId"]})

    def points_shown(self, seconds: float) -> float | None:
        """When colour first filled more than 1 % of the upper three quarters, where the map lies; None: not within that time."""
        end = time.monotonic() + seconds
        looked = 0
        while time.monotonic() < end:
            self.page.wait_for_timeout(50)
            while looked < len(self.frames):
                when, jpeg = self.frames[looked]
                looked += 1
                saturation = np.asarray(Image.open(io.BytesIO(base64.b64decode(jpeg))).convert("HSV"))[..., 1]
                if (saturation[: 3 * len(saturation) // 4] > 90).mean() > 0.01:
                    self.session.send("Page.stopScreencast")
                    return when
        return None


def lasso(page: Page, selector: str, reach: float) -> None:
    """Draws from the left edge to ``reach`` with the mouse; the loop is not closed exactly where it began."""
    box = page.locator(selector).first.bounding_box()
    assert box is not None
    corners = [(0.01, 0.01), (reach, 0.01), (reach, 0.99), (0.01, 0.99), (0.01, 0.04)]
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in corners]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=6)
    page.mouse.up()


def measure(context: BrowserContext, url: str, kind: str, n: int, reach: float) -> tuple[float, float | None, int]:
    """Seconds from navigation to drawn, seconds from release to linked views (None: lost), and how many were selected."""
    page = context.new_page()
    screen = Screen(page)
    page.goto(f"{url}/?n={n}&kind={kind}", wait_until="commit")
    shown = screen.points_shown(300)
    assert shown is not None, f"{kind} drew nothing for n = {n:,}"
    drawn = shown - page.evaluate("performance.timeOrigin") / 1000
    print(f"{n:>9,} {kind:<6} drawn after {drawn:.2f} s", flush=True)
    page.get_by_text("selected 0 of").wait_for(timeout=300_000)
    page.locator(".barlayer .point").first.wait_for(state="attached")
    page.wait_for_timeout(1500 + n / 400)
    page.evaluate(WATCH_LINKED)
    lasso(page, ".stage" if kind == "ours" else ".js-plotly-plot .nsewdrag", reach)
    linked = wait(page, "() => window.__linked", 60)
    page.close()
    if not isinstance(linked, dict):
        return drawn, None, 0
    return drawn, linked["ms"] / 1000, int(linked["text"].split()[1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--chromium", default=os.environ.get("CHROMIUM", "/usr/bin/chromium"))
    options = parser.parse_args()
    process, url = serve()
    try:
        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=options.chromium, args=ARGUMENTS)
            context = chromium.new_context(viewport={"width": 1280, "height": 900})  # one cache: both find their scripts there
            measure(context, url, "ours", options.sizes[0], 0.6)  # start-up of server and browser belongs to neither
            measure(context, url, "plotly", options.sizes[0], 0.3)
            for n in options.sizes:
                compare(context, url, n, options.repeats)
            chromium.close()
    finally:
        process.terminate()


def compare(context: BrowserContext, url: str, n: int, repeats: int) -> None:
    results = {}
    for kind in ("ours", "plotly"):
        runs = [measure(context, url, kind, n, REACH.get((kind, n), 0.4)) for _ in range(repeats)]
        loads = [run[0] for run in runs]
        lassos = [run[1] for run in runs if run[1] is not None]
        lost = sum(run[1] is None for run in runs)
        results[kind] = statistics.median(loads), statistics.median(lassos) if lassos else float("nan")
        selected = max(run[2] for run in runs)
        print(
            f"{n:>9,} {kind:<6} load to drawn {results[kind][0]:6.2f} s {[round(v, 2) for v in loads]}   "
            f"lasso of {selected:>7,} to redrawn {results[kind][1]:6.3f} s {[round(v, 3) for v in lassos]}   lost {lost} of {repeats}",
            flush=True,
        )
    load, redraw = (results["plotly"][k] / results["ours"][k] for k in (0, 1))
    goal = GOALS.get(n)
    print(f"{n:>9,} ratio  load {load:.1f}x, lasso {redraw:.1f}x" + (f"   (goals {goal[0]}x and {goal[1]}x)" if goal else ""), flush=True)


if __name__ == "__main__":
    main()
