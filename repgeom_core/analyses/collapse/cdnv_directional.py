"""CDNV along the line between two class means: the only spread that confuses the two."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from repgeom_core.analyses.collapse.class_means import rounding_length, why_undefined
from repgeom_core.analyses.collapse.pairs import EXACT, class_pairs, squared_distances
from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.inputs import Inputs

AT_ONCE = 2**21  # projections held at once


@analysis(
    title="Directional CDNV",
    needs=("features", "labels", "moments"),
    invariant_to=("rotation", "translation", "scaling"),
    better="lower",
    null="shuffled labels",
    interval="halves",
    cost="O(n d K)",
    bounds=(0, None),
    formula="V_ij = uᵀ(Σ_i + Σ_j)u / (2 ‖μ_i − μ_j‖²), u = (μ_i − μ_j)/‖μ_i − μ_j‖, mean over i < j",
    reference="Luthra, Salunkhe & Galanti, Directional Neural Collapse Explains Few-Shot Transfer, ICML 2026; Σ_i divided by n_i",
    oracle="a double loop over classes with their covariance matrices",
    truths="ETF means of norm r with within-covariance σ²I: σ²(K−1)/(2r²K), cdnv divided by d; 0 where classes spread only across the line",
)
def cdnv_directional(data: Inputs) -> Outcome:
    """How much two classes spread along the line between their means, compared with their distance, on average over pairs of classes.

    A small part of ``cdnv`` where classes are wide in directions that do not matter for telling them apart. ``cdnv`` in the details is the
    matrix class by class (NaN on the diagonal), ``per_class`` the mean over a class's pairs. NaN where two class means coincide, there is
    one class only, or more than 3000.
    """
    moments, y = data.moments, data.y
    why = why_undefined(moments) or (f"more than {EXACT:,} classes" if moments.K > EXACT else None)
    if why is not None:
        return Outcome(float("nan"), notes={"why": why})
    pairs = class_pairs(moments.K, data.rng)
    distances = squared_distances(moments.centred_means, pairs)
    if (distances <= rounding_length(moments) ** 2).any():
        return Outcome(float("nan"), notes={"why": "two class means coincide"})
    along = np.zeros((moments.K, moments.K))  # Σ over samples of class i of ((x − μ_i)·(μ_i − μ_j))²
    place = np.searchsorted(moments.classes, y)
    step = max(1, AT_ONCE // moments.K)
    for where, block in data.chunks(step):
        own, rows = place[where], np.arange(len(block))
        projected = (block - moments.means[own]) @ moments.centred_means.T
        projected -= projected[rows, own][:, None]
        members = sparse.csr_matrix((np.ones(len(own)), (own, rows)), shape=(moments.K, len(own)))
        along += members @ projected**2
    along /= moments.counts[:, None]
    values = (along[pairs.first, pairs.second] + along[pairs.second, pairs.first]) / (2 * distances**2)
    return Outcome(float(values.mean()), pairs.details("cdnv", values, np.nan, moments.classes), pairs.notes)
