"""Training within a random subspace of the parameters."""

from __future__ import annotations

import numpy as np


class RandomSubspace:
    """Random directions of unit length in the space of ``parameters`` numbers; a larger subspace holds the smaller ones."""

    def __init__(self, parameters: int, rng: np.random.Generator) -> None:
        self._rng, self._columns = rng, np.empty((parameters, 0))

    def basis(self, dimensions: int) -> np.ndarray:
        """P (parameters, dimensions), columns of length 1 (not orthogonal): θ = θ₀ + P v."""
        parameters, known = self._columns.shape
        if known < dimensions:
            drawn = self._rng.standard_normal((dimensions - known, parameters)).T
            self._columns = np.hstack([self._columns, drawn / np.linalg.norm(drawn, axis=0)])
        return self._columns[:, :dimensions]
