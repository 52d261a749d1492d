"""Turning one map onto another, so that a change of checkpoint moves points instead of spinning the map."""

from __future__ import annotations

import numpy as np

from repgeom_core.errors import GeometryError


def aligned(xy: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """``xy (n, c)`` centred, then rotated and perhaps reflected to be nearest to ``reference (n, c)`` of the same rows.

    Orthogonal Procrustes without scaling: distances on the map stay. A map without extent, or against one, only is centred.
    """
    if xy.shape != reference.shape:
        raise GeometryError(f"Maps can be aligned on the same rows only, got shapes {xy.shape} and {reference.shape}.")
    from scipy.linalg import orthogonal_procrustes

    xy, reference = xy - xy.mean(axis=0), reference - reference.mean(axis=0)
    if not xy.any() or not reference.any():
        return xy
    # Unit size, so that the cross products of tiny or huge maps neither vanish nor overflow.
    rotation, _ = orthogonal_procrustes(xy / np.abs(xy).max(), reference / np.abs(reference).max())
    return xy @ rotation
