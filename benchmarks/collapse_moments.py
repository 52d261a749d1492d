"""Collapse measures that follow from class moments, of 50,000 x 512 with 100 classes: ours in one pass against plain NumPy.

    python benchmarks/collapse_moments.py [--n 50000] [--d 512] [--classes 100] [--threads 1] [--repeats 5]
    python benchmarks/collapse_moments.py --stream [--n 1000000]
    python benchmarks/collapse_moments.py --device cuda [--n 4000000]

The peer is written for clarity: each measure is a function of features and labels, by its definition, in float64, and computes what
it needs class by class. ``shared`` is the same with class means and scatter computed once for all measures. Values of ours and the
peer must agree. The bound is the product itself: the same symmetric float32 product of the same rows by the same BLAS, with nothing
around it. Times are the fastest of runs taken in turn; memory is the growth of the process's peak (Linux), beside the features.

With ``--stream`` the same measures of float16 features in a file; memory is the growth of what the process itself holds (Linux: RssAnon).
With ``--device cuda`` the moments of float16 features in memory, summed on the device, against the plain copy of the same blocks to it.
"""

from __future__ import annotations

import argparse
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import psutil
from threadpoolctl import threadpool_limits

from repgeom_core.analyses.contract import Analysis
from repgeom_core.analyses.evaluate import evaluate
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.analyses.registry import families
from repgeom_core.linalg.class_moments import DEVICE_ROWS, GROUPS, class_moments, group_count

ROWS = 4096  # of one product in the bound


# -- the peer: plain, class by class ---------------------------------------------------------------------------------------


