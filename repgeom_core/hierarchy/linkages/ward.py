"""Ward linkage for any number of samples: exact for few; for many, an exact weighted tree over micro-clusters and one within each."""

from __future__ import annotations

import time

import numpy as np

from repgeom_core.errors import GeometryError
from repgeom_core.hierarchy.linkages.exact import MOST_UNITS, exact, merges_of
from repgeom_core.hierarchy.linkages.grafting import Merges, equal_rows, forest, tree_of, under
from repgeom_core.hierarchy.tree import Tree
from repgeom_core.linalg.duplicates import distinct_rows
from repgeom_core.progress import Progress

EXACT_UP_TO = 10_000  # distinct samples: 400 MB of distances
MICRO_CLUSTERS = 5_000
ROUNDS = 8  # of the k-means that makes them
LARGEST = 2_000  # samples of a micro-cluster, whose subtree is exact


def ward(X: np.ndarray, micro_clusters: int | None = None, seed: int = 0, progress: Progress | None = None) -> Tree:
    """Ward linkage of ``X (n, d)`` finite: at each merge the variance within clusters grows least.

    Up to ``EXACT_UP_TO`` distinct samples it is exact. Above, k-means finds micro-clusters; the tree within each is exact, and so is
    the one over them, in which they count as many samples as they hold. ``approximate`` marks the merges over micro-clusters.
    ``micro_clusters``: how many to take, 0 for the exact tree (at most ``MOST_UNITS`` distinct samples); None chooses.

    ``meta``: exact, micro_clusters (that hold samples), raised (merges below one of their children, which were raised to it), seconds.
    """
    if micro_clusters is not None and not 0 <= micro_clusters <= MOST_UNITS:
        raise GeometryError(f"Expected micro_clusters from 0 (an exact tree) to {MOST_UNITS:,}, got {micro_clusters}.")
    import torch

    from repgeom_core.linalg.threads import row_workers

    started, progress = time.perf_counter(), progress or Progress()
    distinct = distinct_rows(X)
    units = len(distinct.first)
    asked = (0 if units <= EXACT_UP_TO else MICRO_CLUSTERS) if micro_clusters is None else micro_clusters
    if not 0 < asked < units:
        return exact(X, "ward", progress)
    points, weights = X if distinct.trivial else X[distinct.first], np.bincount(distinct.group).astype(np.float64)
    parts = _micro_clusters(points, asked, seed, progress)
    centres = np.stack([np.average(points[part].astype(np.float64), axis=0, weights=weights[part]) for part in parts])
    counts = np.array([weights[part].sum() for part in parts])
    subtrees: list[tuple[np.ndarray, Merges]] = []
    with row_workers(torch.device("cpu")) as workers:
        for merges in workers.map(lambda part: merges_of(points[part], weights[part], "ward"), parts):
            progress.update("trees of micro-clusters", len(subtrees), len(parts))
            subtrees.append((parts[len(subtrees)], merges))
    merges = under(merges_of(centres, counts, "ward", progress), forest(units, subtrees))
    if not distinct.trivial:
        merges = under(merges, equal_rows(distinct.group))
    approximate = np.arange(len(X) - 1) >= len(X) - len(parts)
    meta = {"n": len(X), "d": X.shape[1], "exact": False, "micro_clusters": len(parts), "duplicates": len(X) - units}
    return tree_of(merges, "ward", meta | {"seconds": time.perf_counter() - started}, approximate)


def _micro_clusters(X: np.ndarray, count: int, seed: int, progress: Progress) -> list[np.ndarray]:
    """Row numbers of each micro-cluster, none with more than ``LARGEST`` rows."""
    from repgeom_core.linalg.kmeans import framed, lloyd, random_start

    parts: list[np.ndarray] = [np.arange(len(X))]
    small: list[np.ndarray] = []
    while parts:
        part = parts.pop()
        whole, least = len(part) == len(X), -(-2 * len(part) // LARGEST)
        rows = framed(X if whole else X[part])
        start = random_start(rows, max(count, least) if whole else least, np.random.default_rng(seed))
        labels = lloyd(rows, start, ROUNDS, 0, "micro-clusters", progress)[1]
        order = np.argsort(labels, kind="stable")
        pieces = np.split(part[order], np.flatnonzero(np.diff(labels[order])) + 1)
        if len(pieces) == 1:  # rows that rounded products cannot tell apart
            pieces = np.array_split(part, -(-len(part) // LARGEST))
        for piece in pieces:
            (parts if len(piece) > LARGEST else small).append(piece)
    return small
