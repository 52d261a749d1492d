"""Eigenvalues above the noise: the count beyond the Marchenko-Pastur edge."""

from __future__ import annotations

import numpy as np

from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.analyses.spectrum.marchenko_pastur import mp_edges
from repgeom_core.analyses.spectrum.shares import no_variance

CONSTANT = 1e-7  # units with a standard deviation up to this share of the largest are constant


@analysis(
    title="Eigenvalues above the noise edge",
    needs=("spectrum",),
    invariant_to=("translation", "scaling", "unit permutation", "unit scaling"),
    null="shuffled columns",
    interval="jackknife",
    cost="O(n d²) once for the covariance, O(d³) after",
    unit="directions",
    bounds=(0, None),
    formula="#{i : λ_i > (1 + √(d/n))²},  λ of the standardised units",
    reference="Marchenko & Pastur 1967; units standardised (σ² = 1), constant ones left out of d",
    oracle="eigenvalues of numpy.corrcoef",
    truths="white noise at γ = ¼: edges .25, 2.25, none far above; digits: edge 1.40243 on 61 units, 12 above",
)
def n_above_edge(data: Inputs) -> Outcome:
    """How many directions carry more correlation than independent units would show by chance.

    Units are standardised first, so that strong units do not pass for structure, and constant ones are left out. The notes give both
    edges of the noise and the frozen share max(0, 1 − n/d) of directions without any sample. NaN where all samples are equal.
    """
    spectrum = data.spectrum
    if not spectrum.varies:
        return no_variance()
    deviations = np.sqrt(np.maximum(np.diag(spectrum.covariance), 0))
    kept = deviations > CONSTANT * deviations.max()
    correlation = spectrum.covariance[np.ix_(kept, kept)] / np.outer(deviations[kept], deviations[kept])
    eigenvalues = np.maximum(np.linalg.eigvalsh(correlation)[::-1], 0)
    units = int(kept.sum())
    lower, upper = mp_edges(spectrum.n, units)
    return Outcome(
        float((eigenvalues > upper).sum()),
        details={"eigenvalues": eigenvalues, "edges": np.array([lower, upper])},
        notes={
            "lower_edge": lower,
            "upper_edge": upper,
            "units": units,
            "constant_units_left_out": spectrum.d - units,
            "frozen_share": max(0.0, 1 - spectrum.n / units),
        },
    )
