"""Effective rank from the entropy of the singular values of the centred features."""

from __future__ import annotations

import numpy as np

from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.analyses.spectrum.shares import entropy_of_shares, no_variance


@analysis(
    title="Effective rank (entropy of singular values)",
    needs=("spectrum",),
    invariant_to=("rotation", "translation", "scaling"),
    null="white Gaussian of the same shape",
    interval="jackknife",
    cost="O(n d²) once for the covariance, O(d³) after",
    unit="dimensions",
    bounds=(1, None),
    formula="exp H(σ / Σσ)",
    reference="Roy & Vetterli, EUSIPCO 2007, definition 1, of the features about their mean",
    oracle="scipy.stats.entropy of the singular values from numpy's SVD",
    truths="k equal singular values: k; digits 39.7074",
)
def effective_rank_sv(data: Inputs) -> Outcome:
    """How many directions the features use, counted by the entropy of singular values, where small directions weigh a lot.

    σ are the singular values of the features about their mean (not squared: that is ``effective_rank``; not uncentred: that is RankMe).
    They are exact down to some 1e-7 of the first and zero below. NaN where all samples are equal.
    """
    spectrum = data.spectrum
    if not spectrum.varies:
        return no_variance()
    return Outcome(float(np.exp(entropy_of_shares(spectrum.singular_values))), details={"singular_values": spectrum.singular_values})
