"""How long the Collapse page of the demo takes, without a browser: its script and all that it computes.

The demo has 15 checkpoints of 5 layers. *Cold*: nothing computed yet, in a process whose first page was the Map. *Cached*: the same
page again. The peer is the plain way to the same curves: every quick collapse measure by ``measure``, one at a time, at every layer and
checkpoint, without intervals and nulls (which the page has).

    python benchmarks/collapse_page.py .repgeom/bundles/demo
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[1]
REPEATS = 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bundle", type=Path, nargs="?", default=ROOT / ".repgeom/bundles/demo", help="the demo (repgeom demo)")
    bundle = parser.parse_args().bundle
    if not (bundle / "manifest.json").exists():
        sys.exit(f"There is no bundle at {bundle}: make the demo with `repgeom demo`.")
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "workspace/bundles" / bundle.name
        shutil.copytree(bundle, copy, ignore=shutil.ignore_patterns("results"))
        (Path(folder) / "repgeom.toml").write_text(f'workspace = "{folder}/workspace"\n')
        os.environ["REPGEOM_CONFIG"] = f"{folder}/repgeom.toml"
        os.chdir(ROOT)
        cold, cached = page_times(bundle.name)
        plain = seconds(lambda: plain_loop(copy))
    print(f"page cold {cold:.2f} s, with intervals and nulls; cached {cached:.3f} s (median of {REPEATS})")
    print(f"values of its curves by the plain loop {plain:.2f} s: {plain / cached:.1f} times the cached page")


def page_times(name: str) -> tuple[float, float]:
    from streamlit.testing.v1 import AppTest

    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=300)
    app.query_params["bundle"] = name
    app.run()

    def show() -> None:
        app.switch_page("pages/collapse.py").run()
        if app.exception or app.error:
            sys.exit(f"The page failed: {[e.value for e in (*app.exception, *app.error)]}")

    return seconds(show), statistics.median(seconds(show) for _ in range(REPEATS))


def plain_loop(path: Path) -> None:
    from repgeom_core.analyses import measure
    from repgeom_core.analyses.series import one_pass
    from repgeom_core.bundle import open_bundle
    from repgeom_core.errors import GeometryError

    bundle = open_bundle(path)
    for checkpoint in bundle.checkpoints:
        head = bundle.head(checkpoint.name)
        for layer in checkpoint.layers:
            X = np.asarray(bundle.features(layer, checkpoint.name))
            mine = head if head is not None and head.layer == layer else None
            for name in (*one_pass("collapse"), "nc4_agreement"):
                try:
                    measure(name, X, bundle.y, mine.W if mine else None, mine.b if mine else None, interval=False, null=False)
                except GeometryError:  # it needs a head, which this layer has not
                    continue


def seconds(work: Callable[[], None]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main()
