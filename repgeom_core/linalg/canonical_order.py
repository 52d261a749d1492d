"""An order of samples that belongs to the cloud itself, so that seeded choices do not depend on how the rows came."""

from __future__ import annotations

import numpy as np


def canonical_order(X: np.ndarray) -> np.ndarray:
    """Row numbers ``(n,)`` by distance to the mean of ``X (n, d)``, nearest first; equal rows by row number.

    The order stays when the cloud is rotated, moved or scaled, or its rows are permuted: "the first half" and "a random start" drawn in
    this order are the same samples then.
    """
    far = X.astype(np.float64) - X.mean(axis=0, dtype=np.float64)
    return np.argsort(np.einsum("ij,ij->i", far, far), kind="stable")
