"""Average cosine similarity of pairs: an unreliable measure of isotropy, for comparison with published numbers."""

from __future__ import annotations

import numpy as np

from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.analyses.parameters import Flag


@analysis(
    title="Average cosine (unreliable)",
    needs=("features",),
    parameters={"centred": Flag(False, "about the mean, where it is near 0 whatever the shape (then a translation does not move it)")},
    invariant_to=("rotation", "scaling"),
    null="white Gaussian of the same shape",
    interval="halves",
    cost="O(n d)",
    bounds=(-1, 1),
    formula="mean over i ≠ j of x_i·x_j / (‖x_i‖ ‖x_j‖)",
    reference="Ethayarajh, EMNLP 2019; self-pairs left out; all pairs, by ‖Σ u_i‖² of the unit vectors u",
    oracle="sklearn.metrics.pairwise.cosine_similarity without its diagonal",
    truths="regular simplex of K points: −1/(K−1); copies of one vector: 1; digits .688326, centred −.000249",
)
def average_cosine(data: Inputs, centred: bool = False) -> Outcome:
    """How much all samples point the same way; unreliable as a measure of how round the cloud is.

    It sees little but the length of the mean: any positive features (after a ReLU) read high, and any centred ones near 0, whatever
    their shape. Read the participation ratio or EEE instead. Zero vectors have no direction and are left out (counted in the notes).
    NaN with fewer than two others.
    """
    mean = np.zeros(data.d)
    if centred:
        mean = sum((block.sum(axis=0, dtype=np.float64) for _, block in data.chunks()), np.zeros(data.d)) / data.n
    total, used = np.zeros(data.d), 0
    for _, block in data.chunks():
        rows = block.astype(np.float64) - mean
        lengths = np.linalg.norm(rows, axis=1)
        total += (rows[lengths > 0] / lengths[lengths > 0, None]).sum(axis=0)
        used += int((lengths > 0).sum())
    if used < 2:
        return Outcome(float("nan"), notes={"why": "fewer than two samples have a direction"})
    return Outcome(float((total @ total - used) / (used * (used - 1.0))), notes={"zero_vectors_left_out": data.n - used})
