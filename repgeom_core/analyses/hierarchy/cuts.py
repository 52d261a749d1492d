"""What measures of cuts share: the number of clusters at which a value is read, whether there is such a cut, and points of curves."""

from __future__ import annotations

import numpy as np

from repgeom_core.analyses.inputs import Inputs
from repgeom_core.analyses.parameters import Int
from repgeom_core.linalg.duplicates import distinct_rows

CLUSTERS = Int(0, 0, 1000, "number of clusters at which the value is read; 0: as many as there are classes")
POINTS = 60  # of a curve


def shown_cuts(n: int) -> np.ndarray:
    """Numbers of clusters of ``n`` samples at which a curve is drawn: evenly on a log axis, 1 and ``n`` among them."""
    return np.unique(np.geomspace(1, n, min(POINTS, n)).round().astype(np.int64))


def different_samples(data: Inputs) -> int:
    """How many of the samples differ from each other; needs features."""
    return int(data.of_features("number of different samples", lambda: len(distinct_rows(data.X).first)))


def no_cut(data: Inputs, clusters: int) -> str | None:
    """Why the samples cannot be cut into so many clusters; None where they can. A cut that parts copies would go by their order alone."""
    if data.n < clusters:
        return f"{data.n} samples cannot be cut into {clusters} clusters"
    different = different_samples(data)
    if different >= clusters:
        return None
    told = "all samples are equal" if different == 1 else f"only {different} of {data.n} samples differ"
    return f"{told}: they cannot be cut into {clusters} clusters"
