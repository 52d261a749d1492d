"""The frames that class means and classifiers are predicted to form, as Gram matrices of Frobenius norm 1."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from repgeom_core.analyses.collapse.pairs import EXACT


@dataclass(frozen=True)
class Frame:
    """The Gram matrix diag(``diagonal`` (K,)) − ``constant`` 11ᵀ, of Frobenius norm 1."""

    diagonal: np.ndarray
    constant: float = 0.0

    @property
    def matrix(self) -> np.ndarray:
        return np.diag(self.diagonal) - self.constant

    def distance(self, A: np.ndarray, B: np.ndarray) -> float:
        """‖ABᵀ/‖ABᵀ‖_F − frame‖_F for ``A``, ``B`` (K, d); NaN where ABᵀ = 0.

        For many classes no (K, K) matrix is formed: both have norm 1, so the squared distance is 2 − 2⟨·,·⟩, from (d, d) products.
        """
        if len(A) <= EXACT:
            gram = self.normalised(A, B)
            return float(np.linalg.norm(gram - self.matrix))
        size = np.sqrt((A.T @ A * (B.T @ B)).sum())
        inner = self.diagonal @ (A * B).sum(axis=1) - self.constant * (A.sum(axis=0) @ B.sum(axis=0))
        return float(np.sqrt(max(0.0, 2 - 2 * inner / size))) if size > 0 else float("nan")

    @staticmethod
    def normalised(A: np.ndarray, B: np.ndarray) -> np.ndarray:
        """ABᵀ/‖ABᵀ‖_F (K, K); NaN where ABᵀ = 0."""
        gram = A @ B.T
        size = np.linalg.norm(gram)
        return np.asarray(gram / size if size > 0 else np.full_like(gram, np.nan))


def simplex_etf(K: int) -> Frame:
    """E = (I − 11ᵀ/K)/√(K−1): equal norms, every cosine −1/(K−1)."""
    return Frame(np.full(K, 1 / np.sqrt(K - 1)), 1 / (K * np.sqrt(K - 1)))


def orthogonal_frame(K: int) -> Frame:
    """I/√K: equal norms, right angles."""
    return Frame(np.full(K, 1 / np.sqrt(K)))


def general_orthogonal_frame(squared_norms: np.ndarray) -> Frame:
    """diag(s_k²), scaled to norm 1: right angles, unequal norms; NaN where all norms are 0."""
    size = np.linalg.norm(squared_norms)
    return Frame(squared_norms / size if size > 0 else np.full(len(squared_norms), np.nan))
