"""Nuclear norm of the class centroids on the sphere (MMCR)."""

from __future__ import annotations

import numpy as np

from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.inputs import Inputs


@analysis(
    title="Nuclear norm of centroids (MMCR)",
    needs=("features", "labels"),
    invariant_to=("rotation", "scaling"),
    better="higher",
    null="shuffled labels",
    interval="rows",
    cost="O(n d + K d min(K, d))",
    bounds=(0, None),
    formula="‖C‖_*,  C_k = mean of the unit vectors of class k;  ‖C‖_* ≤ √(K min(K, d))",
    reference="Yerxa et al. (Maximum Manifold Capacity Representations), NeurIPS 2023, with classes as the groups of views; not centred",
    oracle="numpy.linalg.norm(C, 'nuc') with a plain loop over classes",
    truths="orthonormal centroids K; simplex √(K(K−1)); all collapsed to one point √K; digits 5.78117 (≤ 10)",
)
def centroid_nuclear_norm(data: Inputs) -> Outcome:
    """How well the classes fill separate directions of the sphere while each stays together; large is good.

    Samples are scaled to length 1, averaged by class, and the singular values of these centroids added up: long centroids (tight
    classes) in different directions make it large. The bound for the K classes that have samples stands in the notes. Zero vectors
    have no direction and count as zero. NaN without any other.
    """
    y = data.y
    classes, codes = np.unique(y, return_inverse=True)
    sums = np.zeros((len(classes), data.d))
    for where, block in data.chunks():
        rows = block.astype(np.float64)
        lengths = np.linalg.norm(rows, axis=1)
        units = np.divide(rows, lengths[:, None], out=np.zeros_like(rows), where=lengths[:, None] > 0)
        order = np.argsort(codes[where], kind="stable")
        present, first = np.unique(codes[where][order], return_index=True)
        sums[present] += np.add.reduceat(units[order], first, axis=0)
    centroids = sums / np.bincount(codes)[:, None]
    if not centroids.any():
        return Outcome(float("nan"), notes={"why": "all features are zero"})
    singular_values = np.linalg.svd(centroids, compute_uv=False)
    value, bound = float(singular_values.sum()), float(np.sqrt(len(classes) * min(centroids.shape)))
    return Outcome(
        value,
        details={"per_class": np.linalg.norm(centroids, axis=1), "classes": classes, "singular_values": singular_values},
        notes={"bound": bound, "share_of_bound": value / bound, "per_class": "length of each class's centroid"},
    )
