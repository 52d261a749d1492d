"""Exact Euclidean nearest neighbours: the graph that UMAP, map quality and the analyses share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from repgeom_core.errors import GeometryError
from repgeom_core.linalg.duplicates import distinct_rows, expand_duplicates
from repgeom_core.linalg.rows import finite_rows, row_chunks
from repgeom_core.progress import Progress


@dataclass(frozen=True)
class NeighbourGraph:
    """The k nearest neighbours of every row, nearest first.

    ``indices`` (n, k) int32 are row numbers, ``distances`` (n, k) float32 are Euclidean. A row is never its own neighbour, but its
    duplicates are (at distance 0). Equal distances are in row order.
    """

    indices: np.ndarray
    distances: np.ndarray
    meta: dict[str, Any] = field(default_factory=dict)

    @property
    def n(self) -> int:
        return self.indices.shape[0]

    @property
    def k(self) -> int:
        return self.indices.shape[1]

    def nearest(self, k: int) -> NeighbourGraph:
        """The same graph with only the first ``k`` neighbours."""
        if not 1 <= k <= self.k:
            raise GeometryError(f"This graph holds {self.k} neighbours of each row; {k} were asked for. Compute it with a larger k.")
        return NeighbourGraph(self.indices[:, :k], self.distances[:, :k], self.meta)


def neighbours(X: Any, k: int, device: str = "auto", progress: Progress | None = None) -> NeighbourGraph:
    """The ``k`` nearest rows of each row of ``X (n, d)``, as a float64 search would find them.

    Candidates come from low-precision matrix products with a proven error bound, so that none is lost; their distances are then
    taken in float64 from the original numbers (see :mod:`repgeom_core.linalg.radius_search`). ``X`` is an array or anything
    ``np.asarray`` reads; ``device`` is ``"auto"`` (CUDA where there is one), ``"cpu"`` or ``"cuda"``. ``meta`` says how many rows
    each precision settled. Memory grows with n·(d + k), not with n².

    Raises :class:`GeometryError` for n < 2, k outside 1..n-1, or numbers that are not finite.
    """
    import torch

    from repgeom_core.linalg.radius_search import search
    from repgeom_core.linalg.threads import row_workers

    X = np.ascontiguousarray(finite_rows(np.asarray(X)))
    _check_k(k, len(X))
    where = torch.device(("cuda" if torch.cuda.is_available() else "cpu") if device == "auto" else device)
    with row_workers(where) as workers:
        distinct = distinct_rows(X, workers)
        inner_k = min(k, len(distinct.first) - 1)
        if inner_k:
            rows = X if distinct.trivial else X[distinct.first]
            indices, squared, meta = search(rows, inner_k, where, workers, progress or Progress())
        else:  # all rows are equal
            indices, squared, meta = np.empty((1, 0), np.int64), np.empty((1, 0)), {}
    if not distinct.trivial:
        indices, squared = expand_duplicates(distinct, indices, squared, k)
    meta |= {"n": len(X), "d": X.shape[1], "k": k, "metric": "euclidean", "duplicates": len(X) - len(distinct.first)}
    return NeighbourGraph(indices.astype(np.int32), _float32(np.sqrt(squared)), meta)


def neighbours_of(X: Any, query_rows: Any, k: int) -> NeighbourGraph:
    """The ``k`` nearest rows of a few rows of ``X`` (n, d), in float64, streaming over row chunks.

    Returns a graph with one row per query, in their order. Meant for a clicked sample: it reads all of ``X`` once and costs
    n·d per query. Raises :class:`GeometryError` as :func:`neighbours` does, or for a query row that does not exist.
    """
    n, d = X.shape
    _check_k(k, n)
    queries = np.atleast_1d(np.asarray(query_rows, dtype=np.int64))
    if queries.size and not (queries.min() >= 0 and queries.max() < n):
        raise GeometryError(f"Rows are numbered 0 to {n - 1}; row {queries[(queries < 0) | (queries >= n)][0]} does not exist.")
    points = np.asarray(X.take(queries) if hasattr(X, "chunks") else np.asarray(X)[queries], dtype=np.float64)
    best = np.full((len(queries), 0), 0, np.int64)
    best_squared = np.full((len(queries), 0), 0.0)
    for rows, block in row_chunks(X):
        block = finite_rows(block, np.arange(rows.start, rows.stop)).astype(np.float64)
        squared = np.stack([_squared_lengths(block - point) for point in points]) if len(points) else np.empty((0, len(block)))
        ids = np.arange(rows.start, rows.start + len(block))
        squared[queries[:, None] == ids] = np.inf
        # Ids only grow from chunk to chunk and within one, so a stable sort keeps ties in row order.
        best = np.concatenate([best, np.broadcast_to(ids, squared.shape)], axis=1)
        best_squared = np.concatenate([best_squared, squared], axis=1)
        first = np.argsort(best_squared, axis=1, kind="stable")[:, :k]
        best, best_squared = np.take_along_axis(best, first, 1), np.take_along_axis(best_squared, first, 1)
    meta = {"n": n, "d": d, "k": k, "metric": "euclidean"}
    return NeighbourGraph(best.astype(np.int32), _float32(np.sqrt(best_squared)), meta)


def _float32(distances: np.ndarray) -> np.ndarray:
    """Distances between finite numbers may be beyond float32: then they are infinite."""
    with np.errstate(over="ignore"):
        return distances.astype(np.float32)


def _squared_lengths(difference: np.ndarray) -> np.ndarray:
    return np.einsum("ij,ij->i", difference, difference)


def _check_k(k: int, n: int) -> None:
    if n < 2:
        raise GeometryError(f"Neighbours need at least 2 samples, got {n}.")
    if not 1 <= k < n:
        raise GeometryError(f"Expected k from 1 to {n - 1} for {n} samples, got {k}.")
