"""Classification by the class subspace that holds most of a sample, against the dimension of the subspaces."""

from __future__ import annotations

import numpy as np

from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.analyses.parameters import Int
from repgeom_core.analyses.subspaces.class_subspaces import Subspaces, class_rows, class_subspaces
from repgeom_core.linalg.canonical_order import canonical_order

AT_ONCE = 2**22  # projections held at once


@analysis(
    title="Subspace projection classifier",
    needs=("features", "labels"),
    parameters={
        "rank": Int(5, 1, 200, "dimension of each class's subspace, for the value"),
        "up_to": Int(20, 1, 200, "largest dimension of the curve"),
    },
    invariant_to=("rotation", "scaling"),
    better="higher",
    null="shuffled labels",
    interval="halves",
    cost="O(n d min(n/K, d) + n d K r)",
    cap=10_000,
    bounds=(0, 1),
    formula="argmax_k ‖U_kᵀx‖ = argmin_k ‖x − U_kU_kᵀx‖",
    reference="Wang, Li & Zhang 2023 (Grassmann Class Representation): the logit is the norm of the projection. U_k from half of the "
    "samples, not centred; accuracy on the other half, both ways",
    oracle="residuals by least squares (numpy.linalg.lstsq) on the same halves",
    truths="orthogonal subspaces 1; digits in the sample at r = 1, 5, 10, 20: .903728 .982193 .996661 .997774",
)
def subspace_classifier(data: Inputs, rank: int, up_to: int) -> Outcome:
    """How often a sample lies closest to the subspace of its own class: accuracy of a classifier that knows nothing but subspaces.

    The subspaces come from one half of each class and are tried on the other half, and the other way round; the curve in the sample is
    shown beside, as it rises with the dimension whatever the data. The halves are every second sample of each class by distance to the
    mean of all, so the value does not depend on the order of samples. A class of one sample cannot be recognised. NaN for one
    class, or where every class has one sample.
    """
    X, y = data.X, data.y
    classes = np.unique(y)
    if len(classes) < 2:
        return Outcome(float("nan"), notes={"why": "one class"})
    rank = min(rank, data.d)
    largest = rank if data.value_only else min(max(rank, up_to), data.d)  # intervals and nulls need one point of the curve
    second = np.zeros(data.n, bool)
    by_distance = canonical_order(X)
    for _, places in class_rows(y[by_distance]):
        second[by_distance[places[1::2]]] = True
    if not second.any():
        return Outcome(float("nan"), notes={"why": "every class has a single sample"})
    predicted, residual = np.empty((data.n, largest), np.int64), np.empty(data.n)
    for half in (second, ~second):
        fitted = class_subspaces(X[~half], y[~half], largest)
        predicted[half], residual[half] = _classified(fitted, X[half], y[half], rank)
    correct = predicted == y[:, None]
    accuracy = correct.mean(axis=0)
    if data.value_only:
        return Outcome(float(accuracy[rank - 1]))
    inside, _ = _classified(class_subspaces(X, y, largest), X, y, rank)
    return Outcome(
        float(accuracy[rank - 1]),
        details={
            "dimension": np.arange(1, largest + 1),
            "accuracy": accuracy,
            "accuracy_in_sample": (inside == y[:, None]).mean(axis=0),
            "per_class": np.array([correct[y == k, rank - 1].mean() for k in classes]),
            "classes": classes,
            "predicted": predicted[:, rank - 1],
            "residual": residual,
        },
        notes={"rank": rank, "evaluated on": "held-out halves"},
    )


def _classified(subspaces: Subspaces, X: np.ndarray, y: np.ndarray, rank: int) -> tuple[np.ndarray, np.ndarray]:
    """Codes ``(m, r)`` predicted at each dimension, and the share of each sample's length outside its own class's subspace ``(m,)``."""
    K, d, r = subspaces.bases.shape
    together = subspaces.bases.transpose(1, 0, 2).reshape(d, K * r)
    place = np.minimum(np.searchsorted(subspaces.classes, y), K - 1)
    known = subspaces.classes[place] == y
    codes, residual = np.empty((len(X), r), np.int64), np.full(len(X), np.nan)
    step = max(1, AT_ONCE // (K * r))
    for start in range(0, len(X), step):
        block = X[start : start + step].astype(np.float64)
        energy = np.cumsum(((block @ together) ** 2).reshape(-1, K, r), axis=2)
        codes[start : start + step] = subspaces.classes[energy.argmax(axis=1)]
        squared = np.einsum("ij,ij->i", block, block)
        mine = np.flatnonzero(known[start : start + step] & (squared > 0))
        own = energy[mine, place[start + mine], rank - 1]
        residual[start + mine] = np.sqrt(np.maximum(1 - own / squared[mine], 0))
    return codes, residual
