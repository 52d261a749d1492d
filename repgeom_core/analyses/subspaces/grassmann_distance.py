"""Distances between the subspaces of classes on the Grassmann manifold."""

from __future__ import annotations

import numpy as np

from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.analyses.parameters import Choice
from repgeom_core.analyses.subspaces.class_subspaces import CAP, NO_PAIR, PARAMETERS, compared_subspaces, mean_over_pairs, pair_angles


@analysis(
    title="Grassmann distance between class subspaces",
    needs=("features", "labels"),
    parameters={**PARAMETERS, "metric": Choice("geodesic", ("geodesic", "chordal"), "√Σθ² or √Σ sin²θ")},
    invariant_to=("rotation", "scaling"),
    better="higher",
    null="white Gaussian in each class",
    interval="halves",
    cost="O(n d min(n/K, d) + K² d r²)",
    cap=CAP,
    bounds=(0, None),
    formula="geodesic √Σθ_i² (radians); chordal √Σ sin²θ_i; the value is the mean over pairs of classes",
    reference="Edelman, Arias & Smith 1998, section 4.3; θ_i the principal angles of the uncentred class subspaces unless asked",
    oracle="projection matrices: chordal distance = ‖P_a − P_b‖_F/√2; scipy.linalg.subspace_angles",
    truths="same subspace 0; orthogonal r-dimensional subspaces π√r/2 and √r",
)
def grassmann_distance(data: Inputs, rank: int, centred: bool, metric: str) -> Outcome:
    """One number for how far apart the subspaces of two classes are: the length of the shortest way to turn one into the other.

    The geodesic length joins all principal angles (radians); the chordal one their sines, and is less sensitive to the largest. Between
    subspaces of unequal rank the angles of the smaller rank count. NaN for a class without any direction, and in all with fewer than two.
    """
    subspaces, notes = compared_subspaces(data, rank, centred)
    angles = pair_angles(subspaces)
    parts = angles if metric == "geodesic" else np.sin(angles)
    distance = np.sqrt(np.nansum(parts**2, axis=2))
    distance[np.isnan(angles).all(axis=2)] = np.nan
    value = mean_over_pairs(distance)
    details = {"distance": distance, "classes": subspaces.classes, "ranks": subspaces.ranks}
    return Outcome(value, details, notes | ({} if np.isfinite(value) else {"why": NO_PAIR}))
