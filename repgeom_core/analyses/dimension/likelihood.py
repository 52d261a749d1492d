"""The local maximum likelihood of Levina and Bickel, which several estimators average."""

from __future__ import annotations

import numpy as np


def inverse_local_dimension(r: np.ndarray, divisor: int) -> np.ndarray:
    """m (u,) = Σ_{j<k} log(r_k / r_j) / divisor from distances ``r (u, k)``; 1/m is the local dimension."""
    return np.asarray(np.log(r[:, -1:] / r[:, :-1]).sum(axis=1) / divisor)
