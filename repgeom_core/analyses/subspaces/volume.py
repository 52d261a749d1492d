"""The log-volume that coding rates are made of."""

from __future__ import annotations

import numpy as np
from scipy.linalg import cholesky

from repgeom_core.analyses.parameters import Float

EPS_SQ = Float(0.5, 1e-4, 100, "squared distortion ε² up to which samples are coded (some code passes ε under this name)")


def half_logdet(gram: np.ndarray, scale: float) -> float:
    """½ log det(I + scale · gram) of a positive semi-definite matrix, in nats."""
    factor = cholesky(np.eye(len(gram)) + scale * gram, lower=True, check_finite=False)
    return float(np.log(np.diag(factor)).sum())


def smaller_gram(Z: np.ndarray) -> np.ndarray:
    """ZᵀZ or ZZᵀ of ``Z (m, d)``, whichever is smaller: both have the same determinant in :func:`half_logdet`."""
    return np.asarray(Z.T @ Z if len(Z) >= Z.shape[1] else Z @ Z.T)
