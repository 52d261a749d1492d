"""RankMe: effective rank of the uncentred features."""

from __future__ import annotations

import numpy as np

from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.inputs import Inputs

EPSILON = 1e-7  # added to every share, as published


@analysis(
    title="RankMe",
    needs=("spectrum",),
    invariant_to=("rotation", "scaling"),
    null="white Gaussian of the same shape",
    interval="jackknife",
    cost="O(n d²) once for the covariance, O(d³) after",
    unit="dimensions",
    bounds=(1, None),
    formula="exp(−Σ p log p),  p = σ / Σσ + 1e-7",
    reference="Garrido et al., ICML 2023, eq. 1-2: singular values σ of the features as they are, not centred",
    oracle="numpy's SVD of the raw features",
    truths="k equal singular values of 64: k (7.0003 for 7, from the 1e-7); digits 29.6299",
)
def rankme(data: Inputs) -> Outcome:
    """How many directions the raw features use, their common mean included: a guess at downstream quality without labels.

    All min(n, d) singular values of the *uncentred* features count, zeros too (each adds some 1.6e-6 to the entropy), so a large common
    offset lowers it. Some packages take covariance eigenvalues instead: other numbers. NaN where all features are zero.
    """
    singular_values = data.spectrum.uncentred_singular_values
    if not singular_values.sum() > 0:
        return Outcome(float("nan"), notes={"why": "all features are zero"})
    shares = singular_values / singular_values.sum() + EPSILON
    return Outcome(float(np.exp(-(shares * np.log(shares)).sum())), details={"singular_values": singular_values})
