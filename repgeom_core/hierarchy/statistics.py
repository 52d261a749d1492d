"""What is known of every node of a tree: right and wrong predictions, mix of classes, means of columns, medoids, NC1."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from repgeom_core.errors import GeometryError
from repgeom_core.linalg.class_moments import ClassMoments, class_moments

if TYPE_CHECKING:
    from repgeom_core.hierarchy.tree import Tree

ROWS = 8192  # read at once
RANK_CUT, ROUNDING = 1e-6, 1e-13  # as analyses/collapse/nc1_pinv.py and class_means.py


class NodeStatistics:
    """Counts and shares (2n - 1,) over the leaves of each node, from sums along the dendrogram order.

    ``y (n,)`` and ``predictions (n,)``: codes 0..K-1 of the leaves, −1 where unknown; a sample whose label or prediction is unknown is
    neither right nor wrong. ``predictions=None``: all unknown.

    - ``count``, ``labelled`` (with a label), ``known`` (with label and prediction), ``correct``: int64
    - ``accuracy`` = correct / known
    - ``majority``: code of the most frequent class, the first of equals, −1 without labels; ``purity`` = its share of the labelled
    - ``entropy`` = −Σ p_k log p_k of the labelled, in nats: 0 for one class, log K for K equally frequent ones

    Shares and entropy are NaN where nothing is known.
    """

    def __init__(self, tree: Tree, y: np.ndarray, predictions: np.ndarray | None, K: int) -> None:
        from repgeom_core.hierarchy.class_sums import class_sums

        y = _per_leaf(tree, y, "labels").astype(np.int64)
        predicted = np.full(tree.n, -1) if predictions is None else _per_leaf(tree, predictions, "predictions").astype(np.int64)
        if max(y.max(), predicted.max()) >= K:
            raise GeometryError(f"Expected codes below the number of classes {K}, got {max(y.max(), predicted.max())}.")
        self.count = tree.count.astype(np.int64)
        self.labelled = tree.sums(y >= 0)
        self.known = tree.sums((y >= 0) & (predicted >= 0))
        self.correct = tree.sums((y >= 0) & (predicted == y))
        self.accuracy = _ratio(self.correct, self.known)
        largest, self.majority, logs, _ = class_sums(tree, y, K)
        self.purity = _ratio(largest, self.labelled)
        # log N − (Σ c log c) / N; one class gives rounding of either sign instead of 0.
        logs = np.log(np.maximum(self.labelled, 1)) - logs / np.maximum(self.labelled, 1)
        self.entropy = np.where(self.labelled > 0, np.where(largest == self.labelled, 0.0, np.maximum(logs, 0.0)), np.nan)


def node_means(tree: Tree, values: np.ndarray) -> np.ndarray:
    """Mean (2n - 1,) over each node's leaves of ``values (n,)``; values that are not finite are left out, NaN where none is left."""
    values = _per_leaf(tree, values, "values").astype(np.float64)
    finite = np.isfinite(values)
    if not finite.any():
        return np.full(tree.nodes, np.nan)
    middle = float(np.median(values[finite]))  # sums of what deviates from it lose few digits, and outliers do not move it
    counts = tree.sums(finite)
    return middle + _ratio(tree.sums(np.where(finite, values - middle, 0.0)), counts)


def node_differences(tree: Tree, now: np.ndarray, then: np.ndarray) -> np.ndarray:
    """Mean (2n - 1,) over each node's leaves of ``now - then (n,)``, of the samples where both are known: a change between checkpoints."""
    return node_means(tree, _per_leaf(tree, now, "values").astype(np.float64) - _per_leaf(tree, then, "values"))


def share(tree: Tree, mask: np.ndarray) -> np.ndarray:
    """Share (2n - 1,) of each node's leaves in ``mask (n,)``: of a selection, or of errors."""
    return tree.sums(_per_leaf(tree, mask, "marks").astype(bool)) / tree.count


def medoids(X: np.ndarray, tree: Tree, nodes: Sequence[int] | np.ndarray) -> np.ndarray:
    """For each of ``nodes``, the leaf nearest to the mean of its leaves (the first of equals in dendrogram order), int64.

    Only for the nodes asked: unlike sums, the nearest leaf does not follow from those of the children; all nodes of an unbalanced tree
    would take O(n² d).
    """
    found = np.empty(len(nodes), np.int64)
    for place, node in enumerate(nodes):
        members = tree.members(int(node))
        found[place] = members[_squared_from_mean(X, members).argmin()]
    return found


def distances_to_means(X: np.ndarray, tree: Tree, nodes: Sequence[int] | np.ndarray) -> np.ndarray:
    """Distance (n,) float64 of every leaf to the mean of the one of ``nodes``, a cut, that it lies under; 0 outside of all."""
    found = np.zeros(tree.n)
    for node in nodes:
        members = tree.members(int(node))
        found[members] = np.sqrt(_squared_from_mean(X, members))
    return found


def _squared_from_mean(X: np.ndarray, members: np.ndarray) -> np.ndarray:
    parts = _parts(members)
    mean = sum(X[part].sum(axis=0, dtype=np.float64) for part in parts) / len(members)
    return np.concatenate([((X[part] - mean) ** 2).sum(axis=1) for part in parts])


def node_nc1(X: np.ndarray, y: np.ndarray, tree: Tree, nodes: Sequence[int] | np.ndarray) -> np.ndarray:
    """NC1 = tr(Σ_W Σ_B⁺) / K of the classes within each of ``nodes``, with K the number of classes there; as the analysis ``nc1_pinv``.

    ``y (n,)``: codes, −1 is left out. NaN where fewer than two classes have samples, or all class means coincide. Only for the nodes
    asked: each needs the (d, d) scatter of its own samples.
    """
    y = _per_leaf(tree, y, "labels")
    found = np.full(len(nodes), np.nan)
    for place, node in enumerate(nodes):
        members = tree.members(int(node))
        members = members[y[members] >= 0]
        classes, codes = np.unique(y[members], return_inverse=True)
        if len(classes) > 1:
            found[place] = _nc1(class_moments((X[part] for part in _parts(members)), codes, len(classes)).merged())
    return found


def _nc1(moments: ClassMoments) -> float:
    _, s, directions = np.linalg.svd(moments.centred_means, full_matrices=False)
    if s[0] <= ROUNDING * np.linalg.norm(moments.means, axis=1).max():
        return float("nan")
    kept = s > RANK_CUT * s[0]
    directions, between = directions[kept], s[kept] ** 2 / moments.K
    within = (directions @ moments.within_covariance * directions).sum(axis=1)
    return float((within / between).sum() / moments.K)


def _parts(rows: np.ndarray) -> list[np.ndarray]:
    return [rows[first : first + ROWS] for first in range(0, len(rows), ROWS)]


def _per_leaf(tree: Tree, values: np.ndarray, what: str) -> np.ndarray:
    values = np.asarray(values)
    if values.shape != (tree.n,):
        raise GeometryError(f"Expected {what} of the tree's {tree.n:,} samples, got shape {values.shape}.")
    return values


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.divide(part, whole, out=np.full(len(whole), np.nan), where=whole > 0)
