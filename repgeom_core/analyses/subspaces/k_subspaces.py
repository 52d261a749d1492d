"""Clustering into subspaces: k-means with a subspace in place of each mean."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.analyses.parameters import Int
from repgeom_core.analyses.subspaces.class_subspaces import leading_directions
from repgeom_core.analyses.subspaces.matching import agreement
from repgeom_core.linalg.canonical_order import canonical_order

STEPS, WORTHWHILE = 100, 1e-4
BLOCK = 500_000  # projections made at once: they stay in the processor's cache


@analysis(
    title="K-subspaces",
    needs=("features", "labels"),
    parameters={
        "rank": Int(5, 1, 100, "dimension of each subspace"),
        "clusters": Int(0, 0, 1000, "number of subspaces; 0: as many as there are classes"),
        "restarts": Int(5, 1, 200, "random starts, of which the one with the most energy is kept"),
    },
    invariant_to=("rotation", "scaling"),
    interval="none",
    cost="O(restarts · steps · n d K r): some 12 s on two cores for 20,000 × 512 and 100 classes",
    version=2,
    cap=20_000,
    bounds=(0, 1),
    formula="min over partitions and U_k of Σ_i ‖x_i − U_kU_kᵀx_i‖²; the value is the share of Σ‖x_i‖² captured",
    reference="Bradley & Mangasarian 2000; Tseng 2000: alternating assignment and subspaces, through the origin, not centred",
    oracle="residuals by full singular value decompositions of the clusters found",
    truths="noise-free independent subspaces: all energy captured, accuracy 1; one cluster: the top r squared singular values",
)
def k_subspaces(data: Inputs, rank: int, clusters: int, restarts: int) -> Outcome:
    """How much of the features a few subspaces can hold, found without the labels, and whether those subspaces are the classes.

    The value is the share of the squared lengths that lies in the subspace of each sample's own cluster. Each start spans every
    subspace by a few random samples; then samples go to the subspace that holds most of them, and subspaces turn towards their samples,
    until nothing changes. The energy never falls on the way, but the best of all partitions is not guaranteed. Notes: accuracy under the
    best one-to-one naming of clusters by classes, and the same for shuffled labels. NaN for features that are all zero.
    """
    order = canonical_order(data.X)  # random starts are then the same samples, however the rows came
    X = data.X[order].astype(np.float64)
    squared = np.einsum("ij,ij->i", X, X)
    if not squared.any():
        return Outcome(float("nan"), notes={"why": "all features are zero"})
    X, squared = X / np.sqrt(squared.max()), squared / squared.max()
    K, r = clusters or len(np.unique(data.y)), min(rank, data.d)
    rng = data.rng
    # Partitions are sought in single precision, which is twice as fast; what the one that is kept holds is then taken in double.
    lengths = np.sqrt(squared)[:, None]
    directions = np.divide(X, lengths, out=np.zeros_like(X), where=lengths > 0).astype(np.float32)
    samples = Samples(X.astype(np.float32), directions, squared)
    best: tuple[float, np.ndarray, np.ndarray] | None = None
    for start in range(restarts):
        data.progress.update("random starts", start, restarts)
        settled = _started(samples, K, r, rng)
        best = settled if best is None or settled[0] > best[0] else best
    assert best is not None
    data.progress.update("settling the best start", 0, 1)
    _, labels, _ = _settled(samples, best[2], 0)
    found = np.empty(data.n, np.int64)
    found[order] = labels
    ranks, captured = np.zeros(K, np.int64), np.full(K, np.nan)
    held = 0.0
    for k in range(K):
        own = X[labels == k]
        if len(own):
            basis = leading_directions(own, r)
            inside = float(((own @ basis) ** 2).sum())
            held += inside
            total = float(squared[labels == k].sum())
            ranks[k], captured[k] = basis.shape[1], inside / total if total > 0 else np.nan
    return Outcome(
        held / float(squared.sum()),
        details={"labels": found, "captured": captured, "ranks": ranks, "counts": np.bincount(labels, minlength=K)},
        notes=agreement(data.y, found, rng) | {"clusters": K, "centring": "none"},
    )


@dataclass(frozen=True)
class Samples:
    """``X (n, d)`` and its rows at length 1 (zeros stay zeros), both in float32, and their squared lengths ``(n,)``."""

    X: np.ndarray
    directions: np.ndarray
    squared: np.ndarray


def _started(samples: Samples, K: int, r: int, rng: np.random.Generator) -> tuple[float, np.ndarray, np.ndarray]:
    """A random start, taken until it no longer gains much: as :func:`_settled`."""
    n = len(samples.X)
    seeds = np.stack([samples.X[rng.choice(n, min(r, n), replace=False)].T for _ in range(K)])
    return _settled(samples, np.linalg.qr(seeds)[0], WORTHWHILE)


def _settled(samples: Samples, bases: np.ndarray, worthwhile: float) -> tuple[float, np.ndarray, np.ndarray]:
    """Energy captured, labels ``(n,)`` and bases ``(K, d, r)``, after steps that each gain more than the share ``worthwhile``."""
    labels, energy = np.full(len(samples.X), -1), 0.0
    for _ in range(STEPS):
        before, gained = labels, energy
        labels, shares = _nearest(samples.directions, bases)
        energy = float(shares @ samples.squared)
        if (labels == before).all() or energy - gained < worthwhile * energy:
            break
        # A step of orthogonal iteration holds no less energy than the basis before, and costs far less than a decomposition.
        for k in range(len(bases)):
            own = samples.X[labels == k]
            if len(own):
                bases[k] = np.linalg.qr(own.T @ (own @ bases[k]))[0]
    return energy, labels, bases


def _nearest(directions: np.ndarray, bases: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The subspace that holds most of each sample, and the share that it holds."""
    K, d, r = bases.shape
    side_by_side = np.ascontiguousarray(bases.transpose(1, 2, 0).reshape(d, r * K))
    labels, shares = np.empty(len(directions), np.int64), np.empty(len(directions))
    step = max(1, BLOCK // (K * r))
    for start in range(0, len(directions), step):
        block = (directions[start : start + step] @ side_by_side).reshape(-1, r, K)
        inside = np.einsum("nrk,nrk->nk", block, block)
        labels[start : start + step] = inside.argmax(axis=1)
        shares[start : start + step] = inside.max(axis=1)
    return labels, shares
