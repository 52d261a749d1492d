"""Principal angles between the subspaces of classes."""

from __future__ import annotations

import numpy as np

from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.analyses.subspaces.class_subspaces import CAP, NO_PAIR, PARAMETERS, compared_subspaces, mean_over_pairs, pair_angles

MOST_LISTED = 1e6


@analysis(
    title="Principal angles between class subspaces",
    needs=("features", "labels"),
    parameters=PARAMETERS,
    invariant_to=("rotation", "scaling"),
    better="higher",
    null="white Gaussian in each class",
    interval="halves",
    cost="O(n d min(n/K, d) + K² d r²)",
    cap=CAP,
    unit="°",
    bounds=(0, 90),
    formula="θ_i = arccos σ_i(U_aᵀU_b); the value is the mean over i and over pairs a < b",
    reference="Björck & Golub 1973; per class as Wang, Li & Zhang 2023 (Grassmann Class Representation). U_k: top right singular vectors "
    "of the class's samples, not centred unless asked",
    oracle="scipy.linalg.subspace_angles on full singular value decompositions",
    truths="planes at (0, φ): (0, φ); orthogonal subspaces 90°; digits 0 and 1 at r = 5: 26.3466 56.8482 69.6362 78.9527 87.1461, "
    "centred 37.9561 57.0743 72.9026 81.4437 86.5714",
)
def principal_angles(data: Inputs, rank: int, centred: bool) -> Outcome:
    """How far apart the subspaces of the classes point: 90° where no direction is shared, 0° where the subspaces coincide.

    Each class is described by its leading directions from the origin (``centred``: about its mean; then translation does not matter
    either). The angles between two subspaces are those between their best matching directions, the next best matching, and so on. Small
    angles come from the sine, as a cosine near 1 cannot tell them from 0. A class of lower rank than asked brings what it has; one without
    any direction (a single sample, centred) has NaN. NaN in all where there are fewer than two such classes.
    """
    subspaces, notes = compared_subspaces(data, rank, centred)
    angles = np.degrees(pair_angles(subspaces))
    defined = np.isfinite(angles).sum(axis=2)
    mean = np.divide(np.nansum(angles, axis=2), defined, out=np.full(defined.shape, np.nan), where=defined > 0)
    last = np.take_along_axis(angles, np.maximum(defined - 1, 0)[:, :, None], axis=2)[:, :, 0]
    details = {
        "mean_angle": mean,
        "smallest_angle": angles[:, :, 0],
        "largest_angle": last,
        "classes": subspaces.classes,
        "ranks": subspaces.ranks,
    }
    if angles.size <= MOST_LISTED:
        details["angles"] = angles
    value = mean_over_pairs(mean)
    return Outcome(value, details, notes | ({} if np.isfinite(value) else {"why": NO_PAIR}))
