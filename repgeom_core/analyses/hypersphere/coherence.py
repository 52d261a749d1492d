"""Coherence of class means: how close the closest two of their directions are."""

from __future__ import annotations

from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.hypersphere.coherence_bounds import coherence_of
from repgeom_core.analyses.inputs import Inputs


@analysis(
    title="Coherence of class means",
    needs=("moments",),
    invariant_to=("rotation", "translation", "scaling"),
    better="lower",
    null="random means",
    interval="groups",
    cost="O(n d) once for the moments, O(K² d) after",
    bounds=(0, 1),
    formula="max_{k<l} |M_k·M_l| / (‖M_k‖‖M_l‖), M_k = μ_k − μ_G; Welch bound √((K−d)/(d(K−1))) for K > d",
    reference="Welch 1974; Strohmer & Heath 2003; Shen, Sun & Wei, CVPR 2023 (Equiangular Basis Vectors). μ_G is the mean of class means",
    oracle="the off-diagonal of numpy.corrcoef-like products written plainly",
    truths="simplex ETF 1/(K−1); three directions at 120° in the plane meet the Welch bound 1/2; Welch(1000, 100) = .094916",
)
def coherence(data: Inputs) -> Outcome:
    """How much the two most similar class directions have in common: 0 at right angles, 1 when two classes share (or oppose) a direction.

    Directions are those of the class means from their common mean, so that K of them have at least 1/(K − 1) where d ≥ K − 1 (reached by a
    simplex ETF), and at least the Welch bound where there are more classes than dimensions; both are in the notes, with the mean of the
    absolute cosines, the frame bounds (smallest and largest eigenvalue that is not 0) and the frame potential Σ cos². Per class: the
    closest other class. Matrix ``cosines`` up to 3000 classes. NaN for one class, or coinciding means.
    """
    return coherence_of(data.moments.centred_means, data.moments.classes)
