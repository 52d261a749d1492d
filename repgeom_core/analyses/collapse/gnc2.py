"""Generalised NC2: are the directions of class means spread uniformly, also when there are more classes than dimensions?"""

from __future__ import annotations

import numpy as np

from repgeom_core.analyses.collapse.class_means import ROUNDING, directions, why_without_direction
from repgeom_core.analyses.collapse.pairs import class_pairs, squared_distances
from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.analyses.parameters import Choice, Int


@analysis(
    title="GNC2: uniformity of class directions",
    needs=("moments",),
    parameters={
        "kernel": Choice("logarithmic", ("logarithmic", "riesz"), "interaction of two directions: log(1/distance) or distance^−s"),
        "power": Int(0, 0, 10_000, "s of the Riesz kernel; 0: d − 2"),
    },
    invariant_to=("rotation", "translation", "scaling"),
    better="lower",
    null="random means",
    interval="groups",
    cost="O(n d²) once for the moments, O(K² d) after (K ≤ 3000), above it O(10⁶ d) on sampled pairs",
    bounds=(0, None),
    formula="std / |mean| over i < j of log(1/‖M̂_i − M̂_j‖), M̂_k = M_k/‖M_k‖; Riesz: of ‖M̂_i − M̂_j‖^−s",
    reference="Wu & Papyan, Linguistic Collapse, NeurIPS 2024 (GNC2 with the logarithmic kernel of Liu et al. 2023); M_k = μ_k − μ_G",
    oracle="scipy.spatial.distance.pdist of the normalised means",
    truths="0 for ETF means and for two classes; digits 0.31313557",
)
def gnc2(data: Inputs, kernel: str, power: int) -> Outcome:
    """How unevenly the directions of the class means are spread over the sphere; 0 when every two are equally far apart.

    The coefficient of variation of the logarithmic interaction of pairs. Its mean approaches 0 as cosines approach ½ (distance 1), where
    the coefficient means little: mean and standard deviation are both in the notes. ``interactions`` in the details is the matrix class by
    class (NaN on the diagonal), ``per_class`` the mean over a class's pairs. Above 3000 classes about a million pairs are drawn, the same
    number for each class, and there is no matrix. The Riesz kernel (``power``: its exponent) weighs the closest pairs far more; its
    interactions are in units of that of the closest pair, so that exponents as large as d − 2 do not overflow (in two dimensions or fewer
    d − 2 means the logarithm). NaN where a class mean has no direction, two have the same, or there is one class only.
    """
    moments = data.moments
    if (why := why_without_direction(moments)) is not None:
        return Outcome(float("nan"), notes={"why": why})
    pairs = class_pairs(moments.K, data.rng)
    distances = squared_distances(directions(moments), pairs)
    same = np.flatnonzero(distances <= ROUNDING**2)
    if len(same):
        a, b = moments.classes[pairs.first[same[0]]], moments.classes[pairs.second[same[0]]]
        return Outcome(float("nan"), notes={"why": f"the means of classes {a} and {b} have the same direction"})
    logs = -np.log(distances) / 2
    exponent = (power or max(data.d - 2, 0)) if kernel == "riesz" else 0
    interactions = np.exp(exponent * (logs - logs.max())) if exponent else logs
    mean, std = float(interactions.mean()), float(interactions.std())
    notes = {"mean": mean, "std": std, **pairs.notes, **({"exponent": exponent} if kernel == "riesz" else {})}
    if mean == 0:
        return Outcome(float("nan"), notes={"why": "the mean interaction is 0", **notes})
    return Outcome(std / abs(mean), pairs.details("interactions", interactions, np.nan, moments.classes), notes)
