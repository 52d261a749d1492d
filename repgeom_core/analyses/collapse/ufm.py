"""The unconstrained-features model with unequal classes: the norms that training predicts, and who vanishes.

(1/2n)‖WH − Y‖² + λ_W/2 ‖W‖² + λ_H/2 ‖H‖² without bias, minimised over the classifier W and every sample's features H. With
q_k = max(0, 1 − n √(λ_W λ_H / n_k)): ‖w_k‖² = q_k √(n_k λ_H / λ_W) and, for each sample of class k, ‖h‖² = q_k √(λ_W / (n_k λ_H)).
Rows of different classes are orthogonal. (Dang et al., ICML 2023.)
"""

from __future__ import annotations

import numpy as np


def squared_classifier_norms(counts: np.ndarray, decay_W: float, decay_H: float) -> np.ndarray:
    """‖w_k‖² (K,) from class sizes ``counts (K,)`` and λ_W, λ_H > 0."""
    return np.asarray(_kept(counts, decay_W, decay_H) * np.sqrt(counts * decay_H / decay_W))


def squared_feature_norms(counts: np.ndarray, decay_W: float, decay_H: float) -> np.ndarray:
    """‖h‖² (K,) of each sample of a class."""
    return np.asarray(_kept(counts, decay_W, decay_H) * np.sqrt(decay_W / (counts * decay_H)))


def minority_threshold(n: float, decay_W: float, decay_H: float) -> float:
    """Classes of this many samples or fewer, of ``n`` in all, vanish: n² λ_W λ_H."""
    return n**2 * decay_W * decay_H


def _kept(counts: np.ndarray, decay_W: float, decay_H: float) -> np.ndarray:
    """q_k (K,): 1 without regularisation, 0 for a class that vanishes."""
    counts = np.asarray(counts, np.float64)
    return np.maximum(0.0, 1 - counts.sum() * np.sqrt(decay_W * decay_H / counts))
