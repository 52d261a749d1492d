"""Stability of a tree's clusters: are they found again in trees of some of the samples?"""

from __future__ import annotations

import numpy as np

from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.hierarchy.cuts import no_cut
from repgeom_core.analyses.hierarchy.paired import CAP, METHOD
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.analyses.parameters import Float, Int
from repgeom_core.hierarchy.compare import adjusted_rand_index, contingency
from repgeom_core.hierarchy.cut import cluster_labels, cut
from repgeom_core.hierarchy.linkages.methods import linkage
from repgeom_core.linalg.duplicates import distinct_rows


@analysis(
    title="Stability of the tree's clusters",
    needs=("features", "tree"),
    parameters={
        "method": METHOD,
        "clusters": Int(10, 2, 100, "clusters of the height cut"),
        "draws": Int(10, 2, 100, "subsamples, each with a tree of its own"),
        "share": Float(0.5, 0.1, 0.95, "share of the samples in each"),
    },
    invariant_to=("rotation", "translation", "scaling"),
    better="higher",
    null="Gaussian of the same covariance",
    interval="halves",
    repeats="few",
    cost="a tree of all samples and one of each subsample",
    cap=CAP,
    version=2,
    bounds=(0, 1),
    formula="mean over samples of their cluster C's mean over draws of max_j |C ∩ C_j| / |C ∪ C_j|,  C_j those of the subsample",
    reference="Hennig, Comput. Stat. Data Anal. 2007: subsets of half the samples, drawn without replacement",
    oracle="a loop over clusters with scipy's linkage and fcluster",
    truths="as many clusters as far groups: 1",
)
def tree_stability(data: Inputs, method: str, clusters: int, draws: int, share: float) -> Outcome:
    """How much of a cluster is found again, as one cluster, when the tree is made from some of the samples only: 1 when all of it is.

    For every subsample its tree is cut into as many clusters, and each cluster of the whole tree looks for the one most like it, among
    the samples drawn (Jaccard index). Below about 0.6 a cluster should not be trusted, above 0.85 it is highly stable. ``labels`` are the
    clusters, ``per_sample`` the stability of the sample's cluster, a colour for map and treemap; the curves have each cluster's own.
    The value is the mean over samples, so tiny clusters hardly count: one giant cluster beside single samples, as single linkage finds
    them, looks stable; the note of the adjusted Rand index, which corrects for chance, does not. NaN where there are fewer different
    samples than clusters, or no more in a draw.
    """
    if (why := no_cut(data, clusters)) is not None:
        return Outcome(float("nan"), notes={"why": why})
    m = round(share * data.n)
    if m <= clusters:
        return Outcome(float("nan"), notes={"why": f"draws of {m} samples cannot be cut into {clusters} clusters of more than one"})
    tree, X, rng = data.tree(method), data.X, data.rng
    labels = cluster_labels(tree, cut(tree, clusters))
    found, agreement = np.empty((draws, clusters)), np.empty(draws)
    for draw in range(draws):
        data.progress.update("trees of subsamples", draw, draws)
        rows = np.sort(rng.choice(data.n, m, replace=False))
        part, different = linkage(X[rows], method, data.seed, data.progress), len(distinct_rows(X[rows]).first)
        table = contingency(labels[rows], cluster_labels(part, cut(part, min(clusters, different))), clusters)
        found[draw], agreement[draw] = best_jaccard(table), adjusted_rand_index(table)[0]
    seen = np.isfinite(found)
    stability = np.where(seen, found, 0).sum(axis=0) / np.maximum(seen.sum(axis=0), 1)
    sizes = np.bincount(labels, minlength=clusters)
    drawn = seen.any(axis=0)  # a single sample may be in no draw
    value = float(sizes[drawn] @ stability[drawn] / sizes[drawn].sum())
    stability = np.where(drawn, stability, np.nan)
    details = {"labels": labels, "per_sample": stability[labels], "stability_by_cluster": stability, "cluster": np.arange(clusters)}
    return Outcome(value, details, {"samples in a draw": m, "adjusted Rand index": float(agreement.mean())})


def best_jaccard(table: np.ndarray) -> np.ndarray:
    """Greatest Jaccard index of each row's cluster with a column's; NaN for a cluster without samples."""
    union = table.sum(axis=1)[:, None] + table.sum(axis=0) - table
    best = (table / np.maximum(union, 1)).max(axis=1)
    return np.asarray(np.where(table.any(axis=1), best, np.nan))
