"""What the height cut of a tree gives at every number of clusters at once, from what each merge adds."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from repgeom_core.hierarchy.tree import Tree

AT_ONCE = 20_000_000  # numbers in a temporary array


def split_order(tree: Tree) -> np.ndarray:
    """Merges (n - 1,) in the order in which the height cut splits them: the highest first, of equal ones the later. For trees whose heights
    do not fall towards the root, as every linkage gives them."""
    return np.lexsort((-np.arange(tree.n - 1), -tree.height))


def after_splits(tree: Tree, of_merges: np.ndarray) -> np.ndarray:
    """Sums of ``of_merges (n - 1,)`` over the merges below the cut into 1, 2, ..., n clusters."""
    merged = of_merges[split_order(tree)]
    return np.concatenate([np.cumsum(merged[::-1])[::-1], np.zeros(1, merged.dtype)])


def class_counts(tree: Tree, y: np.ndarray, classes: int) -> Iterator[tuple[int, np.ndarray]]:
    """Samples of each class below every node, as ``(first class, (2n - 1, some classes))``: few classes at a time for large trees."""
    step = max(AT_ONCE // tree.nodes, 1)
    for first in range(0, classes, step):
        yield first, tree.sums(y[:, None] == np.arange(first, min(first + step, classes)))


def purity_by_k(tree: Tree, y: np.ndarray, classes: int) -> np.ndarray:
    """Share of samples (n,) that are of the largest class of their cluster, of the cuts into 1, 2, ..., n clusters."""
    from repgeom_core.hierarchy.class_sums import class_sums

    largest = class_sums(tree, y, classes).largest.astype(np.int64)
    lost = largest[tree.left] + largest[tree.right] - largest[tree.n :]
    return np.asarray((tree.n - after_splits(tree, lost)) / tree.n)


def adjusted_rand_index_by_k(tree: Tree, y: np.ndarray, classes: int) -> np.ndarray:
    """Adjusted Rand index (n,) with the classes of the cuts into 1, 2, ..., n clusters (Hubert & Arabie 1985)."""
    from repgeom_core.hierarchy.class_sums import class_sums

    squares = class_sums(tree, y, classes).squares
    alike = (squares[tree.n :] - squares[tree.left] - squares[tree.right]) / 2  # pairs of one class that meet at each merge
    meeting = tree.count[tree.left].astype(np.float64) * tree.count[tree.right]
    together, in_clusters = after_splits(tree, alike), after_splits(tree, meeting)
    pairs, in_classes = tree.n * (tree.n - 1) / 2, alike.sum()
    expected = in_clusters * in_classes / pairs if pairs else in_clusters
    scale = (in_clusters + in_classes) / 2 - expected
    return np.asarray(np.where(scale > 0, (together - expected) / np.where(scale > 0, scale, 1), 1.0))


def nmi_by_k(tree: Tree, y: np.ndarray, classes: int) -> np.ndarray:
    """Normalised mutual information (n,) of ``y (n,)`` with the cuts into 1, 2, ..., n clusters; NaN where neither has any entropy."""
    from repgeom_core.hierarchy.class_sums import class_sums

    n = tree.n
    both = class_sums(tree, y, classes).logs
    joint, of_clusters = (_over_cuts(tree, values) for values in (both, _x_log_x(tree.count)))
    of_classes = _x_log_x(np.bincount(y, minlength=classes)).sum()
    entropy_clusters, entropy_classes = np.log(n) - of_clusters / n, np.log(n) - of_classes / n
    information = np.log(n) + (joint - of_clusters - of_classes) / n
    shared = np.where(information > 1e-12, information, 0)  # one cluster tells exactly nothing
    scale = (entropy_clusters + entropy_classes) / 2
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(scale > 1e-12, np.clip(shared / scale, 0, 1), np.nan))


def _over_cuts(tree: Tree, of_nodes: np.ndarray) -> np.ndarray:
    """Sums of ``of_nodes (2n - 1,)``, 0 at leaves, over the clusters of the cuts into 1, 2, ..., n."""
    return after_splits(tree, of_nodes[tree.n :] - of_nodes[tree.left] - of_nodes[tree.right])


def _x_log_x(counts: np.ndarray) -> np.ndarray:
    x = np.asarray(counts, np.float64)
    return x * np.log(np.maximum(x, 1))


def merge_variances(tree: Tree, X: np.ndarray) -> np.ndarray:
    """By how much each merge (n - 1,) raises the sum of squared distances to cluster means: ab/(a+b)·‖c_A − c_B‖², for Ward half its
    squared height."""
    a, b = tree.count[tree.left].astype(np.float64), tree.count[tree.right].astype(np.float64)
    centre = X.mean(axis=0, dtype=np.float64)
    found = np.zeros(tree.n - 1)
    step = max(AT_ONCE // tree.nodes, 1)
    for first in range(0, X.shape[1], step):
        some = slice(first, first + step)
        sums = tree.sums(X[:, some] - centre[some])
        apart = sums[tree.left] / a[:, None] - sums[tree.right] / b[:, None]
        found += np.einsum("md,md->m", apart, apart)
    return np.asarray(found * a * b / (a + b))


def within_share_by_k(tree: Tree, X: np.ndarray) -> np.ndarray:
    """Share of the variance of ``X (n, d)`` that is within clusters (n,), of the cuts into 1, 2, ..., n; NaN where there is no variance."""
    within = after_splits(tree, merge_variances(tree, X))
    return np.asarray(within / within[0]) if within[0] > 0 else np.full(tree.n, np.nan)
