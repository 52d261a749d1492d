"""Alignment within classes: how close the directions of two samples of the same class are."""

from __future__ import annotations

import numpy as np

from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.analyses.parameters import Flag
from repgeom_core.linalg.directions import unit_rows


@analysis(
    title="Alignment within classes",
    needs=("features", "labels"),
    parameters={"centred": Flag(False, "directions from the mean of all samples, instead of from the origin")},
    invariant_to=("rotation", "scaling"),
    better="lower",
    null="shuffled labels",
    interval="halves",
    cost="O(n d)",
    cap=200_000,
    bounds=(0, 4),
    formula="mean of ‖u_i − u_j‖² over pairs i < j of the same class, u = x/‖x‖",
    reference="Wang & Isola, ICML 2020, L_align with α = 2 and samples of the same class as positives; all such pairs count the same",
    oracle="scipy.spatial.distance.pdist, class by class",
    truths="collapsed classes 0; digits .358463 (all pairs .623347), centred 1.158341",
)
def class_alignment(data: Inputs, centred: bool) -> Outcome:
    """How far apart two samples of the same class are, as directions: 0 when each class points one way.

    The mean squared distance of features scaled to length 1, over all pairs within classes; from class sums, without forming the pairs. The
    notes have the same over all pairs. Rows of zeros have no direction and are left out. NaN where no class has a pair.
    """
    Z = unit_rows(data.X, centred)
    kept = Z.any(axis=1)
    Z, y = Z[kept], data.y[kept]
    classes, codes, counts = np.unique(y, return_inverse=True, return_counts=True)
    sums = np.zeros((len(classes), data.d))
    np.add.at(sums, codes, Z)
    # Over pairs i < j, Σ‖u_i − u_j‖² = n² − ‖Σu‖² for rows of length 1.
    squares = np.maximum(counts**2 - (sums**2).sum(axis=1), 0)
    pairs = counts * (counts - 1) / 2
    notes: dict[str, str | float] = {"centring": "sample mean removed" if centred else "none"}
    if not pairs.sum():
        return Outcome(float("nan"), notes=notes | {"why": "no class has two samples with a direction"})
    n = len(Z)
    per_class = np.divide(squares, pairs, out=np.full(len(classes), np.nan), where=pairs > 0)
    notes |= {"over all pairs": float((n**2 - (sums.sum(axis=0) ** 2).sum()) / (n * (n - 1) / 2))}
    return Outcome(float(squares.sum() / pairs.sum()), {"per_class": per_class, "classes": classes}, notes)
