"""Merge-NMI curve: where along the merges the clusters tell most about the classes."""

from __future__ import annotations

import numpy as np

from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.hierarchy.cuts import CLUSTERS, no_cut, shown_cuts
from repgeom_core.analyses.hierarchy.paired import CAP, METHOD
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.hierarchy import by_k


@analysis(
    title="Normalised mutual information by merge",
    needs=("features", "tree", "labels"),
    parameters={"method": METHOD, "clusters": CLUSTERS},
    invariant_to=("rotation", "translation", "scaling"),
    better="higher",
    null="shuffled labels",
    interval="halves",
    repeats="few",
    cost="one tree, O(n K) after for every number of clusters",
    cap=CAP,
    version=2,
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
    by classes. NaN where there are fewer different samples than ``clusters``, and where all samples are of one class and in one cluster.
    """
    from repgeom_core.analyses.subspaces.matching import matched
    from repgeom_core.hierarchy.cut import cluster_labels, cut

    tree, y = data.tree(method), data.y
    k = clusters or len(np.unique(y))
    if (why := no_cut(data, k)) is not None:
        return Outcome(float("nan"), notes={"why": why})
    curve = by_k.nmi_by_k(tree, y, data.K)
    value = float(curve[k - 1])
    if np.isnan(value):
        return Outcome(value, notes={"why": "all samples are of one class and in one cluster"})
    if data.value_only:
        return Outcome(value)
    at = shown_cuts(tree.n)
    best = int(np.nanargmax(curve))
    accuracy = matched(y, cluster_labels(tree, cut(tree, k)))[0]
    notes = {"clusters": k, "accuracy": accuracy, "best": float(curve[best]), "clusters at the best": best + 1}
    return Outcome(value, {"k": at, "nmi_by_k": curve[at - 1]}, notes)
