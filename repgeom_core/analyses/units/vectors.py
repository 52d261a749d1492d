"""First and second absolute moments of activity profiles, of samples or of units, in one pass."""

from __future__ import annotations

import numpy as np

from repgeom_core.analyses.inputs import Inputs


def absolute_and_squared(data: Inputs, of: str) -> tuple[np.ndarray, np.ndarray, int]:
    """Σ|a| and Σa² of each sample over its units (``of`` is "population") or of each unit over the samples; and the length of the sum."""
    samples = of == "population"
    absolute, squared = (np.zeros(data.n if samples else data.d) for _ in range(2))
    for where, block in data.chunks():
        magnitude = np.abs(block.astype(np.float64))
        if samples:
            absolute[where], squared[where] = magnitude.sum(axis=1), (magnitude**2).sum(axis=1)
        else:
            absolute += magnitude.sum(axis=0)
            squared += (magnitude**2).sum(axis=0)
    return absolute, squared, data.d if samples else data.n
