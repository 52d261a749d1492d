"""One spectrum for every rank: eigenvalues and directions of the covariance, and the singular values of the raw features."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from repgeom_core.linalg.class_moments import ClassMoments


@dataclass(frozen=True)
class Spectrum:
    """``n`` samples in ``d`` dimensions with ``mean (d,)``; ``covariance (d, d)`` divided by n, about the mean.

    Eigenvalues are in falling order; there are d of them, zeros included. What lies below rounding (d·ε of the largest, so that singular
    values are told from zero down to some 1e-7 of the first) *is* zero: a constant unit then adds nothing to any rank.
    """

    n: float
    mean: np.ndarray
    covariance: np.ndarray

    @property
    def d(self) -> int:
        return len(self.mean)

    @cached_property
    def eigenvalues(self) -> np.ndarray:
        """λ (d,) of the covariance; at most n − 1 of them are not zero."""
        values = _above_rounding(np.linalg.eigvalsh(self.covariance)[::-1], self._rounding)
        values[max(int(np.ceil(self.n)) - 1, 0) :] = 0
        return values

    @cached_property
    def directions(self) -> np.ndarray:
        """(d, d): column j belongs to λ_j."""
        return np.asarray(np.linalg.eigh(self.covariance)[1][:, ::-1])

    @property
    def singular_values(self) -> np.ndarray:
        """σ (min(n, d),) of the centred features: σ² = n λ."""
        return np.sqrt(self.n * self.eigenvalues)[: int(min(self.n, self.d))]

    @cached_property
    def uncentred_singular_values(self) -> np.ndarray:
        """σ (min(n, d),) of the features as they are."""
        values = _above_rounding(np.linalg.eigvalsh(self.covariance + np.outer(self.mean, self.mean))[::-1])
        return np.sqrt(self.n * values)[: int(min(self.n, self.d))]

    @property
    def total_variance(self) -> float:
        return float(np.trace(self.covariance))

    @property
    def varies(self) -> bool:
        """Whether the samples differ by more than rounding."""
        return self.n > 1 and self.total_variance > self._rounding

    @property
    def _rounding(self) -> float:
        """The variance that equal samples with this mean may seem to have."""
        return float(100 * np.finfo(np.float64).eps ** 2 * (self.mean @ self.mean))


def _above_rounding(values: np.ndarray, least: float = 0.0) -> np.ndarray:
    """Falling eigenvalues of a (d, d) matrix, with zero for those that are not told from it in float64."""
    floor = max(float(values[0]) * len(values) * np.finfo(np.float64).eps, least)
    return np.where(values > floor, values, 0.0)


def spectrum_of(moments: ClassMoments) -> Spectrum:
    """The spectrum of all samples that the moments were taken over."""
    return Spectrum(moments.n, moments.sample_mean, moments.total_scatter / moments.n)
