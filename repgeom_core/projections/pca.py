"""Principal components of features too large to load: one pass for the mean, one for the second moments, one to project."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from repgeom_core.errors import GeometryError
from repgeom_core.linalg.rows import chosen_chunks
from repgeom_core.progress import Progress

ROWS_AT_ONCE = 4_096


@dataclass(frozen=True)
class PrincipalComponents:
    """``coordinates (n, c)`` float64, centred; ``explained_variance_ratio (c,)``; ``total_variance`` with the divisor n - 1.

    The sign of a component makes its largest loading (by size, the first of equals) positive.
    """

    coordinates: np.ndarray
    explained_variance_ratio: np.ndarray
    total_variance: float


def principal_components(X: Any, rows: np.ndarray, components: int = 2, progress: Progress | None = None) -> PrincipalComponents:
    """The first ``components`` principal components of ``X[rows]`` (n, d), rows ascending.

    Second moments are taken about the mean and summed in float64; memory grows with min(n, d)² and n·c, and with n·d only where
    d > n. Where there are fewer directions than components the rest is 0. Constant features give zeros.

    Raises :class:`GeometryError` for no rows, or numbers that are not finite.
    """
    progress = progress or Progress()
    n, d = len(rows), X.shape[1]
    if n == 0:
        raise GeometryError("Principal components need at least 1 sample, got none.")
    mean = np.zeros(d)
    for where, block in chosen_chunks(X, rows, ROWS_AT_ONCE):
        mean += block.sum(axis=0, dtype=np.float64)
        progress.update("mean of the features", where.stop, n)
    mean /= n
    coordinates = np.zeros((n, components))
    found = min(components, n, d)
    if d <= n:
        coordinates[:, :found], variances, total = _from_covariance(X, rows, mean, found, progress)
    else:
        coordinates[:, :found], variances, total = _from_gram(X, rows, mean, found, progress)
    explained = np.zeros(components)
    if total > 0:
        explained[:found] = np.clip(variances / total, 0, 1)
    return PrincipalComponents(coordinates, explained, total / max(n - 1, 1))


def _from_covariance(X: Any, rows: np.ndarray, mean: np.ndarray, found: int, progress: Progress) -> tuple[np.ndarray, np.ndarray, float]:
    from scipy.linalg import eigh

    n, d = len(rows), len(mean)
    moments = np.zeros((d, d))
    for where, block in chosen_chunks(X, rows, ROWS_AT_ONCE):
        # About the mean, products of float32 data may be float32: their error is relative to the spread, not to the offset.
        centred = (block - mean).astype(block.dtype)
        moments += centred.T @ centred
        progress.update("second moments", where.stop, n)
    values, vectors = eigh(moments, subset_by_index=[d - found, d - 1])
    vectors = vectors[:, ::-1] * _signs(vectors[:, ::-1])
    coordinates = np.empty((n, found))
    for where, block in chosen_chunks(X, rows, ROWS_AT_ONCE):
        coordinates[where] = (block - mean) @ vectors
        progress.update("principal components", where.stop, n)
    return coordinates, values[::-1], float(np.trace(moments))


def _from_gram(X: Any, rows: np.ndarray, mean: np.ndarray, found: int, progress: Progress) -> tuple[np.ndarray, np.ndarray, float]:
    from scipy.linalg import eigh

    n = len(rows)
    centred = np.concatenate([block - mean for _, block in chosen_chunks(X, rows, ROWS_AT_ONCE)])
    gram = centred @ centred.T
    progress.update("second moments", n, n)
    values, vectors = eigh(gram, subset_by_index=[n - found, n - 1])
    values, vectors = np.maximum(values[::-1], 0), vectors[:, ::-1]
    coordinates = vectors * np.sqrt(values) * _signs(centred.T @ vectors)
    progress.update("principal components", n, n)
    return coordinates, values, float(np.trace(gram))


def _signs(vectors: np.ndarray) -> np.ndarray:
    largest = np.argmax(np.abs(vectors), axis=0)
    return np.where(vectors[largest, np.arange(vectors.shape[1])] < 0, -1.0, 1.0)
