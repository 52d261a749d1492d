"""How well classify the class means themselves, used as the rows of a linear classifier?"""

from __future__ import annotations

import numpy as np

from repgeom_core.analyses.collapse.class_means import why_undefined
from repgeom_core.analyses.collapse.decisions import highest, share_by_class
from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.analyses.parameters import Flag
from repgeom_core.linalg.class_moments import ClassMoments

EIGENVALUE_CUT = 1e-10  # of the largest: directions with less variance are not used by the probe


@analysis(
    title="Accuracy of the mean classifier",
    needs=("features", "labels", "moments"),
    parameters={"centred": Flag(True, "features and means about the mean of class means; without, from the origin as in the paper")},
    invariant_to=("rotation", "translation", "scaling"),
    better="higher",
    null="shuffled labels",
    interval="halves",
    cost="O(n d² + n d K)",
    bounds=(0, 1),
    formula="share of samples with argmax_k M_k·(x − μ_G) = y; not centred: argmax_k μ_k·x",
    reference="Arora et al., A Theoretical Analysis of Contrastive Unsupervised Representation Learning, ICML 2019 (mean classifier)",
    oracle="inner products written out; sklearn LinearRegression on one-hot labels for the probe",
    truths="1 for collapsed features of equal norm; equal to the nearest mean where all means have one norm",
)
def mean_classifier(data: Inputs, centred: bool) -> Outcome:
    """On how many samples the class mean with the largest inner product is that of the sample's own class.

    No bias and no training: what contrastive theory bounds. Unlike the nearest mean it favours classes with long means. Means and accuracy
    are of the same samples. Beside it, in the notes, is a probe: the linear least-squares fit to one-hot labels on the same samples, with
    bias. ``labels`` in the details is the decision, ``per_sample`` where it is right, ``per_class`` the accuracy by class. NaN where all
    class means coincide, or there is one class only.
    """
    moments, y = data.moments, data.y
    if (why := why_undefined(moments)) is not None:
        return Outcome(float("nan"), notes={"why": why})
    origin = moments.global_mean if centred else np.zeros(data.d)
    rows, none = moments.means - origin, np.zeros(moments.K)
    probe, bias = _least_squares(moments)
    decided, probed = np.empty(data.n, np.int64), np.empty(data.n, np.int64)
    for where, block in data.chunks():
        decided[where] = moments.classes[highest(block - origin, rows, none)]
        probed[where] = moments.classes[highest(block - moments.sample_mean, probe, bias)]
    right = decided == y
    details = {"per_sample": right, "labels": decided, "per_class": share_by_class(right, y, moments), "classes": moments.classes}
    return Outcome(float(right.mean()), details, {"least-squares probe": float((probed == y).mean())})


def _least_squares(moments: ClassMoments) -> tuple[np.ndarray, np.ndarray]:
    """Rows (K, d) about the sample mean and bias (K,) of the least-squares fit to one-hot labels, from the moments alone."""
    values, vectors = np.linalg.eigh(moments.total_scatter)
    kept = values > EIGENVALUE_CUT * values[-1]
    targets = moments.counts[:, None] * (moments.means - moments.sample_mean)
    return targets @ (vectors[:, kept] / values[kept]) @ vectors[:, kept].T, moments.counts / moments.n
