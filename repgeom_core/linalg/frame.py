"""A frame in which samples are small numbers around 0, so that products of them lose little."""

from __future__ import annotations

import numpy as np

ROWS = 2_048  # whose median is the centre
SMALLEST = 2.0**-1000


def frame(X: np.ndarray) -> tuple[np.ndarray, float]:
    """``centre (d,)`` float64 and ``scale``, a power of two, such that the numbers of ``(X - centre) * scale`` are at most about 1."""
    centre = np.median(X[:: -(-len(X) // ROWS)].astype(np.float64), axis=0)  # outliers must not move it
    largest = float(max((X.max(axis=0) - centre).max(), (centre - X.min(axis=0)).max()))
    return centre, float(2.0 ** -np.ceil(np.log2(max(largest, SMALLEST))))
