"""The treemap of 10,000 samples with thumbnails against plotly's treemap of the same clusters, without any: same browser, same run.

    python -m benchmarks.treemap_page [--n 10000] [--k 20] [--repeats 5]

First paint: from navigation to the first frame with all thumbnails that it has room for; plotly's: until its boxes are there and stay.
Zoom: from the press of the mouse on the largest box to the first frame of the new boxes, until they are drawn with all thumbnails where the
system asks for no motion, and until they stand still after the animation of 0.4 s; plotly's: until its boxes stand still.
Medians of the repeats, after one load of each kind that is not counted: it fills the browser's
cache of Streamlit's and plotly's code. Pictures and trees are made before; the sheets (some 450 kB each) travel in every load.
"""

from __future__ import annotations

import argparse
import os
import statistics
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, sync_playwright

from benchmarks.map import ARGUMENTS, serve

APP = Path(__file__).with_name("treemap_app.py")
FIRST_PAINT, ZOOM = 2000, 300  # milliseconds: the goals
OURS = "window.__repgeom?.treemaps.get('treemap')"
WATCH_BOXES = """() => {
  window.__pressed = null;
  window.addEventListener('mousedown', () => (window.__pressed = performance.now()), { capture: true });
  window.addEventListener('pointerdown', () => (window.__pressed = performance.now()), { capture: true });
  const moves = (window.__moves = []);
  new MutationObserver((changes) => {
    if (changes.some((change) => change.target.closest?.('.treemaplayer'))) moves.push(performance.now());
  }).observe(document.body, { subtree: true, childList: true, attributes: true });
}"""


def ours(context: BrowserContext, url: str) -> tuple[float, float, float]:
    page = context.new_page()
    page.goto(url, wait_until="commit")
    page.wait_for_function(f"{OURS}?.complete.length > 0", timeout=60_000)
    paint = page.evaluate(f"{OURS}.complete[0]")
    page.wait_for_timeout(800)
    page.evaluate(WATCH_BOXES)
    before = page.evaluate(f"{OURS}.root")
    boxes = page.evaluate(f"[...{OURS}.shown].map((node) => {OURS}.box(node))")
    x, y, *_ = max(boxes, key=lambda box: box[2] * box[3])
    page.mouse.click(x + 12, y + 6)
    page.wait_for_function(f"{OURS}.root !== {before} && {OURS}.complete.at(-1) > window.__pressed")
    first, settled = (
        page.evaluate(f"{OURS}.{name}.find((t) => t > window.__pressed) - window.__pressed") for name in ("drawn", "complete")
    )
    page.close()
    return round(paint), round(first), round(settled)


def plotly(context: BrowserContext, url: str) -> tuple[float, float]:
    page = context.new_page()
    page.add_init_script(f"document.addEventListener('DOMContentLoaded', {WATCH_BOXES})")
    page.goto(url, wait_until="commit")
    page.locator(".treemaplayer .surface").first.wait_for(state="attached", timeout=60_000)
    still(page)
    paint = page.evaluate("window.__moves.at(-1)")
    page.wait_for_timeout(800)
    box = page.locator(".treemaplayer .slice").last.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    still(page)
    settled = page.evaluate("window.__moves.at(-1) - window.__pressed")
    page.close()
    return round(paint), round(settled)


def still(page: Page) -> None:
    """Waits until plotly's boxes have not changed for 400 ms."""
    page.wait_for_function("window.__moves?.length > 0 && performance.now() - window.__moves.at(-1) > 400", timeout=60_000)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--n", type=int, default=10_000)
    parser.add_argument("--k", type=int, default=20)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--chromium", default=os.environ.get("CHROMIUM", "/usr/bin/chromium"))
    options = parser.parse_args()
    process, url = serve(APP)
    address = f"{url}/?n={options.n}&k={options.k}&kind="
    try:
        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=options.chromium, args=ARGUMENTS)
            context, calm = (
                chromium.new_context(viewport={"width": 1280, "height": 900}, reduced_motion=motion)
                for motion in ("no-preference", "reduce")
            )
            warm = context.new_page()
            warm.goto(f"{address}ours&warm=1")
            warm.get_by_text("root ").wait_for(timeout=300_000)
            warm.close()
            ours(context, f"{address}ours")
            ours(calm, f"{address}ours")
            plotly(context, f"{address}plotly")
            mine, at_once, theirs = [], [], []
            for _ in range(options.repeats):
                mine.append(ours(context, f"{address}ours"))
                at_once.append(ours(calm, f"{address}ours")[2])
                theirs.append(plotly(context, f"{address}plotly"))
                print(
                    f"paint, zoom to first frame, to still (ms): {mine[-1]}; zoom without motion: {at_once[-1]}; "
                    f"plotly's paint, zoom to still: {theirs[-1]}",
                    flush=True,
                )
            chromium.close()
    finally:
        process.terminate()
    paint, first, settled = (statistics.median(run[i] for run in mine) for i in range(3))
    paint_of_plotly, settled_of_plotly = (statistics.median(run[i] for run in theirs) for i in range(2))
    print(f"first paint of {options.n:,} with thumbnails {paint:.0f} ms (goal {FIRST_PAINT})")
    print(f"    plotly, boxes alone: {paint_of_plotly:.0f} ms, {paint_of_plotly / paint:.1f}x")
    print(f"zoom click to first frame {first:.0f} ms, to drawn without motion {statistics.median(at_once):.0f} ms (goal {ZOOM})")
    print(f"    with the animation of 400 ms until it stands still {settled:.0f} ms")
    print(f"    plotly, until it stands still: {settled_of_plotly:.0f} ms, {settled_of_plotly / settled:.1f}x")


if __name__ == "__main__":
    main()
