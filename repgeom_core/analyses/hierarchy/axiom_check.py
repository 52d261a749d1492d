"""Axiom check: what the chosen clustering algorithm keeps of what one would expect of any, tried on these data."""

from __future__ import annotations

import numpy as np

from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.analyses.parameters import Choice, Int
from repgeom_core.hierarchy import axioms
from repgeom_core.linalg.canonical_order import canonical_order


@analysis(
    title="Axioms of clustering",
    needs=("features",),
    parameters={
        "method": Choice("ward", axioms.METHODS, "clustering algorithm"),
        "stop": Choice(
            "clusters", axioms.STOPS, "where linkages stop: at a number of clusters, or at the height that gives it on these data"
        ),
        "clusters": Int(10, 2, 50, "number of clusters"),
        "trials": Int(20, 2, 200, "trials of each axiom"),
        "samples": Int(100, 10, 300, "samples drawn for the trials"),
    },
    invariant_to=("rotation", "translation", "scaling"),
    better="higher",
    interval="none",
    cost="O(n d) once, then trials × (samples² log samples), for Ward and k-means also × d",
    version=2,
    bounds=(0, 1),
    formula="share of the trials, over all axioms, in which the axiom holds",
    reference="Kleinberg, NeurIPS 2002 (scale invariance, consistency, richness: no algorithm has all three); Carlsson & Mémoli, Found. "
    "Comput. Math. 2013 (functoriality); Carlsson & Mémoli, JMLR 2010 (stability of single linkage)",
    oracle="theorems: single linkage stopped at a height is consistent, rich, functorial and stable",
    truths="single linkage at a height breaks scale invariance alone; k-means on 0, 2, 5 parts 0 and 2 when −2 is added",
)
def axiom_check(data: Inputs, method: str, stop: str, clusters: int, trials: int, samples: int) -> Outcome:
    """In how many random trials on these data the algorithm keeps what one would expect of any clustering: 1 when nothing broke.

    Scale invariance: another unit of length, the same clusters. Consistency: nearer within and farther between clusters, the same
    clusters. Richness: every partition comes out for some distances (an algorithm that stops at a number of clusters cannot).
    Functoriality: one more sample does not part what was together. Stability, of linkages: noise of at most ε moves no merge by more than
    2ε. The notes say of each whether it held in all trials, which is no proof, or give the first example that broke it, with the ids of
    its samples; lengths in examples are in units of the mean distance. k-means is the best of 10 starts, so that its search may break
    what its criterion would keep; it has no heights, so ``stop`` changes nothing for it. NaN for fewer samples than clusters, or samples
    that are all equal.
    """
    order = canonical_order(data.X)  # random trials are then the same, however rows came
    rng = data.rng
    row = order[np.sort(rng.choice(data.n, min(samples, data.n), replace=False))]
    if len(row) <= clusters:
        return Outcome(float("nan"), notes={"why": f"{len(row)} samples are too few for trials with {clusters} clusters"})
    points = own_coordinates(data.X[row].astype(np.float64))
    unit = float(axioms.distances(points).mean())
    if not unit > 0:
        return Outcome(float("nan"), notes={"why": "all samples are equal"})
    points /= unit
    height = height_of_cut(points, method, clusters) if stop == "height" and method != "kmeans" else None
    if height == 0:
        return Outcome(float("nan"), notes={"why": f"so many samples are equal that no height above 0 leaves {clusters} clusters"})
    algorithm = axioms.Clustering(method, clusters, height, seed=data.seed)
    results = []
    for trial in axioms.trials(algorithm, points, trials, rng):
        results.append(trial)
        data.progress.update("trials", len(results), trials * 5)
    shares = axioms.shares_held(results)
    details = {"axiom": np.array(list(shares)), "share_held": np.array(list(shares.values()))}
    return Outcome(float(np.mean([trial.holds for trial in results])), details, axioms.verdicts(results, data.names[row]))


def own_coordinates(X: np.ndarray) -> np.ndarray:
    """The same points ``(m, min(m, d))`` in axes that they span one after the other: what is drawn in them turns with the data."""
    triangular = np.asarray(np.linalg.qr((X - X.mean(axis=0)).T, mode="r")).T
    signs = np.where(np.diag(triangular) < 0, -1.0, 1.0)
    return np.asarray(triangular * signs)


def height_of_cut(X: np.ndarray, method: str, clusters: int) -> float:
    """The middle of the heights at which the cut gives ``clusters`` clusters."""
    from scipy.cluster.hierarchy import linkage

    heights = linkage(axioms.distances(X), method)[:, 2]
    return float(heights[-clusters : len(heights) - clusters + 2].mean())
