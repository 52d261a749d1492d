"""Which units fire at which samples, counted in one pass."""

from __future__ import annotations

import numpy as np

from repgeom_core.analyses.inputs import Inputs
from repgeom_core.analyses.parameters import Float

THRESHOLD = Float(0, 0, 1e6, "a unit fires where its activation is farther from 0 than this")


def firing(data: Inputs, threshold: float) -> tuple[np.ndarray, np.ndarray]:
    """Share of samples at which each unit fires ``(d,)``, and share of units that fire at each sample ``(n,)``; streams over rows."""
    fired, per_sample = np.zeros(data.d, np.int64), np.empty(data.n)
    for where, block in data.chunks():
        on = np.abs(block) > threshold
        fired += on.sum(axis=0)
        per_sample[where] = on.mean(axis=1)
    return fired / data.n, per_sample
