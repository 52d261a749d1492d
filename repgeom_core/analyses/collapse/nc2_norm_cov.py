"""Equal norms: the first half of the second sign of neural collapse."""

from __future__ import annotations

from repgeom_core.analyses.collapse.class_means import norms, why_undefined
from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.inputs import Inputs


@analysis(
    title="NC2: variation of the norms of class means",
    needs=("moments",),
    invariant_to=("rotation", "translation", "scaling"),
    better="lower",
    null="random means",
    interval="groups",
    cost="O(n d²) once for the moments, O(K d) after",
    bounds=(0, None),
    formula="std_k ‖M_k‖ / mean_k ‖M_k‖, M_k = μ_k − μ_G",
    reference="Papyan, Han & Donoho, PNAS 2020, NC2 (equinorm); standard deviation divided by K; μ_G is the mean of class means",
    oracle="scipy.stats.variation of the norms",
    truths="0 for ETF means; 0 for two classes always; digits 0.17144756",
)
def nc2_norm_cov(data: Inputs) -> Outcome:
    """How unequal the distances of the class means from their centre are; 0 when all are equally far.

    The coefficient of variation: standard deviation (divided by K) over mean. With two classes it is 0 by construction. NaN where all class
    means coincide, or there is one class only.
    """
    moments = data.moments
    if (why := why_undefined(moments)) is not None:
        return Outcome(float("nan"), notes={"why": why})
    lengths = norms(moments)
    return Outcome(float(lengths.std() / lengths.mean()), {"per_class": lengths, "classes": moments.classes, "class_sizes": moments.counts})
