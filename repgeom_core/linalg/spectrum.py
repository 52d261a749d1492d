"""One spectrum for every rank: eigenvalues and directions of the covariance, and the singular values of the raw features."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from repgeom_core.linalg.class_moments import ClassMoments


@dataclass(frozen=True)
class Spectrum:
    """``n`` samples in ``d`` dimensions with ``mean (d,)``; ``covariance (d, d)`` divided by n, about the mean.

    Eigenvalues are in falling order and never negative; there are d of them, zeros included.
    """

    n: float
    mean: np.ndarray
    covariance: np.ndarray

    @property
    def d(self) -> int:
        return len(self.mean)

    @cached_property
    def _centred(self) -> tuple[np.ndarray, np.ndarray]:
        values, vectors = np.linalg.eigh(self.covariance)
        return np.maximum(values[::-1], 0), vectors[:, ::-1]

    @property
    def eigenvalues(self) -> np.ndarray:
        """λ (d,) of the covariance."""
        return self._centred[0]

    @property
    def directions(self) -> np.ndarray:
        """(d, d): column j belongs to λ_j."""
        return self._centred[1]

    @property
    def singular_values(self) -> np.ndarray:
        """σ (min(n, d),) of the centred features: σ² = n λ."""
        return np.sqrt(self.n * self.eigenvalues)[: int(min(self.n, self.d))]

    @cached_property
    def uncentred_singular_values(self) -> np.ndarray:
        """σ (min(n, d),) of the features as they are."""
        values = np.linalg.eigvalsh(self.covariance + np.outer(self.mean, self.mean))[::-1]
        return np.sqrt(self.n * np.maximum(values, 0))[: int(min(self.n, self.d))]

    @property
    def total_variance(self) -> float:
        return float(np.trace(self.covariance))

    @property
    def noise_floor(self) -> float:
        """Eigenvalues below this are rounding: what float64 loses of the largest in d additions."""
        return float(self.eigenvalues[0] * self.d * np.finfo(np.float64).eps) if self.d else 0.0


def spectrum_of(moments: ClassMoments) -> Spectrum:
    """The spectrum of all samples that the moments were taken over."""
    return Spectrum(moments.n, moments.sample_mean, moments.total_scatter / moments.n)
