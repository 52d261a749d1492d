"""Within-class variability against between-class variability: the first of the four signs of neural collapse."""

from __future__ import annotations

import numpy as np

from repgeom_core.analyses.collapse.class_means import why_undefined
from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.inputs import Inputs

RANK_CUT = 1e-6  # singular values of the means below this share of the largest are not inverted


@analysis(
    title="NC1: within-class variability",
    needs=("moments",),
    invariant_to=("rotation", "translation", "scaling"),
    better="lower",
    null="shuffled labels",
    interval="groups",
    cost="O(n d²) once for the moments, O(K d min(K, d) + d² min(K, d)) after",
    bounds=(0, None),
    formula="NC1 = tr(Σ_W Σ_B⁺) / K",
    reference="Papyan, Han & Donoho, PNAS 2020, with the 1/K (the authors' notebook of 2022 omits it); μ_G is the mean of class means",
    oracle="numpy.linalg.pinv of Σ_B in float64",
    truths="ETF means of norm r with within-covariance σ²I: σ²(K−1)²/(K r²); 0 for collapsed features; digits 0.92634892",
)
def nc1_pinv(data: Inputs) -> Outcome:
    """Spread within classes, measured in units of the spread between them; 0 when every sample lies on its class mean.

    Σ_W and Σ_B are the covariances of samples about their class means and of class means about their mean. Σ_B has rank K − 1: its
    pseudo-inverse is taken on the singular vectors of the centred means in float64, so that no noise is inverted (float32 with the default
    cut gave −4·10⁸ where the truth was 0.0132). No (K, K) matrix is formed, and K may exceed d. NaN where all class means coincide, or
    there is one class only.
    """
    moments = data.moments
    if (why := why_undefined(moments)) is not None:
        return Outcome(float("nan"), notes={"why": why})
    _, s, directions = np.linalg.svd(moments.centred_means, full_matrices=False)
    kept = s > RANK_CUT * s[0]
    directions, between = directions[kept], s[kept] ** 2 / moments.K
    within = (directions @ moments.within_covariance * directions).sum(axis=1)
    return Outcome(
        float((within / between).sum() / moments.K),
        details={"within_by_direction": within, "between_by_direction": between},
    )
