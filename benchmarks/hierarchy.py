"""Ward tree and 15 nearest neighbours: ours against the original's method, and how good the tree of micro-clusters is.

    python -m benchmarks.hierarchy [--only speed|large|quality] [--repeats 3] [--threads 2]

``speed``: 10,000 x 512, in turn with scipy's ``linkage(X, "ward")`` of the vectors and scikit-learn's brute neighbours. ``large``:
60,000 x 512, ours alone. Each run is a process of its own that loads the features and calls all once on 300 of them (imports, compiled
loops); then come seconds and the growth of its peak memory over what it holds (Linux). ``quality``: variance within the clusters of
the cut into k, of the tree over micro-clusters against the exact tree of the same samples. 833 of 10,000 is the share that 5,000
micro-clusters are of 60,000 samples.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import psutil

from benchmarks.neighbours import mixture
from repgeom_core.bundle import open_bundle
from repgeom_core.hierarchy import Tree, linkage
from repgeom_core.hierarchy.cut import cut

K = 15
CIFAR = Path(".repgeom/bundles/cifar10_resnets")
CUTS = (20, 100)


def ours(X: np.ndarray) -> dict[str, float]:
    from repgeom_core.linalg.neighbours import neighbours

    return timed(lambda: linkage(X), lambda: neighbours(X, min(K, len(X) - 1)))


def original(X: np.ndarray) -> dict[str, float]:
    from scipy.cluster import hierarchy
    from sklearn.neighbors import NearestNeighbors

    return timed(
        lambda: hierarchy.linkage(X, "ward"),
        lambda: NearestNeighbors(n_neighbors=min(K, len(X) - 1), algorithm="brute").fit(X).kneighbors(),
    )


def timed(tree: Callable[[], object], graph: Callable[[], object]) -> dict[str, float]:
    start = time.perf_counter()
    tree()
    middle = time.perf_counter()
    graph()
    return {"tree": middle - start, "neighbours": time.perf_counter() - middle, "total": time.perf_counter() - start}


def measured_here(method: str, features: str, threads: int) -> None:
    """Prints seconds and the growth of the process's peak in MiB, as JSON."""
    import torch

    torch.set_num_threads(threads)
    run = {"ours": ours, "original": original}[method]
    X = np.load(features)
    run(X[:300])
    Path("/proc/self/clear_refs").write_text("5")
    before = psutil.Process().memory_info().rss
    found = run(X)
    peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    print(json.dumps(found | {"memory": (int(peak.split()[1]) * 1024 - before) / 2**20}))


def measured(method: str, features: Path, threads: int, repeats: int) -> dict[str, float]:
    """Medians over ``repeats`` fresh processes."""
    command = [sys.executable, "-m", "benchmarks.hierarchy", "--threads", str(threads), "--run", method, str(features)]
    runs = [json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout) for _ in range(repeats)]
    return {name: statistics.median(run[name] for run in runs) for name in runs[0]}


def line(name: str, n: int, found: dict[str, float]) -> str:
    return (
        f"{name:9s} {n:,} x 512: tree {found['tree']:.2f} s, {K} neighbours {found['neighbours']:.2f} s, "
        f"together {found['total']:.2f} s, {found['memory']:,.0f} MiB"
    )


def speed(threads: int, repeats: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        features = Path(folder) / "features.npy"
        np.save(features, mixture(10_000, 512))
        a, b = (measured(method, features, threads, repeats) for method in ("ours", "original"))
    print(line("ours", 10_000, a), line("original", 10_000, b), sep="\n")
    print(f"ratio: {b['total'] / a['total']:.1f} times as fast, {b['memory'] / a['memory']:.1f} times less memory", flush=True)


def large(threads: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        features = Path(folder) / "features.npy"
        np.save(features, mixture(60_000, 512))
        print(line("ours", 60_000, measured("ours", features, threads, 1)), flush=True)


def within_variance(X: np.ndarray, tree: Tree, k: int) -> float:
    """Share of the variance of ``X`` that is within the clusters of the cut into ``k``."""
    X = X.astype(np.float64)
    parts = [X[tree.members(node)] for node in cut(tree, k)]
    return float(sum(((part - part.mean(axis=0)) ** 2).sum() for part in parts) / ((X - X.mean(axis=0)) ** 2).sum())


def data_sets() -> dict[str, np.ndarray]:
    from sklearn.datasets import load_digits

    rng = np.random.default_rng(0)
    gaussians = 0.35 * rng.normal(size=(50, 512))[rng.integers(0, 50, 10_000)] + rng.normal(size=(10_000, 512))
    bundle = open_bundle(CIFAR)
    test = {layer: bundle.features(layer, "resnet56").take(bundle.rows("test")) for layer in ("features", "layer2")}
    return {
        "resnet56 features": test["features"],
        "resnet56 layer2": test["layer2"],
        "mixture, 512": mixture(10_000, 512),
        "Gaussians, 512": gaussians.astype(np.float32),
        "digits": load_digits().data.astype(np.float32),
    }


def quality() -> None:
    for name, X in data_sets().items():
        exact = [within_variance(X, linkage(X, micro_clusters=0), k) for k in CUTS]
        for count in (len(X) // 12, len(X) // 2):
            tree = linkage(X, micro_clusters=count)
            changes = [within_variance(X, tree, k) / of_exact - 1 for k, of_exact in zip(CUTS, exact, strict=True)]
            said = ", ".join(f"k={k} {share:.4f} exact, {change:+.2%}" for k, share, change in zip(CUTS, exact, changes, strict=True))
            print(f"{name:18s} {len(X):,} x {X.shape[1]:3d}, {count:,} micro-clusters: {said}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=("speed", "large", "quality"), help="measure one of them")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--run", nargs=2, metavar=("METHOD", "FEATURES"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.run:
        measured_here(*arguments.run, arguments.threads)
        return
    if arguments.only in (None, "speed"):
        speed(arguments.threads, arguments.repeats)
    if arguments.only in (None, "large"):
        large(arguments.threads)
    if arguments.only in (None, "quality"):
        quality()


if __name__ == "__main__":
    main()
