"""What curves over the number of clusters share: the number at which their value is read, and the points at which they are drawn."""

from __future__ import annotations

import numpy as np

from repgeom_core.analyses.parameters import Int

CLUSTERS = Int(0, 0, 1000, "number of clusters at which the value is read; 0: as many as there are classes")
POINTS = 60  # of a curve


def shown_cuts(n: int) -> np.ndarray:
    """Numbers of clusters of ``n`` samples at which a curve is drawn: evenly on a log axis, 1 and ``n`` among them."""
    return np.unique(np.geomspace(1, n, min(POINTS, n)).round().astype(np.int64))
