"""Rate reduction: how much shorter samples are coded when their classes are known."""

from __future__ import annotations

import numpy as np

from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.analyses.subspaces.class_subspaces import CAP, class_rows
from repgeom_core.analyses.subspaces.volume import EPS_SQ, half_logdet, smaller_gram
from repgeom_core.linalg.directions import unit_rows
from repgeom_core.linalg.one_thread import one_thread

BLOCK = 8192


def whole_rate(X: np.ndarray, eps_sq: float) -> float:
    """R of all rows of ``X (n, d)``, scaled to unit length."""
    n, d = X.shape
    if n < d:
        return half_logdet(smaller_gram(unit_rows(X)), d / (n * eps_sq))
    gram = np.zeros((d, d))
    for start in range(0, n, BLOCK):
        Z = unit_rows(X[start : start + BLOCK])
        gram += Z.T @ Z
    return half_logdet(gram, d / (n * eps_sq))


def class_rates(X: np.ndarray, y: np.ndarray, eps_sq: float) -> np.ndarray:
    """The share (n_k/n) R_k of each class that has samples; ``y (n,)`` codes of any partition of the rows of ``X (n, d)``."""
    n, d = X.shape
    grams = ((len(rows), smaller_gram(unit_rows(X[rows]))) for _, rows in class_rows(y))
    with one_thread():
        return np.array([m / n * half_logdet(gram, d / (m * eps_sq)) for m, gram in grams])


@analysis(
    title="Rate reduction (MCR²)",
    needs=("features", "labels"),
    parameters={"eps_sq": EPS_SQ},
    invariant_to=("rotation", "scaling"),
    better="higher",
    null="shuffled labels",
    interval="halves",
    cost="O(n d² + K min(n/K, d)³)",
    cap=CAP,
    unit="nats per sample",
    bounds=(0, None),
    formula="ΔR = R − R_c, R_c = Σ_k n_k/(2n) log det(I + d/(n_k ε²) Z_kᵀZ_k), rows of Z of unit length",
    reference="Yu, Chan, You, Song & Ma, NeurIPS 2020 (MCR²), ΔR(Z, Π, ε); the parameter is ε², rows of unit length, not centred",
    oracle="numpy.linalg.slogdet of the n × n forms",
    truths="K orthogonal r-dimensional tight frames: R = ½ K r log(1 + d/(K r ε²)), R_c = ½ r log(1 + d/(r ε²)); one class 0; a duplicated "
    "cluster under two labels 0; digits R 12.788182, R_c 8.542737, ΔR 4.245445",
)
def mcr2(data: Inputs, eps_sq: float) -> Outcome:
    """How much knowing the class helps to describe a sample: large when classes are compact and point in different directions.

    The coding rate of all samples together less the mean rate of each class by itself. ΔR ≥ 0; 0 for one class. The y given may be any
    labelling, also a partition that was found. Not invariant to translation. Per class: its rate R_k and its share of R_c.
    """
    X, y = data.X, data.y
    whole: float = data.of_features(f"coding rate {eps_sq}", lambda: whole_rate(X, eps_sq))
    parts = class_rates(X, y, eps_sq)
    classes, counts = np.unique(y, return_counts=True)
    return Outcome(
        float(whole - parts.sum()),
        details={"per_class": parts * data.n / counts, "share_of_class_rate": parts, "classes": classes, "counts": counts},
        notes={"R": whole, "R_c": float(parts.sum()), "centring": "none"},
    )
