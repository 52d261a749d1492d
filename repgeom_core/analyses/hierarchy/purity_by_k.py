"""Purity by number of clusters: how pure, how tight and how like the classes the tree's clusters are at every cut."""

from __future__ import annotations

import numpy as np

from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.hierarchy.cuts import CLUSTERS, no_cut, shown_cuts
from repgeom_core.analyses.hierarchy.paired import CAP, METHOD
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.hierarchy import by_k


@analysis(
    title="Purity by number of clusters",
    needs=("features", "tree", "labels"),
    parameters={"method": METHOD, "clusters": CLUSTERS},
    invariant_to=("rotation", "translation", "scaling"),
    better="higher",
    null="shuffled labels",
    interval="halves",
    repeats="few",
    cost="one tree, O(n (K + d)) after for every number of clusters",
    cap=CAP,
    version=2,
    bounds=(0, 1),
    formula="(1/n) Σ_clusters max_c #{samples of class c in it},  of the height cut",
    reference="purity as Manning, Raghavan & Schütze 2008, ch. 16.3; adjusted Rand index as Hubert & Arabie, J. Classification 1985",
    oracle="scipy.cluster.hierarchy.fcluster, sklearn.metrics.adjusted_rand_score, sums of squares about cluster means",
    truths="digits at 10 clusters: purity of Ward .8620, adjusted Rand index of Ward, average, complete, single .7940/.5142/.4287/.0000",
)
def purity_by_k(data: Inputs, method: str, clusters: int) -> Outcome:
    """Which share of samples belongs to the most frequent class of its cluster, when the tree is cut into so many clusters.

    The curves run over all numbers of clusters: purity, the adjusted Rand index with the classes, and the share of the features' variance
    that is left within clusters. Purity rises to 1 with single samples as clusters, so compare at one number, or with the null; the
    adjusted Rand index does not. NaN where there are fewer different samples than ``clusters``.
    """
    tree, y, classes = data.tree(method), data.y, data.K
    k = clusters or len(np.unique(y))
    if (why := no_cut(data, k)) is not None:
        return Outcome(float("nan"), notes={"why": why})
    purity = by_k.purity_by_k(tree, y, classes)
    if data.value_only:
        return Outcome(float(purity[k - 1]))
    at = shown_cuts(tree.n)
    curves = {
        "purity": purity,
        "adjusted_rand_index": by_k.adjusted_rand_index_by_k(tree, y, classes),
        "within_variance": by_k.within_share_by_k(tree, data.X),
    }
    notes = {"clusters": k} | {name.replace("_", " "): float(curve[k - 1]) for name, curve in curves.items() if np.isfinite(curve[k - 1])}
    return Outcome(float(purity[k - 1]), {"k": at, **{f"{name}_by_k": curve[at - 1] for name, curve in curves.items()}}, notes)
