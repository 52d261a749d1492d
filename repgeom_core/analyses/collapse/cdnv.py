"""Class-distance normalised variance: how well each two classes are apart for their spread."""

from __future__ import annotations

import numpy as np

from repgeom_core.analyses.collapse.class_means import rounding_length, why_undefined
from repgeom_core.analyses.collapse.pairs import class_pairs, squared_distances
from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.inputs import Inputs


@analysis(
    title="CDNV: class-distance normalised variance",
    needs=("moments",),
    invariant_to=("rotation", "translation", "scaling"),
    better="lower",
    null="shuffled labels",
    interval="groups",
    cost="O(n d²) once for the moments, O(K² d) after (K ≤ 3000), above it O(10⁶ d) on sampled pairs",
    bounds=(0, None),
    formula="V_ij = (v_i + v_j) / (2 ‖μ_i − μ_j‖²), mean over i < j",
    reference="Galanti, György & Hutter, On the Role of Neural Collapse in Transfer Learning, ICLR 2022",
    oracle="a double loop over classes on the features themselves",
    truths="ETF means of norm r with within-covariance σ²I: σ²d(K−1)/(2r²K); two Gaussians N(μ, s²I): d s²/‖Δμ‖²; digits 0.71528269",
)
def cdnv(data: Inputs) -> Outcome:
    """How much two classes spread compared with the distance of their means, on average over all pairs of classes.

    v_k is the mean squared distance of a class's samples to its mean (divided by n_k). ``cdnv`` in the details is the matrix class by class
    (NaN on the diagonal), ``per_class`` the mean over a class's pairs. Above 3000 classes about a million pairs are drawn, the same number
    for each class, and there is no matrix. NaN where two class means coincide, or there is one class only.
    """
    moments = data.moments
    if (why := why_undefined(moments)) is not None:
        return Outcome(float("nan"), notes={"why": why})
    pairs = class_pairs(moments.K, data.rng)
    distances = squared_distances(moments.centred_means, pairs)
    same = np.flatnonzero(distances <= rounding_length(moments) ** 2)
    if len(same):
        a, b = moments.classes[pairs.first[same[0]]], moments.classes[pairs.second[same[0]]]
        return Outcome(float("nan"), notes={"why": f"the means of classes {a} and {b} coincide"})
    v = moments.variances
    values = (v[pairs.first] + v[pairs.second]) / (2 * distances)
    notes = {**pairs.notes, "lowest": float(values.min()), "highest": float(values.max())}
    return Outcome(float(values.mean()), pairs.details("cdnv", values, np.nan, moments.classes), notes)
