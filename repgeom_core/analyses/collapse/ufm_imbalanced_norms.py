"""Classifier norms against those that the unconstrained-features model predicts from class sizes, and which classes vanish."""

from __future__ import annotations

import numpy as np

from repgeom_core.analyses.collapse.class_means import classifier_rows
from repgeom_core.analyses.collapse.ufm import minority_threshold, squared_classifier_norms, squared_feature_norms
from repgeom_core.analyses.contract import INVARIANCES, Outcome, analysis
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.analyses.parameters import Float

CURVE = 200  # points of the theory curve


@analysis(
    title="Classifier norms against theory for unequal classes",
    needs=("moments", "head"),
    parameters={
        "classifier_decay": Float(5e-4, 1e-12, 1.0, "λ_W, the weight decay of the classifier in training"),
        "feature_decay": Float(5e-4, 1e-12, 1.0, "λ_H, the decay of features that the weight decay of the layers before amounts to"),
    },
    invariant_to=tuple(INVARIANCES),  # features only give the class sizes
    better="lower",
    interval="groups",
    cost="O(n d²) once for the moments, O(K d) after",
    bounds=(0, 2**0.5),
    formula="‖a/‖a‖ − t/‖t‖‖, a_k = ‖w_k‖², t_k = max(0, √(n_k λ_H/λ_W) − n λ_H)",
    reference="Dang et al., Neural Collapse in Deep Linear Networks: From Balanced to Imbalanced Data, ICML 2023; loss (1/2n)‖WH − Y‖²",
    oracle="gradient descent on the model itself",
    truths="0 for a head of the predicted norms; n_k = (200, 100, 50, 4), λ = 0.002: ‖w_k‖² = 13.4341, 9.2920, 6.3631, 1.2920",
)
def ufm_imbalanced_norms(data: Inputs, classifier_decay: float, feature_decay: float) -> Outcome:
    """How far the classifier's norms, class by class, are from those that training on classes of these sizes is predicted to reach.

    Squared norms are compared as profiles, each scaled to length 1, since loss and architecture change the overall scale. Classes of at
    most n² λ_W λ_H samples are predicted to vanish (minority collapse); that threshold is in the notes. In the details: ``per_class`` the
    squared norms, ``per_class_predicted`` those of the theory at the observed scale, ``curve_sizes`` and ``curve_norms`` its curve, and
    ``per_class_feature_norms`` with ``per_class_predicted_feature_norms`` the same for ‖μ_k‖². NaN where all classes would vanish, the
    head is 0, or there is one class only.
    """
    moments, (head, _) = data.moments, data.head
    W = classifier_rows(moments, head)
    observed, features = (W**2).sum(axis=1), (moments.means**2).sum(axis=1)
    predicted = squared_classifier_norms(moments.counts, classifier_decay, feature_decay)
    threshold = minority_threshold(moments.n, classifier_decay, feature_decay)
    notes = {"minority threshold": threshold, "classes at or below it": int((moments.counts <= threshold).sum())}
    if moments.K < 2 or not observed.any() or not predicted.any():
        why = "one class" if moments.K < 2 else "the head is 0" if not observed.any() else "with these decays every class vanishes"
        return Outcome(float("nan"), notes={"why": why, **notes})
    scale = np.linalg.norm(observed) / np.linalg.norm(predicted)
    predicted_features = squared_feature_norms(moments.counts, classifier_decay, feature_decay)
    # The curve of one class growing beside the others: n is kept.
    sizes = np.linspace(0, moments.counts.max(), CURVE)
    curve = np.maximum(0, np.sqrt(sizes * feature_decay / classifier_decay) - moments.n * feature_decay)
    details = {
        "per_class": observed,
        "per_class_predicted": scale * predicted,
        "per_class_feature_norms": features,
        "per_class_predicted_feature_norms": np.linalg.norm(features) / np.linalg.norm(predicted_features) * predicted_features,
        "classes": moments.classes,
        "class_sizes": moments.counts,
        "curve_sizes": sizes,
        "curve_norms": scale * curve,
    }
    return Outcome(float(np.linalg.norm(observed / np.linalg.norm(observed) - predicted / np.linalg.norm(predicted))), details, notes)
