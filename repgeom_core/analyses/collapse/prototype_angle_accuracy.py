"""Which class would angles alone choose?"""

from __future__ import annotations

import numpy as np

from repgeom_core.analyses.collapse.decisions import highest
from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.errors import GeometryError
from repgeom_core.linalg.directions import unit_rows


@analysis(
    title="Accuracy of the nearest classifier row by angle",
    needs=("features", "head", "labels"),
    invariant_to=("rotation", "scaling"),
    better="higher",
    null="random head",
    interval="rows",
    cost="O(n d K)",
    bounds=(0, 1),
    formula="share of samples with argmax_k cos(x, w_k) = y",
    reference="Shen, Sun & Wei, CVPR 2023 (Equiangular Basis Vectors): the class whose prototype makes the smallest angle; prototypes are "
    "the rows of the head, without bias, neither centred",
    oracle="scipy.spatial.distance.cdist, cosine",
    truths="rows and features on the same axes: 1; rows of equal length without bias: the head's own accuracy",
)
def prototype_angle_accuracy(data: Inputs) -> Outcome:
    """How often the classifier row at the smallest angle to a sample is that of its class, lengths and biases of the rows left aside.

    Where this is below the head's own accuracy (in the notes), the head decides by lengths and biases too. ``per_sample`` says where it is
    right, ``labels`` which row it is, ``angle`` the angle to the sample's own row in degrees, ``per_class`` the accuracy by class. Ties go
    to the lower class. NaN where all rows or all features are zero.
    """
    (W, b), y = data.head, data.y
    if y.max() >= len(W):
        raise GeometryError(f"The head has {len(W)} rows, but a sample is of class {y.max()} (counted from 0). One row per class.")
    rows = unit_rows(W)
    Z = unit_rows(data.X)
    if not rows.any() or not Z.any():
        return Outcome(float("nan"), notes={"why": "all rows of the head are zero" if not rows.any() else "all features are zero"})
    # A row without direction makes no angle with anything: it is never chosen.
    nearest = highest(Z, rows, np.where(rows.any(axis=1), 0.0, -np.inf))
    right = nearest == y
    classes, code, counts = np.unique(y, return_inverse=True, return_counts=True)
    own = np.einsum("ij,ij->i", Z, rows[y])
    return Outcome(
        float(right.mean()),
        details={
            "per_sample": right,
            "labels": nearest,
            "angle": np.degrees(np.arccos(np.clip(own, -1, 1))),
            "per_class": np.bincount(code, right) / counts,
            "classes": classes,
        },
        notes={"accuracy of the head": float((highest(data.X, W, b) == y).mean())},
    )
