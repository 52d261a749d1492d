"""Within-class variance against between-class variance, as one quotient of traces."""

from __future__ import annotations

from repgeom_core.analyses.collapse.class_means import why_undefined
from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.inputs import Inputs


@analysis(
    title="NC1 as a quotient of variances",
    needs=("moments",),
    invariant_to=("rotation", "translation", "scaling"),
    better="lower",
    null="shuffled labels",
    interval="groups",
    cost="O(n d²) once for the moments, O(K d) after",
    bounds=(0, None),
    formula="tr Σ_W / tr Σ_B",
    reference="Tirer, Huang & Niles-Weed, Perturbation Analysis of Neural Collapse, ICML 2023; μ_G is the mean of class means",
    oracle="traces of the covariances, class by class, in float64",
    truths="ETF means of norm r with within-covariance σ²I: σ²d/r²; 0 for collapsed features; digits 1.37897768",
)
def nc1_quotient(data: Inputs) -> Outcome:
    """How far samples lie from their class mean, compared with how far class means lie from each other (squared distances).

    Unlike ``nc1_pinv`` every direction counts alike, so spread outside the span of the class means is seen too. Σ_W is divided by n, Σ_B by
    the number of classes. NaN where all class means coincide, or there is one class only.
    """
    moments = data.moments
    if (why := why_undefined(moments)) is not None:
        return Outcome(float("nan"), notes={"why": why})
    between = (moments.centred_means**2).sum(axis=1)
    value = (moments.spread.sum() / moments.n) / between.mean()
    details = {"per_class": moments.variances, "between_by_class": between, "classes": moments.classes}
    return Outcome(float(value), details=details)
