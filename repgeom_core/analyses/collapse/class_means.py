"""Class means, the classifier's rows beside them, and when they say nothing."""

from __future__ import annotations

import numpy as np

from repgeom_core.errors import GeometryError
from repgeom_core.linalg.class_moments import ClassMoments

ROUNDING = 1e-13  # of the length of the means: below this a difference of two means is rounding


def rounding_length(moments: ClassMoments) -> float:
    """Lengths of centred means up to this are rounding: such a mean coincides with the mean of all."""
    return ROUNDING * float(np.sqrt((moments.means**2).sum(axis=1).max()))


def why_undefined(moments: ClassMoments) -> str | None:
    """Why class means have no geometry; None where they have one."""
    if moments.K < 2:
        return "one class"
    if norms(moments).max() <= rounding_length(moments):
        return "all class means coincide"
    return None


def norms(moments: ClassMoments) -> np.ndarray:
    """‖M_k‖ (K,): distance of each class mean to the mean of class means."""
    return np.asarray(np.linalg.norm(moments.centred_means, axis=1))


def why_without_direction(moments: ClassMoments) -> str | None:
    """Why some class mean has no direction; None where all have one."""
    reason = why_undefined(moments)
    if reason is None and (at_centre := norms(moments) <= rounding_length(moments)).any():
        reason = f"the mean of class {moments.classes[at_centre][0]} lies at the mean of all class means and has no direction"
    return reason


def directions(moments: ClassMoments) -> np.ndarray:
    """Centred class means of length 1, (K, d)."""
    return np.asarray(moments.centred_means / norms(moments)[:, None])


def classifier_rows(moments: ClassMoments, W: np.ndarray) -> np.ndarray:
    """The rows of ``W`` that belong to the classes with samples, (K, d)."""
    if moments.classes[-1] >= len(W):
        raise GeometryError(
            f"The head has {len(W)} rows, but a sample is of class {moments.classes[-1]} (counted from 0). One row per class."
        )
    return W[moments.classes]


def alignment(W: np.ndarray, M: np.ndarray) -> np.ndarray:
    """cos(w_k, M_k) (K,); NaN where one of them is 0."""
    lengths = np.linalg.norm(W, axis=1) * np.linalg.norm(M, axis=1)
    return np.asarray(np.divide((W * M).sum(axis=1), lengths, out=np.full(len(W), np.nan), where=lengths > 0))
