"""Participation ratio of the covariance eigenvalues, and IsoScore, which is the same on a scale from 0 to 1."""

from __future__ import annotations

from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.analyses.spectrum.shares import no_variance


@analysis(
    title="Participation ratio (IsoScore)",
    needs=("spectrum",),
    invariant_to=("rotation", "translation", "scaling"),
    null="white Gaussian of the same shape",
    interval="jackknife",
    cost="O(n d²) once for the covariance, O(d²) after",
    unit="dimensions",
    bounds=(1, None),
    formula="PR = (Σλ)² / Σλ²,  IsoScore = (PR − 1) / (d − 1)",
    reference="Gao et al., bioRxiv 214262 (2017); IsoScore: Rudman et al., ACL Findings 2022; λ of the covariance about the mean",
    oracle="eigenvalues from numpy's SVD of the centred features; IsoScore by its own definition (defect of the normalised spectrum)",
    truths="k equal eigenvalues of d: k, IsoScore (k−1)/(d−1); digits 13.1685 and .193151",
)
def participation_ratio(data: Inputs) -> Outcome:
    """How many directions share the variance of the features: 1 when all lies on a line, d when the cloud is round.

    Computed as (tr C)² / ‖C‖_F² from the covariance C, all d units counted. IsoScore is the same quantity between 0 and 1 and stands in
    the notes. With n not far above d the value is bounded by n − 1 and grows with n: compare equal n, or with the null. NaN where all
    samples are equal.
    """
    spectrum = data.spectrum
    if not spectrum.varies:
        return no_variance()
    value = spectrum.total_variance**2 / float((spectrum.covariance**2).sum())
    isoscore = (value - 1) / (spectrum.d - 1) if spectrum.d > 1 else float("nan")
    return Outcome(value, notes={"isoscore": isoscore} if spectrum.d > 1 else {"isoscore": "not defined for d = 1"})
