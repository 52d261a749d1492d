"""Keeping only the strongest activations of each sample."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np


def counts_of_units(d: int) -> np.ndarray:
    """1, 2, 4, ... and d: how many units are kept along the curve."""
    return np.unique(np.append(2 ** np.arange(int(np.log2(d)) + 1), d))


def truncated(X: np.ndarray, counts: np.ndarray) -> Iterator[np.ndarray]:
    """For each of ``counts``: ``X (n, d)`` in float64 with all but the k largest |x| of each row set to 0; ties of the k-th stay."""
    X = X.astype(np.float64)
    magnitude = np.abs(X)
    falling = -np.sort(-magnitude, axis=1)
    for k in counts:
        yield np.where(magnitude >= falling[:, k - 1 : k], X, 0.0)
