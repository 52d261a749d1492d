"""Curation: a subset drawn down the tree so that every region of the data gets its share, and how even shares are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from repgeom_core.errors import GeometryError
from repgeom_core.hierarchy.cut import cut, in_order
from repgeom_core.hierarchy.linkages.hierarchical_kmeans import even_levels
from repgeom_core.hierarchy.tree import Tree


def balanced_sample(tree: Tree, size: int, levels: Sequence[Sequence[int]] | None = None, seed: int = 0) -> np.ndarray:
    """``size`` different leaves (ascending), shared out evenly among clusters, among the clusters inside those, and so on.

    At each level the clusters of one parent get min(n_c, q) leaves each, with q such that these add up to what the parent got; where no
    whole q does, some clusters drawn at random get one more. Inside the lowest clusters leaves are drawn at random. ``levels`` are the
    nodes of each level, the lowest first, each level holding all leaves; by default those of hierarchical k-means
    (``tree.meta["levels"]``), and for other trees the height cuts into n^(2/3) and n^(1/3) clusters. After Vo et al., TMLR 2024.

    Raises:
        GeometryError: more leaves than there are, or levels that are not nested partitions of the leaves.
    """
    if not 1 <= size <= tree.n:
        raise GeometryError(f"A balanced sample of {tree.n:,} samples has from 1 to {tree.n:,} of them, got {size:,}.")
    if levels is None:
        levels = tree.meta.get("levels") or [cut(tree, k).tolist() for k in even_levels(tree.n)]
    rng = np.random.default_rng(seed)
    nodes, quotas = np.array([tree.root]), np.array([size])
    for level in reversed(levels):
        below = _partition(tree, level)
        above = np.searchsorted(tree.start[nodes], tree.start[below], side="right") - 1
        if (tree.start[below] + tree.count[below] > (tree.start[nodes] + tree.count[nodes])[above]).any():
            raise GeometryError("Every cluster of a level must lie within one cluster of the level above; give the lowest level first.")
        shared = np.empty(len(below), np.int64)
        for parent in range(len(nodes)):
            own = slice(*np.searchsorted(above, [parent, parent + 1]))
            shared[own] = shares(tree.count[below[own]], int(quotas[parent]), rng)
        nodes, quotas = below, shared
    drawn = [rng.choice(tree.members(node), quota, replace=False) for node, quota in zip(nodes, quotas, strict=True) if quota]
    return np.sort(np.concatenate(drawn)).astype(np.int64)


def shares(counts: np.ndarray, total: int, rng: np.random.Generator) -> np.ndarray:
    """Whole numbers min(n_c, q) or, for some drawn at random, min(n_c, q + 1), that add up to ``total`` ≤ Σ n_c."""
    counts = np.asarray(counts, np.int64)
    ascending = np.sort(counts)
    taken = np.concatenate([[0], np.cumsum(ascending)])[:-1]  # by all smaller clusters, whole
    left = np.arange(len(counts), 0, -1)
    full = taken + ascending * left <= total  # a quota of that size can be had
    filled = int(full.sum())
    if filled == len(counts):
        return counts
    q = (total - taken[filled]) // left[filled]
    found = np.minimum(counts, q)
    more = rng.choice(np.flatnonzero(counts > q), total - int(found.sum()), replace=False)
    found[more] += 1
    return found


def entropy(counts: np.ndarray) -> float:
    """Entropy, in nats, of the shares that clusters with these ``counts`` have; log k where all are equal."""
    p = np.asarray(counts, np.float64)
    p = p[p > 0] / p.sum()
    return float(-(p * np.log(p)).sum())


def kl_to_uniform(counts: np.ndarray) -> float:
    """KL divergence, in nats, of those shares from equal ones: log k minus their entropy; empty clusters count in k."""
    return max(float(np.log(len(counts)) - entropy(counts)), 0.0)


def gini(counts: np.ndarray) -> float:
    """Gini coefficient Σ_ij |n_i − n_j| / (2 k Σ n): 0 where all are equal, 1 − 1/k where one cluster has all."""
    ascending = np.sort(np.asarray(counts, np.float64))
    k = len(ascending)
    return float((2 * np.arange(1, k + 1) - k - 1) @ ascending / (k * ascending.sum()))


def density_exponent(X: np.ndarray, centroids: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
    """How the density of ``centroids (k, d)`` follows that of the data ``X (n, d)``: the slope between the logarithms of the two.

    1: as the data; d/(d+2): k-means of data that fill d dimensions (Zador); 0: uniform. Both densities are read around each centroid from
    the distance to a neighbour, the nearest other centroid and the (n/k)-th nearest sample, so the dimension cancels. Also
    gives the logarithms of the two radii (k,); the slope is NaN, and they may be infinite, without variation.
    """
    from sklearn.neighbors import NearestNeighbors

    k, n = len(centroids), len(X)
    if k < 2:
        return float("nan"), np.empty(0), np.empty(0)
    among = NearestNeighbors(n_neighbors=2).fit(centroids).kneighbors(centroids)[0][:, -1]
    around = NearestNeighbors(n_neighbors=min(max(round(n / k), 1), n)).fit(X).kneighbors(centroids)[0][:, -1]
    with np.errstate(divide="ignore"):
        of_data, of_centroids = np.log(around), np.log(among)
    use = np.isfinite(of_data) & np.isfinite(of_centroids)
    x, y = of_data[use], of_centroids[use]
    varies = len(x) > 1 and np.ptp(x) > 1e-9
    slope = float(np.polyfit(x, y, 1)[0]) if varies else float("nan")
    return slope, of_data, of_centroids


def _partition(tree: Tree, level: Sequence[int]) -> np.ndarray:
    nodes = in_order(tree, np.asarray(level, np.int64))
    ends = np.cumsum(tree.count[nodes])
    if not len(nodes) or (tree.start[nodes] != ends - tree.count[nodes]).any() or ends[-1] != tree.n:
        raise GeometryError(f"The {len(nodes):,} clusters of a level must hold each of the {tree.n:,} samples exactly once.")
    return nodes
