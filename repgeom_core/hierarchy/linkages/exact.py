"""Exact Ward, average, complete and single linkage: all distances by matrix products, then the nearest-neighbour chain."""

from __future__ import annotations

import time

import numpy as np

from repgeom_core.errors import GeometryError
from repgeom_core.hierarchy.linkages.grafting import Merges, equal_rows, tree_of, under
from repgeom_core.hierarchy.tree import Tree
from repgeom_core.linalg.duplicates import distinct_rows
from repgeom_core.linalg.frame import frame
from repgeom_core.progress import Progress

MOST_UNITS = 20_000  # 1.6 GB of distances
ROWS_AT_ONCE, COLUMNS_AT_ONCE = 256, 1_024  # of one product: 2 MB, read while they are in the cache
SLICES = 200  # of the merging, between which progress is told


def exact(X: np.ndarray, method: str, progress: Progress | None = None) -> Tree:
    """The tree of ``X (n, d)`` finite, with the heights of ``scipy.cluster.hierarchy.linkage``; equal rows merge at height 0.

    Memory is that of the distances between the u distinct rows, 4u² bytes. Raises :class:`GeometryError` for more than ``MOST_UNITS``
    distinct rows.
    """
    started = time.perf_counter()
    distinct = distinct_rows(X)
    units = len(distinct.first)
    if units > MOST_UNITS:
        raise GeometryError(
            f"Exact {method} linkage is for at most {MOST_UNITS:,} distinct samples, got {units:,}, whose distances take "
            f"{4e-9 * units**2:.1f} GB. Use 'ward' (approximate for so many), or cluster a split, a class or a selection."
        )
    merges = merges_of(X if distinct.trivial else X[distinct.first], np.bincount(distinct.group), method, progress)
    if not distinct.trivial:
        merges = under(merges, equal_rows(distinct.group))
    meta = {"n": len(X), "d": X.shape[1], "exact": True, "duplicates": len(X) - units, "seconds": time.perf_counter() - started}
    return tree_of(merges, method, meta)


def average(X: np.ndarray, seed: int = 0, progress: Progress | None = None) -> Tree:
    """Mean distance between the samples of two clusters; the seed has no part in it."""
    return exact(X, "average", progress)


def complete(X: np.ndarray, seed: int = 0, progress: Progress | None = None) -> Tree:
    """Greatest distance between the samples of two clusters; the seed has no part in it."""
    return exact(X, "complete", progress)


def single(X: np.ndarray, seed: int = 0, progress: Progress | None = None) -> Tree:
    """Smallest distance between the samples of two clusters: the minimum spanning tree; the seed has no part in it."""
    return exact(X, "single", progress)


def merges_of(X: np.ndarray, counts: np.ndarray, method: str, progress: Progress | None = None) -> Merges:
    """Merges over units at ``X (u, d)`` that hold ``counts (u,)`` samples each, in the order in which they are found."""
    from repgeom_core.hierarchy.linkages.distances import weigh
    from repgeom_core.hierarchy.linkages.nn_chain import RULES, Chain

    progress = progress or Progress()
    distances, scale = _squared_distances(X, progress)
    if method != "ward":
        np.sqrt(distances, out=distances)
    elif (counts != 1).any():
        weigh(distances, counts.astype(np.float64))
    chain, merges = Chain(distances, counts, RULES[method]), len(X) - 1
    for done in range(0, merges, step := max(merges // SLICES, 100)):
        progress.update("merging clusters", done, merges)
        chain.merge(step)
    progress.update("merging clusters", merges, merges)
    return Merges(chain.left, chain.right, (np.sqrt(chain.height) if method == "ward" else chain.height) / scale)


def _squared_distances(X: np.ndarray, progress: Progress) -> tuple[np.ndarray, float]:
    """Condensed squared distances (u(u - 1)/2,) float64 of ``scale * X``, and the scale."""
    import torch

    from repgeom_core.hierarchy.linkages.distances import fill
    from repgeom_core.linalg.threads import row_workers

    units = len(X)
    centre, scale = frame(X)
    points = X - centre
    points *= scale
    squared = np.einsum("ij,ij->i", points, points)
    distances = np.empty(units * (units - 1) // 2)
    matrix = torch.from_numpy(points)

    def fill_rows(row: int) -> None:
        some = matrix[row : row + ROWS_AT_ONCE]
        for column in range(row, units, COLUMNS_AT_ONCE):
            products = some @ matrix[column : column + COLUMNS_AT_ONCE].T
            fill(distances, products.numpy(), squared, X, scale, row, column)

    rows = range(0, units, ROWS_AT_ONCE)
    if len(rows) == 1:  # one of thousands of small trees: threads would cost more than it
        fill_rows(0)
        return distances, scale
    with row_workers(torch.device("cpu")) as workers:
        for row, _ in zip(rows, workers.map(fill_rows, rows), strict=True):
            progress.update("distances", min(row + ROWS_AT_ONCE, units), units)
    return distances, scale
