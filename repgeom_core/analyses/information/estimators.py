"""Estimators of mutual information between features and class labels, in bits."""

from __future__ import annotations

import numpy as np
from scipy.special import digamma

from repgeom_core.analyses.information.diffusion import entropy_bits


def binned_codes(X: np.ndarray, bins: int) -> np.ndarray:
    """``(n,)`` code of the pattern of each sample, when every unit is read on ``bins`` equal steps between the least and largest of all."""
    X = X.astype(np.float64)
    low, high = float(X.min()), float(X.max())
    steps = np.zeros(X.shape, np.uint16) if high == low else np.minimum((X - low) / (high - low) * bins, bins - 1).astype(np.uint16)
    return np.asarray(np.unique(steps, axis=0, return_inverse=True)[1].ravel())


def discrete_information(codes: np.ndarray, y: np.ndarray) -> float:
    """I(T; Y) = H(T) − H(T|Y) of two sets of codes ``(n,)``."""
    entropy = entropy_bits(np.bincount(codes).astype(np.float64))
    left = sum(float(np.mean(y == k)) * entropy_bits(np.bincount(codes[y == k]).astype(np.float64)) for k in np.unique(y))
    return max(0.0, entropy - left)


def nearest_neighbour_information(squared: np.ndarray, y: np.ndarray, k: int) -> float:
    """I(T; Y) after Ross (2014), from the squared distances ``(n, n)``: KSG for a continuous and a discrete variable, not below 0.

    With the distance to the k-th neighbour of the same class, m counts the samples of any class within it (itself included, the k-th
    neighbour's distance excluded): ψ(n) + ⟨ψ(k)⟩ − ⟨ψ(n_y)⟩ − ⟨ψ(m)⟩. Samples alone in their class are left out; NaN where all are.
    """
    _, codes, counts = np.unique(y, return_inverse=True, return_counts=True)
    kept = counts[codes] > 1
    squared, codes = squared[np.ix_(kept, kept)], codes[kept]
    n = len(codes)
    if n == 0:
        return float("nan")
    terms = np.zeros(n)
    for code in np.unique(codes):
        rows = np.flatnonzero(codes == code)
        own = min(k, len(rows) - 1)
        # The sample itself is the first of the sorted distances.
        radius = np.partition(squared[np.ix_(rows, rows)], own, axis=1)[:, own]
        within = np.maximum((squared[rows] < radius[:, None]).sum(axis=1), 1)
        terms[rows] = digamma(own) - digamma(len(rows)) - digamma(within)
    return max(0.0, float((digamma(n) + terms.mean()) / np.log(2)))
