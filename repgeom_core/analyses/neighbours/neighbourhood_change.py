"""Neighbourhood change: whose nearest neighbours differ between two views, two layers or two checkpoints of the same samples?"""

from __future__ import annotations

import numpy as np

from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.analyses.parameters import Int
from repgeom_core.errors import GeometryError
from repgeom_core.linalg.neighbourhood_change import chance_of_change, shared_neighbour_share
from repgeom_core.linalg.neighbours import neighbours


@analysis(
    title="Neighbourhood change",
    needs=("neighbours", "views"),
    parameters={"k": Int(15, 1, 200, "neighbours of each sample")},
    invariant_to=("rotation", "translation", "scaling"),
    better="lower",
    null="shuffled pairs",
    interval="halves",
    repeats="few",
    cost="one neighbour graph of each view, O(n k log k) after",
    bounds=(0, 1),
    formula="1 − (1/n) Σ_i #(N_k(x_i) ∩ N_k(x_i⁺)) / k",
    reference="1 − χ_k, the neighbourhood overlap of Doimo, Glielmo, Ansuini & Laio, NeurIPS 2020; the sample itself is not counted",
    oracle="sets of scikit-learn's exact neighbours",
    truths="a rotated, scaled copy: 0; unrelated views: 1 − k/(n − 1); left and right halves of digits, k=5/10/30: 1 − .1354/.1767/.2463",
)
def neighbourhood_change(data: Inputs, k: int = 15) -> Outcome:
    """Which share of a sample's nearest neighbours are no longer among them in the second view, layer or checkpoint.

    ``per_sample`` is each sample's own, a colour for map and treemap; the notes have the mean that chance gives. The two views may
    have different dimensions. Between two checkpoints of a bundle: ``repgeom_core.linalg.neighbourhood_change``.
    NaN where there are not more than k samples.
    """
    if data.n <= k:
        return Outcome(float("nan"), notes={"why": f"{k} neighbours need {k + 1} samples; there are {data.n}"})
    views = data.views
    if len(views) != data.n:
        raise GeometryError(f"Expected a second view of each of the {data.n:,} samples, got {len(views):,} rows.")
    change = 1 - shared_neighbour_share(data.neighbours(k).indices, neighbours(views, k).indices)
    return Outcome(float(np.mean(change)), {"per_sample": change}, {"chance": chance_of_change(data.n, k)})
