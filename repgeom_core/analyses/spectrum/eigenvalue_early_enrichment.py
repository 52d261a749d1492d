"""Eigenvalue early enrichment (EEE): how far the variance runs ahead of an even spread."""

from __future__ import annotations

import numpy as np

from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.analyses.spectrum.shares import no_variance


@analysis(
    title="Eigenvalue early enrichment (EEE)",
    needs=("spectrum",),
    invariant_to=("rotation", "translation", "scaling"),
    null="white Gaussian of the same shape",
    interval="jackknife",
    cost="O(n d²) once for the covariance, O(d³) after",
    bounds=(0, 1),
    formula="∫ (c_i − i/d) di / (d/2),  c_i = Σ_{j≤i} λ_j / Σλ,  trapezoid over i = 1..d",
    reference="Reliable Measures of Spread in High Dimensional Latent Spaces (ICML 2023); zero eigenvalues included",
    oracle="numpy.trapezoid over the eigenvalues of numpy's SVD",
    truths="k equal of d: (1−k/d) − (1/k−1/d)/d; k=1, d=8: .765625; digits .752777; 100-d sphere .0363",
)
def eigenvalue_early_enrichment(data: Inputs) -> Outcome:
    """How much the first directions hold more than their share: 0 for a round cloud, towards 1 when one direction holds everything.

    Twice the area between the cumulative spectrum and the diagonal, over all d eigenvalues. With n not far above d a round cloud reads
    above 0, so compare with the null. NaN where all samples are equal, or d = 1.
    """
    spectrum = data.spectrum
    if not spectrum.varies:
        return no_variance()
    if spectrum.d == 1:
        return Outcome(float("nan"), notes={"why": "there is one dimension only"})
    i = np.arange(1, spectrum.d + 1)
    cumulative = np.cumsum(spectrum.eigenvalues) / spectrum.eigenvalues.sum()
    area = float(np.trapezoid(cumulative - i / spectrum.d, i))
    return Outcome(max(area, 0.0) / (spectrum.d / 2), details={"i": i, "cumulative_share": cumulative, "even_share": i / spectrum.d})
