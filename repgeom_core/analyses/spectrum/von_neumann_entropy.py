"""Von Neumann entropy of the covariance as a density matrix."""

from __future__ import annotations

from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.analyses.spectrum.shares import entropy_of_shares, no_variance


@analysis(
    title="Von Neumann entropy",
    needs=("spectrum",),
    invariant_to=("rotation", "translation", "scaling"),
    null="white Gaussian of the same shape",
    interval="jackknife",
    cost="O(n d²) once for the covariance, O(d³) after",
    unit="nats",
    bounds=(0, None),
    formula="S = −tr(ρ log ρ),  ρ = C / tr C",
    reference="von Neumann entropy of the trace-normalised covariance about the mean; natural logarithm; its exponential is effective_rank",
    oracle="−tr(ρ logm ρ) by scipy.linalg.logm",
    truths="k equal eigenvalues: log k; digits 3.02302",
)
def von_neumann_entropy(data: Inputs) -> Outcome:
    """How evenly the variance is spread over directions: 0 when all lies on a line, log d when the cloud is round.

    In nats. NaN where all samples are equal.
    """
    spectrum = data.spectrum
    if not spectrum.varies:
        return no_variance()
    return Outcome(max(entropy_of_shares(spectrum.eigenvalues), 0.0), details={"eigenvalues": spectrum.eigenvalues})
