"""Local PCA: how many directions the samples around each sample spread along."""

from __future__ import annotations

import numpy as np

from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.analyses.parameters import Choice, Float, Int

NUMBERS = 2**22  # differences to neighbours held at once
NONE_LEFT = 1e-10  # eigenvalues up to this share of the largest are rounding


@analysis(
    title="Local PCA dimension",
    needs=("features", "neighbours"),
    parameters={
        "k": Int(50, 3, 200, "neighbours of each sample"),
        "rule": Choice(
            "eigenvalue cut",
            ("eigenvalue cut", "share of variance", "participation ratio"),
            "eigenvalues above a share of the largest (Fukunaga & Olsen), the first components that hold a share, or (Σλ)²/Σλ²",
        ),
        "cut": Float(0.05, 0.001, 0.5, "eigenvalue cut: share of the largest eigenvalue; share of variance: what may be missing"),
    },
    invariant_to=("rotation", "translation", "scaling"),
    null="Gaussian of the same covariance",
    interval="halves",
    repeats="few",
    cost="one neighbour graph, O(n k² (d + k)) of at most 5000 samples",
    cap=5000,
    unit="dimensions",
    bounds=(0, None),
    formula="mean over i of #{j : λ_j > cut · λ₁}, λ the eigenvalues of the covariance of the k nearest neighbours of x_i",
    reference="Fukunaga & Olsen, IEEE Trans. Comput. 1971, with 5 %; neighbourhoods about their own mean, without the sample itself; "
    "copies count as neighbours",
    oracle="sklearn.decomposition.PCA on each neighbourhood",
    truths="samples of an r-dimensional plane: r; a curve 1; k neighbours span at most k − 1 dimensions",
)
def pca_dimension(data: Inputs, k: int, rule: str, cut: float) -> Outcome:
    """Along how many directions the nearest neighbours of a sample spread, on average over samples.

    The notes give the same rule for all samples together, which is what one linear map would need: a curved surface has more dimensions as
    a whole than around its samples. ``per_sample`` is the count at each sample. It cannot exceed k − 1, and reads low where k is not well
    above it. Few neighbours see little curvature, many see more. NaN where fewer than k + 1 samples exist or all are equal.
    """
    if data.n <= k:
        return Outcome(float("nan"), notes={"why": f"{k} neighbours need {k + 1} samples; there are {data.n}"})
    X, near = data.X, data.neighbours(k).indices
    counts = np.empty(data.n)
    step = max(1, NUMBERS // (k * data.d))
    for start in range(0, data.n, step):
        around = X[near[start : start + step]].astype(np.float64)
        around -= around.mean(axis=1, keepdims=True)
        # k < d as a rule: the k x k products have the eigenvalues of the d x d covariance that are not zero.
        tall = k > data.d
        products = np.matmul(around.transpose(0, 2, 1), around) if tall else np.matmul(around, around.transpose(0, 2, 1))
        counts[start : start + step] = _count(np.linalg.eigvalsh(products)[:, ::-1], rule, cut)
    if not counts.any():
        return Outcome(float("nan"), details={"per_sample": counts}, notes={"why": "no neighbourhood has two samples that differ"})
    whole = X.astype(np.float64) - X.mean(axis=0, dtype=np.float64)
    together = np.linalg.eigvalsh(whole.T @ whole if data.n >= data.d else whole @ whole.T)[::-1]
    notes = {"all samples together": float(_count(together[None], rule, cut)[0]), "largest possible": min(k - 1, data.d)}
    return Outcome(float(counts.mean()), details={"per_sample": counts}, notes=notes)


def _count(eigenvalues: np.ndarray, rule: str, cut: float) -> np.ndarray:
    """Dimensions ``(m,)`` of falling ``eigenvalues (m, r)``; 0 where all are 0."""
    first = np.maximum(eigenvalues[:, :1], 0)
    values = np.where(eigenvalues > NONE_LEFT * first, eigenvalues, 0.0)
    if rule == "eigenvalue cut":
        return np.asarray((values > cut * first).sum(axis=1), np.float64)
    total = values.sum(axis=1)
    some = total > 0
    if rule == "participation ratio":
        return np.divide(total**2, (values**2).sum(axis=1), out=np.zeros(len(values)), where=some)
    held = np.cumsum(values, axis=1)
    # A sum that should be exactly the share may lie a rounding below it.
    return np.where(some, (held < (1 - cut) * (1 - 1e-12) * total[:, None]).sum(axis=1) + 1.0, 0.0)
