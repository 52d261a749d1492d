"""How many principal components reach a share of the variance."""

from __future__ import annotations

import numpy as np

from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.analyses.parameters import Float
from repgeom_core.analyses.spectrum.shares import no_variance

SHARES = (0.90, 0.95, 0.99)


@analysis(
    title="Components for a share of the variance",
    needs=("spectrum",),
    parameters={"share": Float(0.90, 0.01, 1.0, "share of the variance to be reached")},
    invariant_to=("rotation", "translation", "scaling"),
    null="white Gaussian of the same shape",
    interval="jackknife",
    cost="O(n d²) once for the covariance, O(d³) after",
    unit="dimensions",
    bounds=(1, None),
    formula="min {k : Σ_{i≤k} λ_i ≥ share · Σλ}",
    reference="principal component analysis about the mean; the first k that reaches the share",
    oracle="sklearn.decomposition.PCA, explained_variance_ratio_",
    truths="k equal eigenvalues: ⌈share · k⌉; digits 21, 29, 41 for .90, .95, .99",
)
def n_components(data: Inputs, share: float = 0.90) -> Outcome:
    """How many principal components hold 90 % of the variance (or another share).

    The notes give .90, .95 and .99 whatever the share asked for. NaN where all samples are equal.
    """
    spectrum = data.spectrum
    if not spectrum.varies:
        return no_variance()
    cumulative = np.cumsum(spectrum.eigenvalues) / spectrum.eigenvalues.sum()
    return Outcome(
        float(_first_to_reach(cumulative, share)),
        details={"component": np.arange(1, spectrum.d + 1), "cumulative_share": cumulative},
        notes={f"{of:.2f}": _first_to_reach(cumulative, of) for of in SHARES},
    )


def _first_to_reach(cumulative: np.ndarray, share: float) -> int:
    # A sum that should be exactly the share may lie a rounding below it.
    return int(np.searchsorted(cumulative, share * (1 - 1e-12))) + 1
