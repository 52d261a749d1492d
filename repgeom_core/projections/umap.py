"""UMAP (McInnes, Healy & Melville 2018) on the shared neighbour graph, started from the principal plane."""

from __future__ import annotations

import warnings

import numpy as np

from repgeom_core.errors import GeometryError
from repgeom_core.linalg.neighbours import NeighbourGraph

FEWEST = 5


def umap_layout(graph: NeighbourGraph, start: np.ndarray, n_neighbors: int, min_dist: float, seed: int) -> np.ndarray:
    """Coordinates ``(n, 2)`` float64 from the neighbours of each row and a start ``(n, 2)``.

    ``n_neighbors`` counts the sample itself, as umap-learn does, so the graph must hold ``n_neighbors − 1`` others. The seed fixes the
    result on one machine (and makes umap-learn use one thread).
    """
    n = graph.n
    if n < FEWEST:
        raise GeometryError(f"UMAP needs at least {FEWEST} samples, got {n}. Use PCA for so few.")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # umap-learn tells of its single thread and of the missing search index at every call
        from umap import UMAP

        others = graph.nearest(n_neighbors - 1)
        indices = np.column_stack([np.arange(n), others.indices]).astype(np.int64)
        distances = np.column_stack([np.zeros(n), others.distances]).astype(np.float32)
        model = UMAP(
            n_neighbors=n_neighbors,
            min_dist=min_dist,
            init=_spread(start, seed),
            random_state=seed,
            n_jobs=1,
            precomputed_knn=(indices, distances),
            force_approximation_algorithm=True,  # else umap-learn ignores the graph below 4,096 samples
        )
        # With the graph given, the data only says how many samples there are.
        layout = model.fit_transform(start.astype(np.float32))
    return np.asarray(layout, dtype=np.float64)


def _spread(start: np.ndarray, seed: int) -> np.ndarray:
    """The start scaled to ±10 with a little noise, as umap-learn scales its own: samples that coincide could never part."""
    scale = np.abs(start).max()
    placed = start * (10.0 / scale) if scale > 0 else start
    return (placed + np.random.default_rng(seed).normal(0, 1e-4 if scale > 0 else 1.0, start.shape)).astype(np.float32)
