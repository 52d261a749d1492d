"""Does the classifier decide as the nearest class mean would? The fourth sign of neural collapse."""

from __future__ import annotations

import numpy as np

from repgeom_core.analyses.collapse.class_means import classifier_rows, why_undefined
from repgeom_core.analyses.collapse.decisions import highest, nearest_mean, share_by_class
from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.inputs import Inputs


@analysis(
    title="NC4: agreement with the nearest class mean",
    needs=("features", "labels", "moments", "head"),
    invariant_to=("rotation",),
    better="higher",
    null="shuffled labels",
    interval="halves",
    cost="O(n d²) once for the moments, O(n d K) after",
    bounds=(0, 1),
    formula="share of samples with argmax_k (w_k·x + b_k) = argmin_k ‖x − μ_k‖",
    reference="Papyan, Han & Donoho, PNAS 2020, NC4 (there the mismatch, 1 − agreement), with the bias",
    oracle="sklearn NearestCentroid against the logits",
    truths="1 for collapsed features whose head is their means; 0 for its negative with K = 2; without the bias it is another number",
)
def nc4_agreement(data: Inputs) -> Outcome:
    """On how many samples the classifier and the nearest class mean decide alike; 1 at collapse, whether or not they are right.

    Not the accuracy of nearest means (``ncc_accuracy``). The classifier decides among all its rows, with its bias; the nearest mean among
    the classes that have samples. Ties go to the lower class. In the details, ``per_sample`` says where both agree,
    ``per_sample_classifier`` and ``per_sample_nearest_mean`` what each decides, ``per_class`` the agreement by true class. NaN where all
    class means coincide, or there is one class only.
    """
    moments, (W, b), y = data.moments, data.head, data.y
    classifier_rows(moments, W)  # raises where a class has no row
    if (why := why_undefined(moments)) is not None:
        return Outcome(float("nan"), notes={"why": why})
    decided, nearest = np.empty(data.n, np.int64), np.empty(data.n, np.int64)
    for where, block in data.chunks():
        decided[where], nearest[where] = highest(block, W, b), nearest_mean(block, moments)
    agrees = decided == nearest
    details = {
        "per_sample": agrees,
        "per_sample_classifier": decided,
        "per_sample_nearest_mean": nearest,
        "per_class": share_by_class(agrees, y, moments),
        "classes": moments.classes,
    }
    return Outcome(float(agrees.mean()), details, {"mismatch": float(1 - agrees.mean())})
