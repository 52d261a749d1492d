"""Gride: intrinsic dimension as a function of scale."""

from __future__ import annotations

import numpy as np

from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.dimension.distances import nearest_distances
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.analyses.parameters import Int

LARGEST = 32  # of the curve's scales 1, 2, 4, ...
SMALL = 1e-4  # |D log μ| below which the score takes its limit


@analysis(
    title="Intrinsic dimension by scale (Gride)",
    needs=("neighbours",),
    parameters={"scale": Int(4, 1, 64, "the value is read at neighbours k and 2k; the curve shows k = 1, 2, 4, ... 32 too")},
    invariant_to=("rotation", "translation", "scaling"),
    null="Gaussian of the same covariance",
    interval="halves",
    cost="one neighbour graph of max(64, 2k) neighbours, O(n) per scale",
    cap=50_000,
    unit="dimensions",
    bounds=(0, None),
    formula="(n−1)/D + (k−1) Σ log μ / (1 − μ^−D) − (2k−1) Σ log μ = 0,  μ = r_2k / r_k",
    reference="Denti et al., Scientific Reports 2022 (generalised ratios), with the unbiased n − 1; k = 1 is TwoNN; copies merged",
    oracle="maximum of the log-likelihood by scipy.optimize.minimize_scalar; published table equal to DADApy",
    truths="circle .98-1.01; cube 5 in 50: 4.74 4.68 4.51 4.45 4.34 4.20; digits 9.044249 8.173817 7.204616 6.602091 6.129049 5.580573",
)
def gride(data: Inputs, scale: int = 4) -> Outcome:
    """How the number of degrees of freedom changes from the finest scale to coarser ones; noise makes the fine end high.

    A plateau over scales is the dimension to believe; a curve that falls all the way says that estimates saturate (too few samples for
    the dimension: truth 50 reads from 33 down to 24). Details: ``scale`` k, ``dimension`` and the mean distance ``radius`` to neighbour
    2k. Scales that need more neighbours than there are samples are left out. Interval of the value as for ``twonn``: random halves have
    coarser scales, so it says how much the value varies. NaN with fewer than 2k + 1 different samples.
    """
    asked = sorted({*(2**i for i in range(LARGEST.bit_length())), scale})
    near = nearest_distances(data, 2 * scale, 2 * asked[-1])
    if isinstance(near, Outcome):
        return near
    possible = [k for k in asked if 2 * k <= near.r.shape[1]]
    curve = np.array([_dimension(near.r[:, 2 * k - 1] / near.r[:, k - 1], k) for k in possible])
    value = float(curve[possible.index(scale)])
    notes: dict[str, object] = {**near.notes, "scale": f"neighbours {scale} and {2 * scale}"}
    if not np.isfinite(value):
        notes["why"] = f"neighbours {scale} and {2 * scale} of every sample are equally far"
    radius = np.array([near.r[:, 2 * k - 1].mean() for k in possible])
    return Outcome(value, details={"scale": np.array(possible), "dimension": curve, "radius": radius}, notes=notes)


def _dimension(ratios: np.ndarray, k: int) -> float:
    """The root of the score for ratios μ (n,) of the distances to neighbours 2k and k; NaN where all are 1."""
    from scipy.optimize import brentq

    logs = np.log(ratios)
    n, total = len(logs), logs.sum()
    if total == 0:
        return float("nan")

    def score(D: float) -> float:
        x = D * logs
        # log μ / (1 − μ^−D) → 1/D as D log μ → 0; expm1 keeps what lies near it exact.
        bounded = np.where(x > SMALL, x, 1.0)
        terms = np.where(x > SMALL, bounded / -np.expm1(-bounded), 1 + x / 2) / D
        return float((n - 1) / D + (k - 1) * terms.sum() - (2 * k - 1) * total)

    # The score falls in D: for D → 0 it is above 0, and beyond the bound below it is under 0.
    guess = (n * (2 * k - 1)) / total
    low, high = guess, guess
    while score(low) <= 0:
        low /= 2
    while score(high) >= 0:
        high *= 2
    return float(brentq(score, low, high, xtol=1e-12 * high, rtol=1e-13))
