"""Turning one map so that it lies as much as possible like another: a change of checkpoint should move points, not spin the page."""

from __future__ import annotations

import numpy as np


def orthogonal_alignment(moving: np.ndarray, fixed: np.ndarray) -> np.ndarray:
    """The rotation or reflection ``R (2, 2)`` that minimises ‖moving R − fixed‖ over the same rows, both centred first.

    Source: Schönemann 1966 (orthogonal Procrustes). Distances within the moved map do not change.
    """
    moving, fixed = moving - moving.mean(axis=0), fixed - fixed.mean(axis=0)
    left, _, right = np.linalg.svd(moving.T @ fixed)
    return np.asarray(left @ right)
