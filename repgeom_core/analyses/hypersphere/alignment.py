"""Alignment: how close the features of two views of the same sample are."""

from __future__ import annotations

import numpy as np

from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.analyses.parameters import Float
from repgeom_core.errors import GeometryError
from repgeom_core.linalg.directions import unit_rows


@analysis(
    title="Alignment of two views",
    needs=("features", "views"),
    parameters={"alpha": Float(2, 0.1, 10, "power of the distance")},
    invariant_to=("rotation", "scaling"),
    better="lower",
    null="shuffled pairs",
    interval="rows",
    cost="O(n d)",
    bounds=(0, 1024),
    formula="mean_i ‖u_i − u_i⁺‖^α, u = x/‖x‖",
    reference="Wang & Isola, ICML 2020, L_align; not centred",
    oracle="2 − 2 cos for α = 2, sklearn paired_cosine_distances",
    truths="equal views 0, opposite views 2^α, views at right angles 2^(α/2)",
)
def alignment(data: Inputs, alpha: float) -> Outcome:
    """How far apart the two views of a sample are, as directions: 0 when what changes between views leaves no trace in the features.

    Mean distance to the power α between the two features scaled to length 1. Per sample: its own. Where either view is all zeros
    there is no direction, and the sample is left out (NaN). To be read beside uniformity: constant features are perfectly aligned.
    """
    X, views = data.X, data.views
    if views.shape != X.shape:
        raise GeometryError(f"Expected a second view of shape {X.shape}, as the features, got {views.shape}.")
    u, v = unit_rows(X), unit_rows(views)
    kept = u.any(axis=1) & v.any(axis=1)
    if not kept.any():
        return Outcome(float("nan"), notes={"why": "no sample has a direction in both views"})
    apart = np.where(kept, np.linalg.norm(u - v, axis=1) ** alpha, np.nan)
    notes = {"centring": "none"} | ({"rows of zeros left out": int((~kept).sum())} if not kept.all() else {})
    return Outcome(float(apart[kept].mean()), {"per_sample": apart}, notes)
