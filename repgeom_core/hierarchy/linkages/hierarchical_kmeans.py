"""Hierarchical k-means with resampling: k-means of k-means centroids, and so on, so that every region of the data gets its clusters."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from repgeom_core.errors import GeometryError
from repgeom_core.hierarchy.linkages.exact import MOST_UNITS, merges_of
from repgeom_core.hierarchy.linkages.grafting import Merges, equal_rows, forest, tree_of, under
from repgeom_core.hierarchy.tree import Tree
from repgeom_core.linalg.duplicates import distinct_rows
from repgeom_core.linalg.rows import finite_rows
from repgeom_core.progress import Progress

STEPS, STEPS_AT_ONCE = 300, 10  # of Lloyd's algorithm: at most, and between two reports
FEWEST = 5  # points of a cluster that a round of resampling takes


@dataclass(frozen=True)
class Level:
    """``centroids (k, d)``, and in ``labels`` the cluster of each sample (lowest level) or of each centroid of the level below."""

    centroids: np.ndarray
    labels: np.ndarray


def hierarchical_kmeans(
    X: np.ndarray, levels: Sequence[int] | None = None, rounds: int = 3, seed: int = 0, progress: Progress | None = None
) -> Tree:
    """The clusters of :func:`kmeans_levels` as one binary tree over the rows of ``X (n, d)``.

    Inside the lowest clusters it is Ward's; the children of each higher cluster are joined by count-weighted Ward of their means, and so
    are the highest clusters (``approximate``). Heights are Ward's, raised to those of the children where k-means parted what Ward would
    have joined. ``meta["levels"]`` lists the nodes of each level, the lowest level first; equal rows merge at height 0.
    """
    progress = progress or Progress()
    X = finite_rows(np.asarray(X))
    found = kmeans_levels(X, levels, rounds, seed, progress)
    means, counts = X.astype(np.float64), np.ones(len(X))
    forests, nodes = [], []
    leaf = np.arange(len(X))  # one of each unit's samples
    for level, clusters in enumerate(found):
        units = np.split(np.argsort(clusters.labels, kind="stable"), np.cumsum(np.bincount(clusters.labels))[:-1])
        subtrees = []
        for c, own in enumerate(units):
            if c % 20 == 0:
                progress.update(f"trees of the clusters of level {level + 1}", c, len(units))
            subtrees.append((own, _ward(means[own], counts[own])))
        forests.append(forest(len(means), subtrees))
        means = np.stack([counts[own] @ means[own] / counts[own].sum() for own in units])
        counts, leaf = np.array([counts[own].sum() for own in units]), leaf[[own[0] for own in units]]
        nodes.append((leaf, counts))
    merges = _ward(means, counts)
    for below in reversed(forests):
        merges = under(merges, below)
    approximate = np.arange(len(X) - 1) >= len(X) - (len(nodes[0][0]) if nodes else 1)
    meta = {"n": len(X), "d": X.shape[1], "rounds": rounds, "seed": seed}
    tree = tree_of(merges, "hierarchical_kmeans", meta, approximate)
    return replace(tree, meta={**tree.meta, "levels": [_nodes_of(tree, *level) for level in nodes]})


def _ward(points: np.ndarray, counts: np.ndarray) -> Merges:
    distinct = distinct_rows(points)
    units = len(distinct.first)
    if units > MOST_UNITS:
        raise GeometryError(
            f"A lowest cluster holds {units:,} samples, and the tree inside takes at most {MOST_UNITS:,}. Ask for more clusters."
        )
    merges = merges_of(points[distinct.first], np.bincount(distinct.group, counts), "ward")
    return merges if distinct.trivial else under(merges, equal_rows(distinct.group))


def _nodes_of(tree: Tree, leaf: np.ndarray, counts: np.ndarray) -> list[int]:
    """The nodes above one leaf each that hold so many leaves."""
    node = np.array(leaf)
    while (low := tree.count[node] < counts).any():
        node[low] = tree.parent[node[low]]
    return [int(number) for number in node]


def kmeans_levels(
    X: np.ndarray,
    levels: Sequence[int] | None = None,
    rounds: int = 3,
    seed: int = 0,
    progress: Progress | None = None,
) -> list[Level]:
    """k-means of ``X (n, d)``, then of its centroids, and so on: one :class:`Level` for each of ``levels`` k₁ > k₂ > ..., lowest first.

    By default k₁ = n^(2/3) and k₂ = n^(1/3). Each of the ``rounds`` takes of every cluster the points closest to its centroid (half as
    many as a cluster has on average, at least 5), runs k-means anew on those alone, and gives every point to its nearest centroid: so
    dense regions lose their head start. Clusters left empty are dropped. k-means is scikit-learn's Lloyd from one k-means++ start.

    One level turns a density p into centroids of density ~ p^(d/(d+2)) (Zador), T levels into p^((d/(d+2))^T): ever closer to uniform.
    After Vo et al., TMLR 2024 (Automatic data curation for self-supervised learning), Algorithm 1.
    """
    progress = progress or Progress()
    wanted = even_levels(len(X)) if levels is None else [int(k) for k in levels]
    if any(k < 1 for k in wanted) or any(a <= b for a, b in zip([len(X), *wanted], wanted, strict=False)) or rounds < 0:
        raise GeometryError(
            f"Expected numbers of clusters that fall from level to level, all below {len(X):,} samples, and rounds of at least 0; "
            f"got levels {', '.join(map(str, wanted))} and {rounds} rounds."
        )
    seeds = np.random.default_rng(seed)
    points, found = X - X.mean(axis=0, dtype=np.float64).astype(X.dtype), []
    for depth, k in enumerate(wanted):
        k = min(k, len(points))
        stage = f"k-means, level {depth + 1} of {len(wanted)}"
        centroids = _kmeans(points, k, seeds, stage, progress)
        for turn in range(rounds):
            kept = _closest(points, centroids, max(FEWEST, len(points) // (2 * k)))
            centroids = _kmeans(points[kept], min(k, len(kept)), seeds, f"{stage}, resampled {turn + 1} of {rounds}", progress)
        present, labels = np.unique(_nearest(points, centroids)[0], return_inverse=True)
        found.append(Level(centroids[present], labels))
        points = centroids[present]
    return found


def even_levels(n: int, levels: int = 2, lowest: int = 0) -> list[int]:
    """Numbers of clusters, the lowest level first, each dividing what is below into as many parts: n^(T/(T+1)), ..., n^(1/(T+1)) for T
    ``levels``, or from ``lowest`` on. Those that are 1, or not fewer than the number below, are left out."""
    base = (lowest or n ** (levels / (levels + 1))) ** (1 / levels)
    found: list[int] = []
    for power in range(levels, 0, -1):
        k = round(base**power)
        if 1 < k < (found[-1] if found else n):
            found.append(k)
    return found


def _kmeans(points: np.ndarray, k: int, seeds: np.random.Generator, stage: str, progress: Progress) -> np.ndarray:
    from sklearn.cluster import KMeans, kmeans_plusplus
    from sklearn.exceptions import ConvergenceWarning

    progress.update(stage, 0, STEPS)
    centroids = kmeans_plusplus(points, k, random_state=int(seeds.integers(2**31)))[0]
    for done in range(0, STEPS, STEPS_AT_ONCE):
        progress.update(stage, done, STEPS)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # fewer distinct points than clusters: the empty ones are dropped
            fitted = KMeans(k, init=centroids, n_init=1, max_iter=STEPS_AT_ONCE, random_state=0).fit(points)
        centroids = np.asarray(fitted.cluster_centers_)
        if fitted.n_iter_ < STEPS_AT_ONCE:
            break
    progress.update(stage, STEPS, STEPS)
    return centroids


def _nearest(points: np.ndarray, centroids: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Nearest centroid (n,) of each point, and its distance."""
    from sklearn.metrics import pairwise_distances_argmin_min

    labels, distances = pairwise_distances_argmin_min(points, centroids)
    return labels, distances


def _closest(points: np.ndarray, centroids: np.ndarray, count: int) -> np.ndarray:
    """Rows of the ``count`` points of each cluster that are nearest to its centroid (all of a smaller one), ascending."""
    labels, distances = _nearest(points, centroids)
    # A centroid between two points is as far from both: in row order then, whatever rounding says.
    order = np.lexsort((np.round(distances / (distances.max() or 1.0), 9), labels))
    sizes = np.bincount(labels, minlength=len(centroids))
    place = np.arange(len(points)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return np.sort(order[place < count])
