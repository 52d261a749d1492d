"""Rows as directions: scaled to unit length."""

from __future__ import annotations

import numpy as np

ROUNDING = 1e-13


def unit_rows(X: np.ndarray, centred: bool = False) -> np.ndarray:
    """``X (n, d)`` in float64 with rows of length 1; rows of zeros have no direction and stay zero.

    ``centred``: after the mean of the rows is removed; a row within rounding of the mean has no direction either.
    """
    Z, least = X.astype(np.float64), 0.0
    if centred:
        least = ROUNDING * float(np.abs(Z).max(initial=0)) * np.sqrt(Z.shape[1])
        Z = Z - Z.mean(axis=0)
    lengths = np.linalg.norm(Z, axis=1, keepdims=True)
    return np.divide(Z, lengths, out=np.zeros_like(Z), where=lengths > least)
