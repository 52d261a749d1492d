"""How far a map can be trusted: what share of true neighbourhoods it keeps."""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree

from repgeom_core.linalg.neighbours import NeighbourGraph

QUERIES, TRUST_SAMPLE = 1000, 2000


def map_neighbours(xy: np.ndarray, positions: np.ndarray, k: int) -> np.ndarray:
    """The ``k`` nearest other points on the map for each of ``positions``: ``(len(positions), k)``, nearest first."""
    # Where points coincide, a point need not come first among its own neighbours: it is struck out by number.
    found = np.atleast_2d(cKDTree(xy).query(xy[positions], k=k + 1)[1])
    own = found == positions[:, None]
    own[~own.any(axis=1), -1] = True
    return found[~own].reshape(len(positions), k)


def neighbourhood_preservation(graph: NeighbourGraph, xy: np.ndarray, k: int, seed: int = 0) -> float:
    """Mean share of the ``k`` true neighbours that are also map neighbours, over at most 1,000 samples; chance is k / (n − 1)."""
    positions = np.arange(graph.n)
    if graph.n > QUERIES:
        positions = np.sort(np.random.default_rng(seed).choice(graph.n, QUERIES, replace=False))
    near = map_neighbours(xy, positions, k)
    true = graph.indices[positions, :k]
    return float((near[:, :, None] == true[:, None, :]).any(axis=1).mean())


def trustworthiness(X: np.ndarray, xy: np.ndarray, k: int) -> float | None:
    """Venna & Kaski's trustworthiness (1 is perfect); None for too few samples (k must be below n / 2)."""
    if k >= len(X) / 2:
        return None
    from sklearn.manifold import trustworthiness as of_sklearn

    return float(of_sklearn(X, xy, n_neighbors=k))


def trust_sample(n: int, seed: int = 0) -> np.ndarray:
    """At most 2,000 positions on which trustworthiness is taken: it needs all their pair distances."""
    return np.arange(n) if n <= TRUST_SAMPLE else np.sort(np.random.default_rng(seed).choice(n, TRUST_SAMPLE, replace=False))
