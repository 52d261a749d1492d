"""One subspace per class, and the principal angles between all pairs of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.linalg import eigh, subspace_angles

from repgeom_core.analyses.inputs import Inputs
from repgeom_core.analyses.parameters import Flag, Int, Parameter
from repgeom_core.linalg.one_thread import one_thread

CAP = 100_000  # samples; bounds the memory, as the classes are read from features held at once
RANK_CUT = 1e-5  # singular values below this share of the class's largest are rounding in products of float32 features
MOST_CLASSES, MOST_ANGLES = 3000, 5e7
NEARLY_PARALLEL = 1 - 1e-6  # cosines above which the sine is needed

PARAMETERS: dict[str, Parameter] = {
    "rank": Int(5, 1, 200, "dimension of each class's subspace (less where a class has less)"),
    "centred": Flag(False, "directions of variation about the class mean, instead of directions from the origin"),
}


@dataclass(frozen=True)
class Subspaces:
    """Orthonormal ``bases (K, d, r)``, columns in falling order of energy, zero beyond ``ranks (K,)``; ``classes (K,)`` their codes."""

    classes: np.ndarray
    bases: np.ndarray
    ranks: np.ndarray


def class_rows(y: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
    """``(code, row numbers)`` of each class that has samples, in order of code."""
    order = np.argsort(y, kind="stable")
    codes, starts = np.unique(y[order], return_index=True)
    for code, rows in zip(codes, np.split(order, starts[1:]), strict=True):
        yield int(code), rows


def leading_directions(rows: np.ndarray, rank: int) -> np.ndarray:
    """``(d, r)`` the top right singular vectors of ``rows (m, d)`` in float64, r ≤ ``rank`` of those above ``RANK_CUT``."""
    m, d = rows.shape
    tall = m >= d
    gram = rows.T @ rows if tall else rows @ rows.T
    size = len(gram)
    values, vectors = eigh(gram, subset_by_index=(max(0, size - rank), size - 1))
    values, vectors = values[::-1], vectors[:, ::-1]
    kept = values > RANK_CUT**2 * max(values[0], 0)
    vectors = vectors[:, kept]
    if tall:
        return np.asarray(vectors)
    # Dividing by small singular values loses orthogonality; the triangular factor restores it without turning the leading ones.
    basis, triangle = np.linalg.qr(rows.T @ vectors)
    return np.asarray(basis * np.where(np.diag(triangle) < 0, -1, 1))


def class_subspaces(X: np.ndarray, y: np.ndarray, rank: int, centred: bool = False) -> Subspaces:
    """The leading ``rank`` directions of every class."""
    rank = min(rank, X.shape[1])
    found = list(class_rows(y))
    bases, ranks = np.zeros((len(found), X.shape[1], rank)), np.zeros(len(found), np.int64)
    with one_thread():
        for k, (_, rows) in enumerate(found):
            own = X[rows].astype(np.float64)
            own = own - own.mean(axis=0) if centred else own
            basis = leading_directions(own, rank)
            ranks[k] = basis.shape[1]
            bases[k, :, : ranks[k]] = basis
    return Subspaces(np.array([code for code, _ in found]), bases, ranks)


def compared_subspaces(data: Inputs, rank: int, centred: bool) -> tuple[Subspaces, dict[str, Any]]:
    """Subspaces of all classes, or of a random choice of classes where there are too many pairs; and what is to be said of them."""
    X, y = data.X, data.y
    codes = np.unique(y)
    most = int(min(MOST_CLASSES, np.sqrt(MOST_ANGLES / min(rank, data.d))))
    notes: dict[str, Any] = {"centring": "class means removed" if centred else "not centred"}
    if len(codes) > most:
        chosen = np.sort(data.rng.choice(codes, most, replace=False))
        rows = np.flatnonzero(np.isin(y, chosen))
        X, y = X[rows], y[rows]
        notes["classes compared"] = f"{most} of {len(codes)}, chosen at random"
    found = class_subspaces(X, y, rank, centred)
    if (found.ranks < rank).any():
        notes["classes of lower rank"] = int((found.ranks < rank).sum())
    return found, notes


def pair_angles(subspaces: Subspaces) -> np.ndarray:
    """Principal angles ``(K, K, r)`` in radians, smallest first; NaN beyond the smaller rank of the pair."""
    with one_thread():
        return _pair_angles(subspaces)


def _pair_angles(subspaces: Subspaces) -> np.ndarray:
    K, _, r = subspaces.bases.shape
    angles = np.full((K, K, r), np.nan)
    for a in range(K):
        cosines = np.linalg.svd(subspaces.bases[a].T @ subspaces.bases[a:], compute_uv=False)
        found = np.arccos(np.clip(cosines, 0, 1))
        for j in np.flatnonzero((cosines[1:] > NEARLY_PARALLEL).any(axis=1)) + 1:
            # The cosine cannot tell small angles from none.
            own, other = (subspaces.bases[i][:, : subspaces.ranks[i]] for i in (a, a + j))
            exact = subspace_angles(own, other)[::-1]
            found[j, : len(exact)] = exact
        found[0] = 0
        shared = np.minimum(subspaces.ranks[a], subspaces.ranks[a:])
        found[np.arange(r) >= shared[:, None]] = np.nan
        angles[a, a:] = angles[a:, a] = found
    return angles


def mean_over_pairs(matrix: np.ndarray) -> float:
    """Mean of the entries above the diagonal that are defined; NaN where none is."""
    pairs = matrix[np.triu_indices(len(matrix), 1)]
    pairs = pairs[np.isfinite(pairs)]
    return float(pairs.mean()) if len(pairs) else float("nan")


NO_PAIR = "fewer than two classes with a direction of their own"