def class_means(X: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.stack([X[y == k].astype(np.float64).mean(axis=0) for k in range(y.max() + 1)])


def centred_means(X: np.ndarray, y: np.ndarray) -> np.ndarray:
    means = class_means(X, y)
    return means - means.mean(axis=0)


def within_covariance(X: np.ndarray, y: np.ndarray) -> np.ndarray:
    scatter = np.zeros((X.shape[1], X.shape[1]))
    for k, mean in enumerate(class_means(X, y)):
        residual = X[y == k] - mean
        scatter += residual.T @ residual
    return scatter / len(X)


def class_variances(X: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.array([((X[y == k] - mean) ** 2).sum(axis=1).mean() for k, mean in enumerate(class_means(X, y))])


def nc1_pinv(X: np.ndarray, y: np.ndarray, W: np.ndarray) -> float:
    M = centred_means(X, y)
    return float(np.trace(within_covariance(X, y) @ np.linalg.pinv(M.T @ M / len(M), rcond=1e-10, hermitian=True)) / len(M))


def nc1_quotient(X: np.ndarray, y: np.ndarray, W: np.ndarray) -> float:
    M = centred_means(X, y)
    return float(np.trace(within_covariance(X, y)) / np.trace(M.T @ M / len(M)))


def cdnv(X: np.ndarray, y: np.ndarray, W: np.ndarray) -> float:
    means, v = class_means(X, y), class_variances(X, y)
    pairs = [(i, j) for i in range(len(means)) for j in range(i)]
    return float(np.mean([(v[i] + v[j]) / (2 * ((means[i] - means[j]) ** 2).sum()) for i, j in pairs]))


def nc2_norm_cov(X: np.ndarray, y: np.ndarray, W: np.ndarray) -> float:
    norms = np.linalg.norm(centred_means(X, y), axis=1)
    return float(norms.std() / norms.mean())


def pair_cosines(M: np.ndarray) -> np.ndarray:
    unit = M / np.linalg.norm(M, axis=1, keepdims=True)
    return (unit @ unit.T)[np.triu_indices(len(M), 1)]


def nc2_cosines(X: np.ndarray, y: np.ndarray, W: np.ndarray) -> float:
    M = centred_means(X, y)
    return float(np.abs(pair_cosines(M) + 1 / (len(M) - 1)).mean())


def etf_error(X: np.ndarray, y: np.ndarray, W: np.ndarray) -> float:
    M = centred_means(X, y)
    K = len(M)
    return float(np.linalg.norm(M @ M.T / np.linalg.norm(M @ M.T) - (np.eye(K) - 1 / K) / np.sqrt(K - 1)))


def gnc2(X: np.ndarray, y: np.ndarray, W: np.ndarray) -> float:
    interactions = -np.log(2 - 2 * pair_cosines(centred_means(X, y))) / 2
    return float(interactions.std() / abs(interactions.mean()))


def self_duality_error(X: np.ndarray, y: np.ndarray, W: np.ndarray) -> float:
    M = centred_means(X, y)
    return float(np.linalg.norm(W / np.linalg.norm(W) - M / np.linalg.norm(M)))


def unc3(X: np.ndarray, y: np.ndarray, W: np.ndarray) -> float:
    M = centred_means(X, y)
    return float(((W * M).sum(axis=1) / np.linalg.norm(W, axis=1) / np.linalg.norm(M, axis=1)).std())


PEER = {f.__name__: f for f in (nc1_pinv, nc1_quotient, cdnv, nc2_norm_cov, nc2_cosines, etf_error, gnc2, self_duality_error, unc3)}


def plain(X: np.ndarray, y: np.ndarray, W: np.ndarray) -> dict[str, float]:
    return {name: function(X, y, W) for name, function in PEER.items()}


def plain_shared(X: np.ndarray, y: np.ndarray, W: np.ndarray) -> dict[str, float]:
    """The same functions, but means, scatter and variances are computed once."""
    made = {name: globals()[name](X, y) for name in ("class_means", "centred_means", "within_covariance", "class_variances")}
    kept = {name: globals()[name] for name in made}
    try:
        globals().update({name: lambda X, y, value=value: value for name, value in made.items()})
        return plain(X, y, W)
    finally:
        globals().update(kept)


# -- ours ------------------------------------------------------------------------------------------------------------------


def from_moments() -> list[Analysis]:
    return [a for a in families()["collapse"] if a.needs <= {"moments", "head"} and "moments" in a.needs]


def ours(X: np.ndarray, y: np.ndarray, W: np.ndarray) -> dict[str, float]:
    data = Inputs(X, y, W)
    return {a.name: evaluate(a, data, a.validated({}), interval=False, null=False).value for a in from_moments()}


def one_pass(X: np.ndarray, y: np.ndarray, groups: int) -> None:
    class_moments((X[start : start + 16_384] for start in range(0, len(X), 16_384)), y, int(y.max()) + 1, groups)


def product(X: np.ndarray) -> None:
    """The bound: nothing but the symmetric products of the rows."""
    for start in range(0, len(X), ROWS):
        block = X[start : start + ROWS]
        block.T @ block


# -- measuring -------------------------------------------------------------------------------------------------------------


def make(n: int, d: int, classes: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gaussian classes of unequal size with an offset, float32, and a head near the class means."""
    rng = np.random.default_rng(0)
    y = np.concatenate([np.arange(classes), rng.choice(classes, n - classes, p=(s := 1 + np.arange(classes) % 4) / s.sum())])
    means = rng.standard_normal((classes, d), dtype=np.float32)
    X = rng.standard_normal((n, d), dtype=np.float32)
    X += means[y] + 1
    return X, y, means - means.mean(axis=0) + 0.5 * rng.standard_normal((classes, d), dtype=np.float32)


def seconds(function: Callable[[], object]) -> float:
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def growth(function: Callable[[], object]) -> float:
    """MB by which the process's peak exceeds what it holds before."""
    Path("/proc/self/clear_refs").write_text("5")
    before = psutil.Process().memory_info().rss
    function()
    peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return (int(peak.split()[1]) * 1024 - before) / 1e6


def stream(n: int, d: int, classes: int) -> None:
    """Writes n x d float16 features to a temporary file and measures them from there."""
    rng = np.random.default_rng(0)
    y = rng.integers(0, classes, n)
    means = rng.standard_normal((classes, d), dtype=np.float32)
    with tempfile.TemporaryDirectory() as folder:
        X = np.lib.format.open_memmap(Path(folder) / "X.npy", "w+", np.float16, (n, d))
        for start in range(0, n, 50_000):
            here = y[start : start + 50_000]
            X[start : start + 50_000] = means[here] + rng.standard_normal((len(here), d), dtype=np.float32)
        X.flush()
        held, done = [_held()], threading.Event()

        def watch() -> None:
            while not done.wait(0.02):
                held.append(_held())

        watcher = threading.Thread(target=watch)
        watcher.start()
        took = seconds(lambda: ours(X, y, means))
        done.set()
        watcher.join()
    print(
        f"collapse from a file, {n:,} x {d} float16, K={classes}: {len(from_moments())} measures {took:.1f} s, {max(held) - held[0]:.0f} MB"
    )


def on_device(n: int, d: int, classes: int, device: str, repeats: int) -> None:
    """Moments on a device against the copy of the same float16 rows there, which bounds them; float64 sums of a part must agree."""
    import torch

    rng = np.random.default_rng(0)
    y = rng.integers(0, classes, n)
    means = rng.standard_normal((classes, d), dtype=np.float32)
    X = np.empty((n, d), np.float16)
    for start in range(0, n, 50_000):
        here = y[start : start + 50_000]
        X[start : start + 50_000] = means[here] + rng.standard_normal((len(here), d), dtype=np.float32)

    def blocks(rows: int = n) -> Iterator[np.ndarray]:
        return (X[start : min(start + DEVICE_ROWS, rows)] for start in range(0, rows, DEVICE_ROWS))

    def copied() -> None:
        for block in blocks():
            torch.from_numpy(block).to(device)
        if device == "cuda":
            torch.cuda.synchronize()

    part = min(n, 50_000)
    found = class_moments(blocks(part), y, classes, device=device).merged()
    expected = class_moments([X[:part].astype(np.float64)], y, classes).merged()
    np.testing.assert_allclose(found.scatter, expected.scatter, rtol=1e-6, atol=1e-6 * expected.scatter.max())
    best = {"copy": float("inf"), "one": float("inf"), "groups": float("inf")}
    groups = group_count(n, d, classes, GROUPS)
    for _ in range(repeats):
        best["copy"] = min(best["copy"], seconds(copied))
        best["one"] = min(best["one"], seconds(lambda: class_moments(blocks(), y, classes, device=device).merged().scatter))
        best["groups"] = min(best["groups"], seconds(lambda: class_moments(blocks(), y, classes, groups, device=device).merged().scatter))
    print(
        f"moments on {device}, {n:,} x {d} float16, K={classes}: {best['one']:.2f} s, with {groups} groups {best['groups']:.2f} s; the "
        f"copy alone {best['copy']:.2f} s ({X.nbytes / best['copy'] / 1e9:.1f} GB/s); share reached {best['copy'] / best['one']:.2f} and "
        f"{best['copy'] / best['groups']:.2f}"
    )


def _held() -> float:
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("RssAnon"))
    return int(line.split()[1]) / 1e3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--n", type=int, help="rows (default: 50,000; 1,000,000 with --stream)")
    parser.add_argument("--d", type=int, default=512)
    parser.add_argument("--classes", type=int, default=100)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--stream", action="store_true", help="from a file of float16 features (1,000,000 rows)")
    parser.add_argument("--device", help="a torch device, such as cuda (4,000,000 rows)")
    arguments = parser.parse_args()
    if arguments.device:
        on_device(arguments.n or 4_000_000, arguments.d, arguments.classes, arguments.device, arguments.repeats)
        return
    if arguments.stream:
        with threadpool_limits(arguments.threads):
            ours(*make(1000, arguments.d, arguments.classes))  # imports and first-use costs
            stream(arguments.n or 1_000_000, arguments.d, arguments.classes)
        return
    arguments.n = arguments.n or 50_000
    X, y, W = make(arguments.n, arguments.d, arguments.classes)
    groups = group_count(arguments.n, arguments.d, arguments.classes, GROUPS)
    tasks: dict[str, Callable[[], object]] = {
        "ours": lambda: ours(X, y, W),
        "pass": lambda: one_pass(X, y, 1),
        "groups": lambda: one_pass(X, y, groups),
        "bound": lambda: product(X),
        "plain": lambda: plain(X, y, W),
        "shared": lambda: plain_shared(X, y, W),
    }
    with threadpool_limits(arguments.threads):
        ours(X[:1000], y[:1000], W)  # imports and first-use costs
        memory = {name: growth(tasks[name]) for name in ("ours", "groups")}
        found, expected = ours(X, y, W), plain(X, y, W)
        for name, value in expected.items():
            np.testing.assert_allclose(found[name], value, rtol=1e-5, err_msg=name)
        best = {name: float("inf") for name in tasks}
        for turn in range(arguments.repeats):
            for name, task in tasks.items():
                if turn < 2 or name not in ("plain", "shared"):
                    best[name] = min(best[name], seconds(task))
    rate = arguments.n * arguments.d * (arguments.d + 1) / best["bound"] / 1e9
    print(
        f"collapse {arguments.n:,} x {arguments.d}, K={arguments.classes}, threads={arguments.threads}: "
        f"{len(found)} measures in one pass {best['ours']:.2f} s (the pass {best['pass']:.2f} s); plain NumPy, {len(expected)} of them: "
        f"{best['plain']:.2f} s, ratio {best['plain'] / best['ours']:.1f}; with shared means and scatter {best['shared']:.2f} s, ratio "
        f"{best['shared'] / best['ours']:.1f}; bound: XᵀX in float32 {best['bound']:.2f} s ({rate:.0f} GFLOP/s), share reached by the pass "
        f"{best['bound'] / best['pass']:.2f}; with the {groups} groups of the interval {best['groups']:.2f} s; peak beyond the features "
        f"{memory['ours']:.0f} MB, with groups {memory['groups']:.0f} MB"
    )


if __name__ == "__main__":
    main()
