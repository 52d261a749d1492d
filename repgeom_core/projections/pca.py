"""The first two principal components, streamed: memory does not grow with the number of samples."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from repgeom_core.linalg.moments import moments

EXACT_UP_TO = 4096  # rows or columns; beyond both, subspace iteration
OVERSAMPLING, PASSES = 10, 8

Chunks = Callable[[], Iterator[np.ndarray]]


@dataclass(frozen=True)
class PrincipalPlane:
    """``scores (n, 2)`` float64 (centred), and the share of the total variance that each axis holds (largest first)."""

    scores: np.ndarray
    explained_variance_ratio: tuple[float, float]
    solver: str


def principal_plane(chunks: Chunks, n: int, d: int, seed: int = 0) -> PrincipalPlane:
    """PCA of rows that ``chunks()`` gives in order, as often as it is called.

    The covariance's eigenvectors where d is at most 4096, those of the Gram matrix where n is, else subspace iteration with a fixed seed
    (a dozen passes over the data). Signs are fixed: the largest entry of each component is positive. Where the data has fewer than two
    dimensions, the missing coordinates are zero.
    """
    if d <= min(n, EXACT_UP_TO):
        return _from_covariance(chunks, d)
    if n <= EXACT_UP_TO:
        return _from_gram(np.concatenate([c.astype(np.float64) for c in chunks()]))
    return _by_subspace_iteration(chunks, n, d, seed)


def _signs(components: np.ndarray) -> np.ndarray:
    """±1 for each column, so that its entry of largest magnitude becomes positive."""
    largest = np.abs(components).argmax(axis=0)
    return np.where(components[largest, np.arange(components.shape[1])] < 0, -1.0, 1.0)


def _shares(values: np.ndarray, total: float) -> tuple[float, float]:
    shares = [max(float(v), 0.0) / total if total > 0 else 0.0 for v in values[:2]]
    return (shares + [0.0, 0.0])[0], (shares + [0.0, 0.0])[1]


def _two_columns(scores: np.ndarray) -> np.ndarray:
    return scores if scores.shape[1] == 2 else np.pad(scores, ((0, 0), (0, 2 - scores.shape[1])))


def _from_covariance(chunks: Chunks, d: int) -> PrincipalPlane:
    found = moments(chunks())
    values, vectors = np.linalg.eigh(found.scatter)
    components = vectors[:, ::-1][:, :2]
    components = components * _signs(components)
    scores = np.concatenate([(c.astype(np.float64) - found.mean) @ components for c in chunks()])
    return PrincipalPlane(_two_columns(scores), _shares(values[::-1], float(np.trace(found.scatter))), "covariance")


def _from_gram(X: np.ndarray) -> PrincipalPlane:
    X = X - X.mean(axis=0)
    values, vectors = np.linalg.eigh(X @ X.T)
    values, vectors = values[::-1][:2], vectors[:, ::-1][:, :2]
    components = X.T @ vectors
    scores = vectors * np.sqrt(np.maximum(values, 0)) * _signs(components)
    return PrincipalPlane(_two_columns(scores), _shares(values, float((X**2).sum())), "gram")


def _by_subspace_iteration(chunks: Chunks, n: int, d: int, seed: int) -> PrincipalPlane:
    mean = sum(c.sum(axis=0, dtype=np.float64) for c in chunks()) / n
    total = sum(float(((c - mean) ** 2).sum()) for c in chunks())
    basis = np.linalg.qr(np.random.default_rng(seed).standard_normal((d, 2 + OVERSAMPLING)))[0]
    for _ in range(PASSES):
        product = np.zeros_like(basis)
        for chunk in chunks():
            centred = chunk - mean
            product += centred.T @ (centred @ basis)
        basis = np.linalg.qr(product)[0]
    reduced = np.concatenate([(c - mean) @ basis for c in chunks()])
    values, rotation = np.linalg.eigh(reduced.T @ reduced)
    components = basis @ rotation[:, ::-1][:, :2]
    scores = reduced @ rotation[:, ::-1][:, :2] * _signs(components)
    return PrincipalPlane(scores, _shares(values[::-1], total), "subspace iteration")
