"""Exact 15 nearest neighbours of 50,000 x 512: ours against faiss's flat index, in turn, with the same threads.

    python benchmarks/neighbours.py [--data mixture|noise|collapsed] [--sklearn]

Prints one line: medians in seconds, the ratio, and the recall of our neighbours against a float64 search for 1,000 rows.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import faiss
import numpy as np
import torch

from repgeom_core.linalg.neighbours import neighbours


def labelled_mixture(n: int, d: int, spread: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """100 Gaussian classes, each in 30 directions of its own with decaying variance plus a little noise in all directions, then a
    ReLU: within-class and between-class variance are about equal for ``spread`` 1, the offset is that of ReLU features."""
    random = np.random.default_rng(0)
    means = random.normal(size=(100, d))
    label = random.integers(0, 100, n)
    X = means[label]
    for c in range(100):
        rows = np.flatnonzero(label == c)
        directions = np.linalg.qr(random.normal(size=(d, 30)))[0].T * (np.sqrt(d) * 0.75 ** np.arange(30))[:, None]
        X[rows] += spread * (random.normal(size=(len(rows), 30)) @ directions * 0.6 + 0.3 * random.normal(size=(len(rows), d)))
    return np.maximum(X, 0).astype(np.float32), label


def mixture(n: int, d: int) -> np.ndarray:
    return labelled_mixture(n, d)[0]


def noise(n: int, d: int) -> np.ndarray:
    """Isotropic Gaussian noise: no structure to exploit and nearly equal distances, the hard case."""
    return np.random.default_rng(0).normal(size=(n, d)).astype(np.float32)


def collapsed(n: int, d: int) -> np.ndarray:
    """The mixture with 1 % of its spread within classes: features at the end of training."""
    return labelled_mixture(n, d, spread=0.01)[0]


def seconds(function: Callable[[], object]) -> float:
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def flat_index(X: np.ndarray, k: int) -> None:
    index = faiss.IndexFlatL2(X.shape[1])
    index.add(X)
    index.search(X, k + 1)


def recall(X: np.ndarray, indices: np.ndarray, queries: int = 1_000) -> float:
    """Share of the k nearest rows of a float64 search that we found too, over random query rows."""
    rows = np.random.default_rng(1).choice(len(X), queries, replace=False)
    exact, k = X.astype(np.float64), indices.shape[1]
    exact -= exact.mean(axis=0)
    lengths = (exact**2).sum(axis=1)
    hits = 0
    for some in np.array_split(rows, 20):
        squared = lengths - 2 * (exact[some] @ exact.T)
        squared[np.arange(len(some)), some] = np.inf
        nearest = np.argpartition(squared, k - 1, axis=1)[:, :k]
        hits += sum(len(np.intersect1d(a, b)) for a, b in zip(nearest, indices[some], strict=True))
    return hits / (queries * k)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", choices=("mixture", "noise", "collapsed"), default="mixture")
    parser.add_argument("--n", type=int, default=50_000)
    parser.add_argument("--d", type=int, default=512)
    parser.add_argument("--k", type=int, default=15)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--sklearn", action="store_true", help="also time sklearn.neighbors.NearestNeighbors(algorithm='brute')")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    faiss.omp_set_num_threads(arguments.threads)
    X = {"mixture": mixture, "noise": noise, "collapsed": collapsed}[arguments.data](arguments.n, arguments.d)
    k = arguments.k
    neighbours(X[:4_000], k)  # imports and first-use costs
    ours, theirs = [], []
    for _ in range(arguments.repeats):
        ours.append(seconds(lambda: neighbours(X, k)))
        theirs.append(seconds(lambda: flat_index(X, k)))
    graph = neighbours(X, k)
    line = f"neighbours {arguments.data} {len(X):,} x {X.shape[1]} k={k} threads={arguments.threads}: "
    a, b = statistics.median(ours), statistics.median(theirs)
    line += f"ours {a:.2f} s, faiss IndexFlatL2 {b:.2f} s, ratio {b / a:.2f}, recall {recall(X, graph.indices):.6f}"
    if arguments.sklearn:
        from sklearn.neighbors import NearestNeighbors

        c = seconds(lambda: NearestNeighbors(n_neighbors=k, algorithm="brute", n_jobs=arguments.threads).fit(X).kneighbors())
        line += f", scikit-learn {c:.2f} s"
    print(line, {key: graph.meta[key] for key in ("device", "groups", "settled", "ranked_per_row")})


if __name__ == "__main__":
    main()
