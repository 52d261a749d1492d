"""TwoNN by a line through the empirical distribution of distance ratios, robust against the far tail."""

from __future__ import annotations

import numpy as np

from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.dimension.distances import nearest_distances
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.analyses.parameters import Float


@analysis(
    title="Intrinsic dimension (TwoNN, line fit)",
    needs=("neighbours",),
    parameters={"share": Float(0.9, 0.1, 0.99, "share of the samples with the smallest ratios that the line is fitted to")},
    invariant_to=("rotation", "translation", "scaling"),
    null="Gaussian of the same covariance",
    interval="halves",
    cost="one neighbour graph",
    cap=50_000,
    unit="dimensions",
    bounds=(0, None),
    formula="−log(1 − F(μ)) ≈ D log μ,  μ = r₂/r₁,  F_i = i/n",
    reference="Facco et al., Scientific Reports 2017: slope through 0 over the lowest 90 % of μ; copies merged",
    oracle="numpy.linalg.lstsq on ratios from scikit-learn's exact neighbours in float64",
    truths="ratios at the quantiles of a D-dimensional uniform density: D; cube 5 in 50: 4.723; digits 8.908173",
)
def twonn_fit(data: Inputs, share: float = 0.9) -> Outcome:
    """On how many degrees of freedom the features live at the finest scale, leaving out the samples whose neighbours are most uneven.

    The points (log μ, −log(1 − F)) in the details lie on a line through 0 if density is even; where they bend, the two estimates of TwoNN
    differ and neither should be trusted far. Interval as for ``twonn``: it says how much the value varies. NaN with fewer than 3
    different samples.
    """
    near = nearest_distances(data, 2)
    if isinstance(near, Outcome):
        return near
    x = np.sort(np.log(near.r[:, 1] / near.r[:, 0]))
    n = len(x)
    y = -np.log1p(-np.arange(1, n) / n)  # the last point would lie at infinity
    kept = int(share * n)
    squares = float((x[:kept] ** 2).sum())
    if squares == 0:
        why = "the two nearest neighbours are equally far for all samples that the line is fitted to"
        return Outcome(float("nan"), notes={**near.notes, "why": why})
    return Outcome(
        float((x[:kept] * y[:kept]).sum() / squares),
        details={"log_ratio": x[:-1], "minus_log_survival": y},
        notes={**near.notes, "fitted_points": kept},
    )
