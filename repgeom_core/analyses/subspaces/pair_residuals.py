"""How far the samples of two classes lie from both of their subspaces."""

from __future__ import annotations

import numpy as np

from repgeom_core.analyses.subspaces.class_subspaces import leading_directions
from repgeom_core.errors import GeometryError


def pair_residuals(X: np.ndarray, y: np.ndarray, a: int, b: int, rank: int, centred: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """``(rows (m,), residuals (m, 2))`` of the samples of classes ``a`` and ``b``, the rows ascending.

    A residual is the share of a sample's length (``centred``: of its distance to the class mean) outside the class's subspace of
    ``rank`` directions: 0 lies in it, 1 at right angles to it. Raises ``GeometryError`` where a class has no samples.
    """
    rows = np.flatnonzero((y == a) | (y == b))
    own = X[rows].astype(np.float64)
    residuals = np.empty((len(rows), 2))
    for column, k in enumerate((a, b)):
        members = own[y[rows] == k]
        if not len(members):
            raise GeometryError(f"Class {k} has no samples here, so it has no subspace.")
        centre = members.mean(axis=0) if centred else np.zeros(own.shape[1])
        basis = leading_directions(members - centre, min(rank, own.shape[1]))
        apart = own - centre
        lengths = np.linalg.norm(apart, axis=1)
        outside = np.linalg.norm(apart - (apart @ basis) @ basis.T, axis=1)
        residuals[:, column] = np.divide(outside, lengths, out=np.zeros(len(rows)), where=lengths > 0)
    return rows, residuals
