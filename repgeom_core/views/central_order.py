"""Vectors in a few bytes each, from which the browser puts any cluster's samples in order of their distance to its mean."""

from __future__ import annotations

import numpy as np

DIRECTIONS = 32
CLIPPED = 0.1  # per cent of the values at either end, so that one far sample does not make all others alike


def short_vectors(X: np.ndarray) -> np.ndarray:
    """Features ``(n, d)``, all finite, as bytes ``(n, m + 1)``: positions along the ``m <= 32`` directions of greatest variance, and the
    length of what lies outside of them.

    All in one unit, so that the squared distance of two samples along the directions is that of their bytes. Of the rest only the length
    is kept: a cluster's mean has little of it, so a sample's squared distance to the mean is that along the directions plus its square.
    """
    from sklearn.decomposition import PCA

    n, d = X.shape
    X = np.asarray(X, np.float64)
    if d == 0 or (X[:1] == X).all():
        return np.zeros((n, 1), np.uint8)
    pca = PCA(min(DIRECTIONS, n, d), random_state=0).fit(X)
    along = pca.transform(X)
    rest = np.sqrt(np.maximum(((X - pca.mean_) ** 2).sum(axis=1) - (along**2).sum(axis=1), 0))
    low, high = np.percentile(along, (CLIPPED, 100 - CLIPPED))
    unit = max(high - low, float(np.percentile(rest, 100 - CLIPPED))) / 255 or 1.0
    levels = np.column_stack([(along - low) / unit, rest / unit])
    return np.rint(levels).clip(0, 255).astype(np.uint8)
