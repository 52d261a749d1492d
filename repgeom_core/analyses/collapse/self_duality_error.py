"""Self-duality: do classifier rows point where class means do? The third sign of neural collapse."""

from __future__ import annotations

import numpy as np

from repgeom_core.analyses.collapse.class_means import alignment, classifier_rows, why_undefined
from repgeom_core.analyses.collapse.frames import simplex_etf
from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.analyses.parameters import Choice


@analysis(
    title="NC3: self-duality of classifier and class means",
    needs=("moments", "head"),
    parameters={"form": Choice("B", ("B", "A"), "B: distance of classifier and means; A: distance of WMᵀ from a simplex ETF")},
    invariant_to=("rotation", "translation", "scaling"),
    better="lower",
    null="random head",
    interval="groups",
    cost="O(n d²) once for the moments, O(K d) after (form A: O(K² d))",
    bounds=(0, 2),
    formula="B: ‖W/‖W‖_F − M/‖M‖_F‖_F; A: ‖WMᵀ/‖WMᵀ‖_F − E‖_F",
    reference="B: Papyan, Han & Donoho, PNAS 2020, NC3; A: Zhu et al., NeurIPS 2021; M centred with the mean of class means, W as it is",
    oracle="√(2 − 2⟨W, M⟩/(‖W‖‖M‖)), and cosines by scipy",
    truths="0 for W = a M, a > 0; 2 for W = −M; √2 for orthogonal W; A is 0 for an ETF that is its own classifier",
)
def self_duality_error(data: Inputs, form: str) -> Outcome:
    """How far the classifier's rows are from the class means, once both are scaled to the same length; 0 when they are the same.

    Rows of the head whose class has no sample here are left out. ``per_class`` in the details is cos(w_k, M_k), 1 for a class whose row
    points along its mean (NaN where one of them is 0). A head and means in random directions give about √2 in form B. NaN where all class
    means coincide, the head is 0, or there is one class only.
    """
    moments, (head, _) = data.moments, data.head
    W, M = classifier_rows(moments, head), moments.centred_means
    why = why_undefined(moments) or (None if W.any() else "the head is 0")
    if why is not None:
        return Outcome(float("nan"), notes={"why": why})
    if form == "A":
        value = simplex_etf(moments.K).distance(W, M)
    else:
        value = float(np.linalg.norm(W / np.linalg.norm(W) - M / np.linalg.norm(M)))
    if not np.isfinite(value):
        return Outcome(float("nan"), notes={"why": "classifier rows and class means are orthogonal"})
    return Outcome(value, {"per_class": alignment(W, M), "classes": moments.classes})
