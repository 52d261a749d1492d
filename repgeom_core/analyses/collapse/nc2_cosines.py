"""Equal angles: the second half of the second sign of neural collapse."""

from __future__ import annotations

import numpy as np

from repgeom_core.analyses.collapse.class_means import directions, why_without_direction
from repgeom_core.analyses.collapse.pairs import class_pairs, squared_distances
from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.analyses.parameters import Choice


@analysis(
    title="NC2: cosines between class means",
    needs=("moments",),
    parameters={
        "statistic": Choice(
            "deviation",
            ("deviation", "mean", "std"),
            "deviation: mean |cos + 1/(K−1)|, 0 for a simplex; mean: mean cosine; std: 0 where all angles are equal",
        )
    },
    invariant_to=("rotation", "translation", "scaling"),
    better="lower",
    null="random means",
    interval="groups",
    cost="O(n d²) once for the moments, O(K² d) after (K ≤ 3000), above it O(10⁶ d) on sampled pairs",
    bounds=(-1, 2),
    formula="mean over i < j of |cos(M_i, M_j) + 1/(K−1)|; also mean and standard deviation of cos(M_i, M_j)",
    reference="Papyan, Han & Donoho, PNAS 2020, NC2 (equiangularity and maximal angle); μ_G is the mean of class means",
    oracle="sklearn.metrics.pairwise.cosine_similarity of the centred means",
    truths="ETF means: every cosine −1/(K−1), deviation 0; two classes: −1; digits mean −0.10621940, deviation 0.19489381",
)
def nc2_cosines(data: Inputs, statistic: str) -> Outcome:
    """How far the angles between class means are from those of a regular simplex; 0 when each two means are as far apart as can be.

    The cosines are those of the centred means M_k = μ_k − μ_G. All three statistics are in the notes; ``cosines`` in the details is the
    matrix class by class, ``per_class`` the mean deviation over a class's pairs. Above 3000 classes about a million pairs are drawn, the
    same number for each class, and there is no matrix. NaN where some class mean has no direction, or there is one class only.
    """
    moments = data.moments
    if (why := why_without_direction(moments)) is not None:
        return Outcome(float("nan"), notes={"why": why})
    pairs = class_pairs(moments.K, data.rng)
    cosines = 1 - squared_distances(directions(moments), pairs) / 2
    target = -1 / (moments.K - 1)
    deviations = np.abs(cosines - target)
    found = {"deviation": float(deviations.mean()), "mean": float(cosines.mean()), "std": float(cosines.std())}
    details = pairs.details("cosines", cosines, 1.0, moments.classes)
    details["per_class"] = pairs.mean_by_class(deviations)
    return Outcome(found[statistic], details, {**found, "target": target, **pairs.notes})
