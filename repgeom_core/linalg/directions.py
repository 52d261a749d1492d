"""Rows as directions: scaled to unit length."""

from __future__ import annotations

import numpy as np


def unit_rows(X: np.ndarray) -> np.ndarray:
    """``X (n, d)`` in float64 with rows of length 1; rows of zeros have no direction and stay zero."""
    Z = X.astype(np.float64)
    lengths = np.linalg.norm(Z, axis=1, keepdims=True)
    return np.divide(Z, lengths, out=np.zeros_like(Z), where=lengths > 0)
