"""Top-k truncation: what is left of the classes when each sample keeps only its strongest activations."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.analyses.parameters import Float
from repgeom_core.analyses.units.truncation import counts_of_units, thresholds, truncated

BLOCK = 2048  # rows at once: all their truncations stay in the cache


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
    if (y == y[0]).all():
        return Outcome(float("nan"), notes={"why": "one class"})
    wanted = max(1, round(kept * data.d))
    # Intervals and nulls need one point of the curve.
    counts = np.array([wanted]) if data.value_only else np.unique(np.append(counts_of_units(data.d), wanted))
    codes, place = np.unique(y, return_inverse=True)
    members = sparse.csr_array((np.ones(data.n), (place, np.arange(data.n))), shape=(len(codes), data.n))
    sizes = np.bincount(place)
    blocks = [slice(start, min(start + BLOCK, data.n)) for start in range(0, data.n, BLOCK)]
    sums, kept_length = np.zeros((len(counts), len(codes), data.d)), np.empty((len(counts), data.n))
    squared, least = np.empty(data.n), np.empty((data.n, len(counts)), X.dtype)
    for where in blocks:
        block = X[where].astype(np.float64)
        least[where] = thresholds(X[where], counts)
        squared[where] = np.einsum("ij,ij->i", block, block)
        for at, A in enumerate(truncated(block, counts, least[where])):
            sums[at] += members[:, where] @ A
            kept_length[at, where] = np.einsum("ij,ij->i", A, A)
    means = sums / sizes[:, None]
    right = np.zeros(len(counts))
    for where in blocks:
        for at, A in enumerate(truncated(X[where], counts, least[where])):
            score = A @ means[at].T - 0.5 * np.einsum("ij,ij->i", means[at], means[at])
            right[at] += (score.argmax(axis=1) == place[where]).sum()
    accuracy = right / data.n
    # What is cut is orthogonal to what stays: the cosine is the root of the share of squared length.
    shares = np.divide(kept_length, squared, out=np.ones_like(kept_length), where=squared > 0)
    at = int(np.searchsorted(counts, wanted))
    return Outcome(
        float(accuracy[at]),
        details={
            "units_kept": counts,
            "accuracy": accuracy,
            "energy": shares.mean(axis=1),
            "cosine": np.sqrt(shares).mean(axis=1),
            "per_sample": shares[at],
        },
        notes={"k": wanted, "accuracy with all units": float(accuracy[-1]), "per sample": "share of squared length kept"},
    )
