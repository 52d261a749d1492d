"""How far a map can be trusted: whether neighbours on it are neighbours in the features, and the other way round."""

from __future__ import annotations

import numpy as np

from repgeom_core.linalg.neighbours import NeighbourGraph


def map_neighbours(xy: np.ndarray, rows: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """The ``k`` nearest points on the map ``xy (n, 2)`` of each of ``rows (m,)``, themselves left out: (m, k) indices and distances."""
    from scipy.spatial import KDTree

    distances, indices = KDTree(xy).query(xy[rows], k=np.arange(1, min(k + 1, len(xy)) + 1))
    # Points may coincide, so the row itself need not come first, or be found at all.
    order = np.argsort(indices == rows[:, None], axis=1, kind="stable")[:, :k]
    order.sort(axis=1)
    return np.take_along_axis(indices, order, 1), np.take_along_axis(distances, order, 1)


def neighbourhood_preservation(graph: NeighbourGraph, xy: np.ndarray, k: int = 15, queries: int = 1_000, seed: int = 0) -> float:
    """Share of a row's ``k`` true neighbours that are among its ``k`` nearest on the map; mean over at most ``queries`` random rows.

    ``k`` is lowered to what the graph holds. 1 is perfect; a random map gives k / (n - 1).
    """
    k = min(k, graph.k)
    rows = random_rows(graph.n, queries, seed)
    on_map, _ = map_neighbours(xy, rows, k)
    kept = [len(np.intersect1d(near, true)) for near, true in zip(on_map, graph.indices[rows, :k], strict=True)]
    return float(np.mean(kept) / k)


def sampled_trustworthiness(X: np.ndarray, xy: np.ndarray, rows: np.ndarray, k: int = 15) -> float | None:
    """Trustworthiness (Venna & Kaski 2001) of the map ``xy (n, 2)`` on ``rows``, whose features are ``X (m, d)``; 1 is perfect.

    ``k`` is lowered to what m allows (below m / 2); None for fewer than 4 rows, where it is not defined.
    """
    from sklearn.manifold import trustworthiness

    k = min(k, (len(rows) - 1) // 2)
    return float(trustworthiness(X.astype(np.float64), xy[rows], n_neighbors=k)) if len(rows) >= 4 else None


def random_rows(n: int, most: int, seed: int) -> np.ndarray:
    """At most ``most`` of the rows 0..n-1, ascending."""
    return np.sort(np.random.default_rng(seed).permutation(n)[:most])
