"""Top-k truncation: what is left of the classes when each sample keeps only its strongest activations."""

from __future__ import annotations

import numpy as np

from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.analyses.parameters import Float
from repgeom_core.analyses.subspaces.class_subspaces import class_rows
from repgeom_core.analyses.units.truncation import counts_of_units, truncated


@analysis(
    title="Top-k truncation: nearest class mean",
    needs=("features", "labels"),
    parameters={"kept": Float(0.1, 0.001, 1, "share of the units that each sample keeps, for the value")},
    invariant_to=("unit permutation", "scaling"),
    better="higher",
    null="shuffled labels",
    interval="halves",
    cost="O(n d (log d + K log d))",
    cap=50_000,
    bounds=(0, 1),
    formula="share of samples whose nearest class mean, of features cut to their k largest |a|, is that of their class",
    reference="Li et al., ICLR 2023 (The Lazy Neuron Phenomenon), top-k thresholding; read out by class means of the truncated features, "
    "in the sample",
    oracle="sklearn.neighbors.NearestCentroid on plainly truncated rows",
    truths="all units kept: accuracy of the nearest class mean, digits .90484140; one-hot classes 1 at k = 1",
)
def topk_threshold(data: Inputs, kept: float) -> Outcome:
    """How few of its units a sample needs for its class to be seen: accuracy when all but the strongest activations are set to zero.

    The curve runs over k = 1, 2, 4, ... to all units; beside the accuracy of the nearest class mean it has the mean cosine to the full
    features, and the share of their squared length that is kept. ``kept`` is the share of units for the value (at least one unit). Ties of
    the k-th largest magnitude stay. NaN for one class.
    """
    X, y = data.X, data.y
    found = list(class_rows(X, y))
    if len(found) < 2:
        return Outcome(float("nan"), notes={"why": "one class"})
    wanted = max(1, round(kept * data.d))
    counts = np.unique(np.append(counts_of_units(data.d), wanted))
    codes = np.array([code for code, _ in found])
    squared = np.einsum("ij,ij->i", X, X, dtype=np.float64)
    some = squared > 0
    accuracy, energy = [], []
    per_sample = np.zeros(data.n)
    cosine = []
    for k, A in zip(counts, truncated(X, counts), strict=True):
        means = np.array([A[rows].mean(axis=0) for _, rows in found])
        score = A @ means.T - 0.5 * np.einsum("ij,ij->i", means, means)
        right = codes[score.argmax(axis=1)] == y
        accuracy.append(right.mean())
        # What is cut is orthogonal to what stays: the cosine is the root of the share of squared length.
        share = np.divide(np.einsum("ij,ij->i", A, A), squared, out=np.ones(data.n), where=some)
        energy.append(share.mean())
        cosine.append(np.sqrt(share).mean())
        if k == wanted:
            per_sample = share
    return Outcome(
        float(accuracy[int(np.searchsorted(counts, wanted))]),
        details={
            "units_kept": counts,
            "accuracy": np.array(accuracy),
            "energy": np.array(energy),
            "cosine": np.array(cosine),
            "per_sample": per_sample,
        },
        notes={"k": wanted, "accuracy with all units": float(accuracy[-1]), "per sample": "share of squared length kept"},
    )
