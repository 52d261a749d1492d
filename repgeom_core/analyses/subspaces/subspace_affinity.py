"""How much of one class's subspace lies in another's."""

from __future__ import annotations

import numpy as np

from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.analyses.subspaces.class_subspaces import CAP, NO_PAIR, PARAMETERS, compared_subspaces, mean_over_pairs, pair_angles


@analysis(
    title="Affinity of class subspaces",
    needs=("features", "labels"),
    parameters=PARAMETERS,
    invariant_to=("rotation", "scaling"),
    better="lower",
    null="white Gaussian in each class",
    interval="halves",
    cost="O(n d min(n/K, d) + K² d r²)",
    cap=CAP,
    bounds=(0, 1),
    formula="‖U_aᵀU_b‖_F² / min(r_a, r_b) = mean cos²θ_i; the value is the mean over pairs of classes",
    reference="Soltanolkotabi & Candès 2012, without their square root; classes not centred unless asked",
    oracle="projection matrices: tr(P_a P_b)/r",
    truths="same subspace 1, orthogonal 0, random r of d dimensions r/d; digits 0 and 1 at r = 5: 0.252477, centred 0.205860",
)
def subspace_affinity(data: Inputs, rank: int, centred: bool) -> Outcome:
    """The share of one class's subspace that lies in another's: 1 when they coincide, 0 when they have no direction in common.

    The mean squared cosine of the principal angles (others print its square root). Random subspaces of r of d dimensions have r/d: that
    is the null. NaN for a class without any direction, and in all with fewer than two.
    """
    subspaces, notes = compared_subspaces(data, rank, centred)
    angles = pair_angles(subspaces)
    shared = np.isfinite(angles).sum(axis=2)
    affinity = np.divide(np.nansum(np.cos(angles) ** 2, axis=2), shared, out=np.full(shared.shape, np.nan), where=shared > 0)
    value = mean_over_pairs(affinity)
    notes |= {"of random subspaces": subspaces.bases.shape[2] / data.d}
    details = {"affinity": affinity, "classes": subspaces.classes, "ranks": subspaces.ranks}
    return Outcome(value, details, notes | ({} if np.isfinite(value) else {"why": NO_PAIR}))
