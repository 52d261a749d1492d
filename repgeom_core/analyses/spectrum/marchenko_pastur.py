"""Where the eigenvalues of pure noise lie."""

from __future__ import annotations

import numpy as np


def mp_edges(n: float, d: int, variance: float = 1.0) -> tuple[float, float]:
    """Lower and upper edge σ²(1 ± √γ)², γ = d/n, of the covariance eigenvalues of n samples of d independent units of variance σ².

    With n < d the lower edge holds for the n eigenvalues that are not zero.
    """
    root = np.sqrt(d / n)
    return float(variance * (1 - root) ** 2), float(variance * (1 + root) ** 2)
