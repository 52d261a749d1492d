"""Ward tree and 15 nearest neighbours: ours against the original's method, and how good the tree of micro-clusters is.

    python -m benchmarks.hierarchy [--only speed|large|quality|kmeans|million] [--repeats 3] [--threads 2]

``speed``: 10,000 x 512, in turn with scipy's ``linkage(X, "ward")`` of the vectors and scikit-learn's brute neighbours. ``large``:
60,000 x 512, ours alone. Each run is a process of its own that loads the features and calls all once on 300 of them (imports, compiled
loops); then come seconds and the growth of its peak memory over what it holds (Linux). ``quality``: variance within the clusters of
the cut into k, of the tree over micro-clusters against the exact tree of the same samples. 833 of 10,000 is the share that 5,000
micro-clusters are of 60,000 samples. ``kmeans``: the tree of hierarchical k-means with three rounds of resampling, 20,000 x 256, in
turn with scikit-learn's KMeans nested and resampled alike (which makes the levels, but no tree); then 60,000 x 512, ours alone.
``million``: Ward of 200,000 x 64 and 1,000,000 x 16, 100 Gaussian classes, and what the treemap then needs of the tree.
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
from repgeom_core.hierarchy.cut import cluster_labels, cut
from repgeom_core.hierarchy.linkages.hierarchical_kmeans import even_levels

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


def ours_kmeans(X: np.ndarray) -> dict[str, float]:
    start, processor = time.perf_counter(), time.process_time()
    tree = linkage(X, "hierarchical_kmeans")
    total, processor = time.perf_counter() - start, time.process_time() - processor
    labels = (cluster_labels(tree, nodes) for nodes in tree.meta["levels"])
    return {
        "total": total,
        "of all processors": processor,
        **{f"within level {level + 1}": within_labels(X, its) for level, its in enumerate(labels)},
    }


def nested_kmeans(X: np.ndarray, rounds: int = 3) -> dict[str, float]:
    from sklearn.cluster import KMeans
    from sklearn.metrics import pairwise_distances_argmin_min

    start, processor, points, label, found = time.perf_counter(), time.process_time(), X, np.arange(len(X)), []
    for k in even_levels(len(X)):
        centres = KMeans(k, n_init=1, random_state=0).fit(points).cluster_centers_
        for _ in range(rounds):
            own, distance = pairwise_distances_argmin_min(points, centres)
            order = np.lexsort((distance, own))
            sizes = np.bincount(own, minlength=k)
            place = np.arange(len(points)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
            kept = order[place < max(5, len(points) // (2 * k))]
            centres = KMeans(min(k, len(kept)), n_init=1, random_state=0).fit(points[kept]).cluster_centers_
        label = pairwise_distances_argmin_min(points, centres)[0][label]
        found.append(label)
        points = centres
    total, processor = time.perf_counter() - start, time.process_time() - processor
    return {
        "total": total,
        "of all processors": processor,
        **{f"within level {level + 1}": within_labels(X, its) for level, its in enumerate(found)},
    }


def within_labels(X: np.ndarray, label: np.ndarray) -> float:
    """Share of the variance of ``X`` within the groups that ``label`` says."""
    X = X - X.mean(axis=0, dtype=np.float64)
    order = np.argsort(label, kind="stable")
    starts = np.flatnonzero(np.diff(label[order], prepend=-1))
    sums, sizes = np.add.reduceat(X[order], starts), np.diff(starts, append=len(X))
    return float(1 - (sums**2 / sizes[:, None]).sum() / (X**2).sum())


def ours_after(X: np.ndarray) -> dict[str, float]:
    """The tree, and then what a treemap of it with 100 clusters needs: statistics of all nodes, layout, message to the browser."""
    from repgeom_core.hierarchy.layout import layout
    from repgeom_core.hierarchy.statistics import NodeStatistics
    from repgeom_core.views.payloads import pack_tree

    start = time.perf_counter()
    tree = linkage(X)
    middle = time.perf_counter()
    classes = np.arange(tree.n) % 100
    NodeStatistics(tree, classes, classes, 100)
    layout(tree, 100, 1200, 800)
    pack_tree(tree)
    found = {"tree": middle - start, "rest": time.perf_counter() - middle}
    assert (np.sort(tree.order) == np.arange(tree.n)).all() and (np.diff(tree.height) >= 0).all()
    labels = cluster_labels(tree, cut(tree, min(100, tree.n)))
    return {**found, "within": within_labels(X, labels)}


def timed(tree: Callable[[], object], graph: Callable[[], object]) -> dict[str, float]:
    start = time.perf_counter()
    tree()
    middle = time.perf_counter()
    graph()
    return {"tree": middle - start, "neighbours": time.perf_counter() - middle, "total": time.perf_counter() - start}


RUNS = {"ours": ours, "original": original, "ours_kmeans": ours_kmeans, "nested_kmeans": nested_kmeans, "ours_after": ours_after}


def measured_here(method: str, features: str, threads: int) -> None:
    """Prints seconds and the growth of the process's peak in MiB, as JSON."""
    import torch

    torch.set_num_threads(threads)
    run = RUNS[method]
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


def kmeans(threads: int, repeats: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        features = Path(folder) / "features.npy"
        np.save(features, mixture(20_000, 256))
        a, b = (measured(method, features, threads, repeats) for method in ("ours_kmeans", "nested_kmeans"))
        for name, found in (("ours", a), ("nested", b)):
            print(f"{name:9s} 20,000 x 256: " + ", ".join(f"{what} {value:.4g}" for what, value in found.items()), flush=True)
        spent = b["of all processors"] / a["of all processors"]
        print(f"ratio: {b['total'] / a['total']:.1f} times as fast, {spent:.1f} times less of the processors", flush=True)
        np.save(features, mixture(60_000, 512))
        found = measured("ours_kmeans", features, threads, 1)
        print("ours      60,000 x 512: " + ", ".join(f"{what} {value:.4g}" for what, value in found.items()), flush=True)


def million(threads: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        features = Path(folder) / "features.npy"
        for n, d in ((200_000, 64), (1_000_000, 16)):
            np.save(features, gaussians(n, d))
            found = measured("ours_after", features, threads, 1)
            print(
                f"Ward {n:,} x {d}: tree {found['tree']:.1f} s, statistics, layout and message {found['rest']:.2f} s, "
                f"{found['memory']:,.0f} MiB, share of the variance within 100 clusters {found['within']:.4f}",
                flush=True,
            )


def gaussians(n: int, d: int) -> np.ndarray:
    """100 Gaussian classes, made block by block."""
    rng = np.random.default_rng(0)
    means, X = 2 * rng.normal(size=(100, d)).astype(np.float32), np.empty((n, d), np.float32)
    for start in range(0, n, 50_000):
        block = X[start : start + 50_000]
        block[:] = means[rng.integers(0, 100, len(block))] + rng.standard_normal(block.shape, dtype=np.float32)
    return X


def within_variance(X: np.ndarray, tree: Tree, k: int) -> float:
    """Share of the variance of ``X`` that is within the clusters of the cut into ``k``."""
    return within_labels(X, cluster_labels(tree, cut(tree, k)))


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
    parser.add_argument("--only", choices=("speed", "large", "quality", "kmeans", "million"), help="measure one of them")
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
    if arguments.only in (None, "kmeans"):
        kmeans(arguments.threads, arguments.repeats)
    if arguments.only in (None, "million"):
        million(arguments.threads)


if __name__ == "__main__":
    main()
