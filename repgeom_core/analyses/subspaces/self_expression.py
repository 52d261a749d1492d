"""Clustering by self-expression: every sample is written in terms of the others, and those who use each other belong together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import sparse
from scipy.linalg import eigh

from repgeom_core.analyses.contract import Outcome
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.analyses.parameters import Int
from repgeom_core.analyses.subspaces.class_subspaces import class_rows
from repgeom_core.analyses.subspaces.matching import agreement
from repgeom_core.linalg.canonical_order import canonical_order
from repgeom_core.linalg.directions import unit_rows
from repgeom_core.linalg.duplicates import distinct_rows

CAP = 20_000
CLUSTERS = Int(0, 0, 1000, "number of clusters; 0: as many as there are classes")
LANDMARKS = Int(3000, 50, 3000, "above this many samples so many are clustered, and the others are written in terms of these")
STARTS = 10
AT_ONCE = 2000

# (targets (m, d), dictionary (n, d), own (m,) place of each target in the dictionary or −1) -> coefficients (m, n)
Coder = Callable[[np.ndarray, np.ndarray, np.ndarray], sparse.csr_matrix]


def clustered(data: Inputs, code: Coder, clusters: int, landmarks: int) -> Outcome:
    """Partition of all samples and its matched accuracy, from the coefficients that ``code`` finds."""
    # Copies would be written in terms of each other alone, and fall apart from the rest: each sample is taken once.
    distinct = distinct_rows(data.X)
    X, K, rng = data.X[distinct.first], clusters or len(np.unique(data.y)), data.rng
    order = canonical_order(X)  # landmarks and random starts are then the same samples, however the rows came
    Z, y = unit_rows(X[order]), data.y[distinct.first[order]]
    directed = np.flatnonzero(Z.any(axis=1))
    if len(directed) < 2:
        return Outcome(float("nan"), notes={"why": "fewer than two samples have a direction"})
    chosen = directed if len(directed) <= landmarks else np.sort(rng.choice(directed, landmarks, replace=False))
    K = min(K, len(chosen))
    dictionary = Z[chosen]
    C = code(dictionary, dictionary, np.arange(len(chosen)))
    affinity = np.asarray(abs(C).toarray())
    affinity += affinity.T
    labels = np.zeros(len(Z), np.int64)
    labels[chosen] = spectral_labels(affinity, K, data.seed)
    rest = np.setdiff1d(directed, chosen)
    member = sparse.csr_matrix((np.ones(len(chosen)), (np.arange(len(chosen)), labels[chosen])), shape=(len(chosen), K))
    for start in range(0, len(rest), AT_ONCE):
        rows = rest[start : start + AT_ONCE]
        weight = abs(code(Z[rows], dictionary, np.full(len(rows), -1))) @ member
        labels[rows] = np.asarray(weight.argmax(axis=1)).ravel()
    found = np.empty(len(Z), np.int64)
    found[order] = labels
    found = found[distinct.group]
    notes: dict[str, Any] = agreement(data.y, found, rng) | _of_coefficients(C, dictionary, y[chosen], affinity)
    notes |= {"clusters": K, "centring": "none"}
    if len(rest):
        notes["landmarks"] = f"{len(chosen)} of {len(Z)}"
    if not distinct.trivial:
        notes["different samples"] = len(Z)
    return Outcome(notes["matched accuracy"], details={"labels": found}, notes=notes)


def spectral_labels(affinity: np.ndarray, K: int, seed: int) -> np.ndarray:
    """Labels ``(n,)`` from the K leading eigenvectors of D^−½ A D^−½, rows scaled to unit length (Ng, Jordan & Weiss 2002)."""
    from sklearn.cluster import KMeans

    n = len(affinity)
    degree = affinity.sum(axis=1)
    root = np.divide(1, np.sqrt(degree), out=np.zeros(n), where=degree > 0)
    _, vectors = eigh(affinity * root[:, None] * root, subset_by_index=(n - K, n - 1))
    return np.asarray(KMeans(K, n_init=STARTS, random_state=seed).fit_predict(unit_rows(vectors)), np.int64)


def _of_coefficients(C: sparse.csr_matrix, dictionary: np.ndarray, y: np.ndarray, affinity: np.ndarray) -> dict[str, Any]:
    """Error, sparsity, share of weight within classes, and how well each class hangs together."""
    residual = dictionary - C @ dictionary
    entries = abs(C).tocoo()
    total = entries.data.sum()
    within = entries.data[y[entries.row] == y[entries.col]].sum()
    weakest = min((_connectivity(affinity[np.ix_(rows, rows)]) for _, rows in class_rows(y) if len(rows) > 1), default=None)
    return {
        "self-expression error": float(np.einsum("ij,ij->i", residual, residual).mean()),
        "mean number of coefficients": float(C.nnz / C.shape[0]),
        "weight within classes": float(within / total) if total > 0 else None,
        "weakest connectivity of a class": weakest,
    }


def _connectivity(affinity: np.ndarray) -> float:
    """Second smallest eigenvalue of the normalised Laplacian: 0 where the class falls apart."""
    degree = affinity.sum(axis=1)
    if (degree == 0).any():
        return 0.0
    root = 1 / np.sqrt(degree)
    n = len(affinity)
    second = eigh(affinity * root[:, None] * root, subset_by_index=(n - 2, n - 2), eigvals_only=True)[0]
    return max(0.0, 1 - float(second))
