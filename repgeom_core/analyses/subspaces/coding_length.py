"""Coding length of a labelling: the bits that a partition into subspaces costs and saves."""

from __future__ import annotations

import numpy as np

from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.analyses.subspaces.class_subspaces import CAP, class_rows
from repgeom_core.analyses.subspaces.volume import EPS_SQ, half_logdet, smaller_gram
from repgeom_core.linalg.directions import unit_rows


@analysis(
    title="Coding length of the classes",
    needs=("features", "labels"),
    parameters={"eps_sq": EPS_SQ},
    invariant_to=("rotation", "scaling"),
    better="lower",
    null="shuffled labels",
    interval="none",
    cost="O(n d² + K min(n/K, d)³)",
    cap=CAP,
    unit="nats",
    bounds=(0, None),
    formula="L = Σ_k (n_k + d)/2 · log det(I + d/(n_k ε²) Z_kᵀZ_k) − n_k log(n_k/n)",
    reference="Ma, Derksen, Hong & Wright, PAMI 2007, without their mean term; the parameter is ε², rows of unit length, not centred",
    oracle="numpy.linalg.slogdet of the n × n forms",
    truths="of random 3-dimensional subspaces, the true partition is shorter than any that merges or splits two of them",
)
def coding_length(data: Inputs, eps_sq: float) -> Outcome:
    """The length of a description of all samples that names the class of each and then its place within the class's subspace.

    Lower is better: a labelling that follows the subspaces is the shortest, one that splits or merges them is longer. ``one_class`` is the
    length without labels. Depends on n, so there is no interval over samples.
    """
    X, y = data.X, data.y
    n, d = X.shape
    classes, counts = np.unique(y, return_counts=True)
    lengths = []
    for _, rows in class_rows(y):
        m = len(rows)
        volume = half_logdet(smaller_gram(unit_rows(X[rows])), d / (m * eps_sq))
        lengths.append((m + d) * volume - m * np.log(m / n))
    together = (n + d) * half_logdet(smaller_gram(unit_rows(X)), d / (n * eps_sq))
    per_class = np.array(lengths)
    return Outcome(
        float(per_class.sum()),
        details={"per_class": per_class, "classes": classes, "counts": counts},
        notes={"one class": float(together), "centring": "none"},
    )
