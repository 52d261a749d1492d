"""Uniform duality: is every class's mean as well aligned with its classifier row as any other's?"""

from __future__ import annotations

from repgeom_core.analyses.collapse.class_means import alignment, classifier_rows, why_without_direction
from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.inputs import Inputs


@analysis(
    title="UNC3: uniformity of self-duality",
    needs=("moments", "head"),
    invariant_to=("rotation", "translation", "scaling"),
    better="lower",
    null="random head",
    interval="groups",
    cost="O(n d²) once for the moments, O(K d) after",
    bounds=(0, 1),
    formula="std_k cos(w_k, M_k), M_k = μ_k − μ_G",
    reference="Wu & Papyan, Linguistic Collapse, NeurIPS 2024 (UNC3), as a standard deviation divided by K; W not centred",
    oracle="scipy.spatial.distance.cosine row by row",
    truths="0 for W = a M, for W = −M, and for an ETF; K = 2 with one row turned round: 1",
)
def unc3(data: Inputs) -> Outcome:
    """How differently well the classes' means and classifier rows point the same way; 0 when all are aligned alike, however well.

    The many-class form of NC3: with more classes than dimensions rows cannot all coincide with means, but may be alike. The mean cosine is
    in the notes, each in ``per_class``. Rows of the head whose class has no sample here are left out. NaN where a class mean or a row has
    no direction, or there is one class only.
    """
    moments, (head, _) = data.moments, data.head
    W = classifier_rows(moments, head)
    why = why_without_direction(moments) or (None if W.any(axis=1).all() else "a row of the head is 0")
    if why is not None:
        return Outcome(float("nan"), notes={"why": why})
    cosines = alignment(W, moments.centred_means)
    return Outcome(float(cosines.std()), {"per_class": cosines, "classes": moments.classes}, {"mean": float(cosines.mean())})
