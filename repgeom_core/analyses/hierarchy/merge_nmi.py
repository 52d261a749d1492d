"""Merge-NMI curve: where along the merges the clusters tell most about the classes."""

from __future__ import annotations

import numpy as np

from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.hierarchy.paired import CAP, METHOD
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.analyses.parameters import Int
from repgeom_core.hierarchy import by_k
from repgeom_core.hierarchy.tree import Tree

POINTS = 60  # of the curve, evenly on a log axis


@analysis(
    title="Normalised mutual information by merge",
    needs=("tree", "labels"),
    parameters={
        "method": METHOD,
        "clusters": Int(0, 0, 1000, "number of clusters at which the value is read; 0: as many as there are classes"),
    },
    invariant_to=("rotation", "translation", "scaling"),
    better="higher",
    null="shuffled labels",
    interval="halves",
    repeats="few",
    cost="one tree, O(n K) after for every number of clusters",
    cap=CAP,
    bounds=(0, 1),
    formula="2 I(classes; clusters) / (H(classes) + H(clusters)),  of the height cut",
    reference="Yang, Parikh & Batra, CVPR 2016 (JULE), whose clusters are judged so after each merge; divided by the mean of the entropies",
    oracle="sklearn.metrics.normalized_mutual_info_score of scipy's fcluster",
    truths="digits at 10 clusters: Ward .8682, graph degree .8955 (accuracy .8403 and .8748); clusters that are the classes: 1",
)
def merge_nmi(data: Inputs, method: str, clusters: int) -> Outcome:
    """How much the clusters that are left after so many merges tell about the classes, and classes about them: 1 when they are the same.

    The curve runs from every sample alone to all in one cluster; ``best`` in the notes is its greatest value and where it is. Many small
    clusters tell more by chance alone, so read it against the null. Notes also have the accuracy of the best one-to-one naming of clusters
    by classes. NaN where there are fewer samples than ``clusters``, and where all samples are of one class and in one cluster.
    """
    from repgeom_core.analyses.subspaces.matching import matched
    from repgeom_core.hierarchy.cut import cluster_labels, cut

    tree, y = data.tree(method), data.y
    k = clusters or len(np.unique(y))
    if k > tree.n:
        return Outcome(float("nan"), notes={"why": f"{tree.n} samples cannot be cut into {k} clusters"})
    curve = nmi_by_k(tree, y, data.K)
    value = float(curve[k - 1])
    if np.isnan(value):
        return Outcome(value, notes={"why": "all samples are of one class and in one cluster"})
    if data.value_only:
        return Outcome(value)
    at = np.unique(np.geomspace(1, tree.n, min(POINTS, tree.n)).round().astype(np.int64))
    best = int(np.nanargmax(curve))
    accuracy = matched(y, cluster_labels(tree, cut(tree, k)))[0]
    notes = {"clusters": k, "accuracy": accuracy, "best": float(curve[best]), "clusters at the best": best + 1}
    return Outcome(value, {"k": at, "nmi_by_k": curve[at - 1]}, notes)


def nmi_by_k(tree: Tree, y: np.ndarray, classes: int) -> np.ndarray:
    """Normalised mutual information (n,) of ``y (n,)`` with the cuts into 1, 2, ..., n clusters; NaN where neither has any entropy."""
    n = tree.n
    both = np.zeros(tree.nodes)  # Σ_c n_c log n_c over the classes below each node
    for _, counts in by_k.class_counts(tree, y, classes):
        both += _x_log_x(counts).sum(axis=1)
    joint, of_clusters = (_cuts(tree, values) for values in (both, _x_log_x(tree.count)))
    of_classes = _x_log_x(np.bincount(y, minlength=classes)).sum()
    entropy_clusters, entropy_classes = np.log(n) - of_clusters / n, np.log(n) - of_classes / n
    information = np.log(n) + (joint - of_clusters - of_classes) / n
    shared = np.where(information > 1e-12, information, 0)  # one cluster tells exactly nothing
    scale = (entropy_clusters + entropy_classes) / 2
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(scale > 1e-12, np.clip(shared / scale, 0, 1), np.nan))


def _cuts(tree: Tree, of_nodes: np.ndarray) -> np.ndarray:
    """Sums of ``of_nodes (2n - 1,)``, 0 at leaves, over the clusters of the cuts into 1, 2, ..., n."""
    return by_k.after_splits(tree, of_nodes[tree.n :] - of_nodes[tree.left] - of_nodes[tree.right])


def _x_log_x(counts: np.ndarray) -> np.ndarray:
    x = np.asarray(counts, np.float64)
    return x * np.log(np.maximum(x, 1))
