"""Numerical rank and condition number of the centred features."""

from __future__ import annotations

from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.analyses.parameters import Float


@analysis(
    title="Numerical rank",
    needs=("spectrum",),
    parameters={"tolerance": Float(1e-6, 1e-7, 0.5, "singular values up to this share of the first count as zero")},
    invariant_to=("rotation", "translation", "scaling"),
    null="white Gaussian of the same shape",
    interval="none",
    cost="O(n d²) once for the covariance, O(d³) after",
    unit="dimensions",
    bounds=(0, None),
    formula="#{i : σ_i > tolerance · σ₁}",
    reference="Golub & Van Loan, Matrix Computations, 5.4.1; of the features about their mean",
    oracle="numpy.linalg.matrix_rank",
    truths="rank-r products have rank r; n samples in general position n − 1; digits 61 of 64",
)
def numerical_rank(data: Inputs, tolerance: float = 1e-6) -> Outcome:
    """How many directions the features span at all, however weakly.

    The condition number σ₁/σ_rank stands in the notes. A fact about these samples rather than an estimate, so it has no interval: fewer
    samples span less. 0 where all samples are equal.
    """
    singular_values = data.spectrum.singular_values
    first = singular_values[0] if data.spectrum.varies else 0.0
    rank = int((singular_values > tolerance * first).sum()) if first > 0 else 0
    notes = {"condition_number": float(first / singular_values[rank - 1])} if rank else {"why": "all samples are equal"}
    return Outcome(float(rank), details={"singular_values": singular_values}, notes=notes)
