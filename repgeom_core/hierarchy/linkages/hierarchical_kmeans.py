"""Hierarchical k-means with resampling: k-means of k-means centroids, and so on, so that every region of the data gets its clusters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from repgeom_core.errors import GeometryError
from repgeom_core.hierarchy.linkages.exact import MOST_UNITS, merges_of
from repgeom_core.hierarchy.linkages.grafting import Merges, equal_rows, forest, tree_of, under
from repgeom_core.hierarchy.tree import Tree
from repgeom_core.linalg.duplicates import distinct_rows
from repgeom_core.linalg.rows import finite_rows
from repgeom_core.progress import Progress

if TYPE_CHECKING:
    import torch

    from repgeom_core.linalg.kmeans import Rows

STEPS, TOLERANCE = 100, 1e-4  # of Lloyd's algorithm: at most, and the least gain of one more
ROWS_AT_ONCE = 4_096
LARGE = 2_000  # samples of a cluster whose tree takes a noticeable time
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
        trees = _trees([means[own] for own in units], [counts[own] for own in units], level, progress)
        forests.append(forest(len(means), zip(units, trees, strict=True)))
        means = np.stack([counts[own] @ means[own] / counts[own].sum() for own in units])
        counts, leaf = np.array([counts[own].sum() for own in units]), leaf[[own[0] for own in units]]
        nodes.append((leaf, counts))
    merges = _ward(means, counts, progress)
    for below in reversed(forests):
        merges = under(merges, below)
    approximate = np.arange(len(X) - 1) >= len(X) - (len(nodes[0][0]) if nodes else 1)
    meta = {"n": len(X), "d": X.shape[1], "rounds": rounds, "seed": seed}
    tree = tree_of(merges, "hierarchical_kmeans", meta, approximate)
    return replace(tree, meta={**tree.meta, "levels": [_nodes_of(tree, *level) for level in nodes]})


def _trees(points: list[np.ndarray], counts: list[np.ndarray], level: int, progress: Progress) -> list[Merges]:
    """Ward's within each cluster of a level: small ones side by side, and large ones, which tell their progress, one after the other."""
    import torch

    from repgeom_core.linalg.threads import row_workers

    found: dict[int, Merges] = {}
    small = [c for c in range(len(points)) if len(points[c]) <= LARGE]
    with row_workers(torch.device("cpu")) as workers:
        for c, merges in zip(small, workers.map(lambda c: _ward(points[c], counts[c]), small), strict=True):
            progress.update(f"trees of the clusters of level {level + 1}", len(found), len(points))
            found[c] = merges
    return [found[c] if c in found else _ward(points[c], counts[c], progress) for c in range(len(points))]


def _ward(points: np.ndarray, counts: np.ndarray, progress: Progress | None = None) -> Merges:
    distinct = distinct_rows(points)
    units = len(distinct.first)
    if units > MOST_UNITS:
        raise GeometryError(
            f"A lowest cluster holds {units:,} samples, and the tree inside takes at most {MOST_UNITS:,}. Ask for more clusters."
        )
    merges = merges_of(points[distinct.first], np.bincount(distinct.group, counts), "ward", progress)
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
    dense regions lose their head start. (From the centroids before, k-means would stay where it was, and even out nothing.) Clusters left
    empty are dropped. Every k-means is Lloyd's algorithm from one spread start (:mod:`repgeom_core.linalg.kmeans`).

    One level turns a density p into centroids of density ~ p^(d/(d+2)) (Zador), T levels into p^((d/(d+2))^T): ever closer to uniform.
    After Vo et al., TMLR 2024 (Automatic data curation for self-supervised learning), Algorithm 1.
    """
    import torch

    from repgeom_core.linalg.kmeans import framed, lloyd

    progress = progress or Progress()
    wanted = even_levels(len(X)) if levels is None else [int(k) for k in levels]
    if any(k < 1 for k in wanted) or any(a <= b for a, b in zip([len(X), *wanted], wanted, strict=False)) or rounds < 0:
        raise GeometryError(
            f"Expected numbers of clusters that fall from level to level, all below {len(X):,} samples, and rounds of at least 0; "
            f"got levels {', '.join(map(str, wanted))} and {rounds} rounds."
        )
    rng, centre = np.random.default_rng(seed), X.mean(axis=0, dtype=np.float64)
    points, found = X, []
    for depth, k in enumerate(wanted):
        rows = framed(points, torch.float32 if points.dtype == np.float32 else torch.float64)
        stage = f"k-means, level {depth + 1} of {len(wanted)}"
        centroids, labels = _kmeans(rows, k, rng, stage, progress)
        for turn in range(rounds):
            kept = _closest(points, rows.unframed(centroids), labels, max(FEWEST, len(points) // (2 * k)))
            stage = f"k-means, level {depth + 1} of {len(wanted)}, resampled {turn + 1} of {rounds}"
            centroids = _kmeans(replace(rows, X=points[kept]), k, rng, stage, progress)[0]
            centroids, labels = lloyd(rows, centroids, 0, 0, stage, progress)
        present, labels = np.unique(labels, return_inverse=True)
        points = rows.unframed(centroids[present])
        found.append(Level(points - centre, labels))
    return found


def _kmeans(rows: Rows, k: int, rng: np.random.Generator, stage: str, progress: Progress) -> tuple[torch.Tensor, np.ndarray]:
    from repgeom_core.linalg.kmeans import lloyd, spread_start

    start = spread_start(rows, k, rng, f"{stage}: start", progress)
    return lloyd(rows, start, STEPS, TOLERANCE, stage, progress)


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


def _closest(points: np.ndarray, centroids: np.ndarray, labels: np.ndarray, count: int) -> np.ndarray:
    """Rows of the ``count`` points of each cluster that are nearest to its centroid (all of a smaller one), ascending."""
    blocks = np.array_split(np.arange(len(points)), -(-len(points) // ROWS_AT_ONCE))
    distances = np.concatenate([np.linalg.norm(points[some] - centroids[labels[some]], axis=1) for some in blocks])
    # A centroid between two points is as far from both: in row order then, whatever rounding says.
    order = np.lexsort((np.round(distances / (distances.max() or 1.0), 9), labels))
    sizes = np.bincount(labels, minlength=len(centroids))
    place = np.arange(len(points)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return np.sort(order[place < count])
