"""Local intrinsic dimension: one number for each sample."""

from __future__ import annotations

import numpy as np

from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.dimension.distances import nearest_distances
from repgeom_core.analyses.dimension.likelihood import inverse_local_dimension
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.analyses.parameters import Int


@analysis(
    title="Local dimension",
    needs=("neighbours",),
    parameters={"k": Int(20, 3, 100, "neighbours of each sample")},
    invariant_to=("rotation", "translation", "scaling"),
    null="Gaussian of the same covariance",
    interval="halves",
    cost="one neighbour graph, O(n k) after",
    unit="dimensions",
    bounds=(0, None),
    formula="median_i D_i,  1/D_i = Σ_{j<k} log(r_k / r_j) / (k − 1)",
    reference="Levina & Bickel, NeurIPS 2004, eq. 8 at each sample; copies share one neighbourhood",
    oracle="a loop over samples with scikit-learn's exact neighbours in float64",
    truths="mean over digits 7.722567 (= mle_id, arithmetic); a line beside a cloud reads 1 on the line",
)
def local_dimension(data: Inputs, k: int = 20) -> Outcome:
    """On how many degrees of freedom the features live around each sample; the value is the median sample's.

    Each number rests on k neighbours and varies by about D/√k by itself; read it as a colour over the map, and regions rather than single
    samples. NaN where all k neighbours are equally far. Interval of the median as for ``twonn``: it says how much it varies.
    """
    near = nearest_distances(data, k)
    if isinstance(near, Outcome):
        return near
    m = inverse_local_dimension(near.r, k - 1)
    by_row = np.full(len(m) + 1, np.nan)  # the last one is for samples that were left out
    by_row[:-1][m > 0] = 1 / m[m > 0]
    per_sample = by_row[near.group]
    if np.isnan(per_sample).all():
        why = f"all {k} neighbours of every sample are equally far"
        return Outcome(float("nan"), details={"per_sample": per_sample}, notes={**near.notes, "why": why})
    notes = {**near.notes, "mean": float(np.nanmean(per_sample)), "without_value": int(np.isnan(per_sample).sum())}
    return Outcome(float(np.nanmedian(per_sample)), details={"per_sample": per_sample}, notes=notes)
