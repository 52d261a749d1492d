"""How often the nearest class mean is the right one."""

from __future__ import annotations

from repgeom_core.analyses.collapse.class_means import why_undefined
from repgeom_core.analyses.collapse.decisions import nearest_means, share_by_class
from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.inputs import Inputs


@analysis(
    title="Accuracy of the nearest class mean",
    needs=("features", "labels", "moments"),
    invariant_to=("rotation", "translation", "scaling"),
    better="higher",
    null="shuffled labels",
    interval="halves",
    cost="O(n d²) once for the moments, O(n d K) after",
    bounds=(0, 1),
    formula="share of samples with argmin_k ‖x − μ_k‖ = y",
    reference="nearest-centroid classifier (Tibshirani et al. 2002 without shrinkage), Euclidean; means of the same samples",
    oracle="sklearn.neighbors.NearestCentroid",
    truths="1 for collapsed features; digits 0.90484140, shuffled labels 0.148 (not 0.10: each sample is part of its mean)",
)
def ncc_accuracy(data: Inputs) -> Outcome:
    """On how many samples the nearest class mean is that of the sample's own class.

    Means and accuracy are of the same samples, which flatters small classes (a class of one sample is always right): read it beside its
    null, which is flattered alike. Ties go to the lower class. In the details, ``per_sample`` says where it is right, ``labels`` the class
    of the nearest mean, ``per_class`` the accuracy by class. NaN where all class means coincide, or there is one class only.
    """
    moments, y = data.moments, data.y
    if (why := why_undefined(moments)) is not None:
        return Outcome(float("nan"), notes={"why": why})
    nearest = nearest_means(data.chunks(), data.n, moments)
    right = nearest == y
    details = {"per_sample": right, "labels": nearest, "per_class": share_by_class(right, y, moments), "classes": moments.classes}
    return Outcome(float(right.mean()), details)
