"""Distance of the class means from a simplex equiangular tight frame."""

from __future__ import annotations

from repgeom_core.analyses.collapse.class_means import why_undefined
from repgeom_core.analyses.collapse.frames import Frame, simplex_etf
from repgeom_core.analyses.collapse.pairs import EXACT
from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.inputs import Inputs


@analysis(
    title="NC2: distance from a simplex ETF",
    needs=("moments",),
    invariant_to=("rotation", "translation", "scaling"),
    better="lower",
    null="random means",
    interval="groups",
    cost="O(n d²) once for the moments, O(K² d) after (O(K d²) for K > 3000)",
    bounds=(0, 2),
    formula="‖MMᵀ/‖MMᵀ‖_F − E‖_F, E = (I − 11ᵀ/K)/√(K−1)",
    reference="Zhu et al., A Geometric Analysis of Neural Collapse, NeurIPS 2021 (there of WWᵀ); μ_G is the mean of class means",
    oracle="√(2 − 2√(PR/(K−1))), PR the participation ratio of the eigenvalues of Σ_B",
    truths="0 (3e-16) for ETF means; 0 for two classes always; digits 0.66961952; ten random means: 0.636 (d=16), 0.144 (d=512)",
)
def etf_error(data: Inputs) -> Outcome:
    """How far the class means are from a regular simplex, in norms and angles at once; 0 for a perfect one.

    Of the centred means M_k = μ_k − μ_G, so one number for both halves of NC2. Random means approach 0 too as d grows: read it beside its
    null. ``gram`` and ``target`` in the details are the two matrices compared (up to 3000 classes; above, the same number is found without
    them). NaN where all class means coincide, or there is one class only.
    """
    moments = data.moments
    if (why := why_undefined(moments)) is not None:
        return Outcome(float("nan"), notes={"why": why})
    frame, M = simplex_etf(moments.K), moments.centred_means
    details = {"classes": moments.classes}
    if moments.K <= EXACT:
        details |= {"gram": Frame.normalised(M, M), "target": frame.matrix}
    return Outcome(frame.distance(M, M), details)
