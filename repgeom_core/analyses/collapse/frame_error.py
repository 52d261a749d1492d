"""Distance of the uncentred class means from the frame that a loss and class sizes predict."""

from __future__ import annotations

import numpy as np

from repgeom_core.analyses.collapse.frames import Frame, general_orthogonal_frame, orthogonal_frame, simplex_etf
from repgeom_core.analyses.collapse.pairs import EXACT
from repgeom_core.analyses.collapse.ufm import squared_feature_norms
from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.analyses.parameters import Choice, Float


@analysis(
    title="Distance from a chosen frame",
    needs=("moments",),
    parameters={
        "target": Choice(
            "orthogonal",
            ("etf", "orthogonal", "general orthogonal"),
            "etf: regular simplex about the origin; orthogonal: right angles, equal norms; general orthogonal: norms from class sizes",
        ),
        "regularisation": Float(
            0.0, 0.0, 1.0, "√(λ_W λ_H), the weight decays of classifier and features, for the general orthogonal frame only"
        ),
    },
    invariant_to=("rotation", "scaling"),
    better="lower",
    null="random means",
    interval="groups",
    cost="O(n d²) once for the moments, O(K² d) after (O(K d²) for K > 3000)",
    bounds=(0, 2),
    formula="‖UUᵀ/‖UUᵀ‖_F − T‖_F, U the class means μ_k; T = E, I/√K, or diag(‖h_k‖²)/‖·‖_F",
    reference="Dang et al., Neural Collapse in Deep Linear Networks: From Balanced to Imbalanced Data, ICML 2023; means not centred",
    oracle="Gram matrix and target written out entry by entry",
    truths="0 for the frame itself; an orthogonal frame read as ETF: √(2 − 2√((K−1)/K)); an ETF read as orthogonal: the same",
)
def frame_error(data: Inputs, target: str, regularisation: float) -> Outcome:
    """How far the class means, as seen from the origin, are from the frame that training is predicted to reach; 0 when they form it.

    Unlike ``etf_error`` the means are not centred, because a network without bias places them about the origin. The general orthogonal
    frame has right angles and, as in the unconstrained-features model, squared norms ‖h_k‖² proportional to q_k/√n_k with q_k = max(0, 1 −
    n c/√n_k), where c is ``regularisation`` (the other targets do not depend on it): smaller classes lie farther out, until they vanish.
    NaN where all class means are 0, all classes would vanish, or there is one class only.
    """
    moments = data.moments
    if moments.K < 2:
        return Outcome(float("nan"), notes={"why": "one class"})
    if not moments.means.any():
        return Outcome(float("nan"), notes={"why": "all class means are 0"})
    if target == "etf":
        frame = simplex_etf(moments.K)
    elif target == "orthogonal":
        frame = orthogonal_frame(moments.K)
    else:
        squared = squared_feature_norms(moments.counts, 1.0, regularisation**2) if regularisation else 1 / np.sqrt(moments.counts)
        if not squared.any():
            return Outcome(float("nan"), notes={"why": "with this regularisation every class vanishes"})
        frame = general_orthogonal_frame(squared)
    details = {"classes": moments.classes, "class_sizes": moments.counts}
    if moments.K <= EXACT:
        details |= {"gram": Frame.normalised(moments.means, moments.means), "target": frame.matrix}
    return Outcome(frame.distance(moments.means, moments.means), details)
