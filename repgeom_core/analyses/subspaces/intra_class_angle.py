"""Mean angle between two samples of the same class."""

from __future__ import annotations

import numpy as np

from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.analyses.parameters import Flag
from repgeom_core.analyses.subspaces.class_subspaces import class_rows
from repgeom_core.linalg.directions import unit_rows

BLOCK = 1024


@analysis(
    title="Angle within classes",
    needs=("features", "labels"),
    parameters={"centred": Flag(False, "angles as seen from the mean of the class means, instead of from the origin")},
    invariant_to=("rotation", "scaling"),
    null="shuffled labels",
    interval="halves",
    cost="O(Σ n_k² d)",
    cap=20_000,
    unit="°",
    bounds=(0, 180),
    formula="mean over classes k of mean over i < j in k of arccos(x_i·x_j / ‖x_i‖‖x_j‖)",
    reference="a definition of our own, closed in the formula: angles, not cosines, averaged over pairs, then over classes alike, from the "
    "origin unless asked. Wang, Li & Zhang, ICCV 2023 (Grassmann Class Representation) report an intra-class variability of this kind; "
    "their code for it is not public, and no convention is taken from it",
    oracle="scipy.spatial.distance.pdist, cosine",
    truths="collapsed classes 0; isotropic class at the origin 90° on average; two rays at right angles, m samples each: 90° m/(2m − 1)",
)
def intra_class_angle(data: Inputs, centred: bool) -> Outcome:
    """How widely the samples of one class fan out, as the mean angle between two of them; every class counts the same.

    Angles, not cosines, are averaged; seen from the origin, or (``centred``) from the mean of the class means, which makes them independent
    of a translation. Classes of one sample have no pair and are NaN; rows of zeros have no direction and are left out.
    NaN where no class has a pair.
    """
    X, y = data.X.astype(np.float64), data.y
    found = list(class_rows(y))
    if centred:
        X = X - np.mean([X[rows].mean(axis=0) for _, rows in found], axis=0)
    per_class = np.array([_mean_angle(unit_rows(X[rows])) for _, rows in found])
    details = {"per_class": per_class, "classes": np.array([code for code, _ in found])}
    notes: dict[str, object] = {"centring": "mean of class means removed" if centred else "none"}
    if not np.isfinite(per_class).any():
        return Outcome(float("nan"), details, notes | {"why": "no class has two samples with a direction"})
    if np.isnan(per_class).any():
        notes["classes without a pair"] = int(np.isnan(per_class).sum())
    return Outcome(float(np.nanmean(per_class)), details, notes)


def _mean_angle(Z: np.ndarray) -> float:
    """In degrees, over pairs of rows that are not zero."""
    Z = Z[Z.any(axis=1)]
    m = len(Z)
    if m < 2:
        return float("nan")
    total = 0.0
    for start in range(0, m, BLOCK):
        block = Z[start : start + BLOCK]
        rest = Z[start:]
        cosines = block @ rest.T
        later = np.arange(len(rest)) > np.arange(len(block))[:, None]
        angles = np.arccos(np.clip(cosines[later], -1, 1))
        total += float(angles.sum())
    return float(np.degrees(total / (m * (m - 1) / 2)))
