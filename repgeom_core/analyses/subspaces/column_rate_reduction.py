"""Rate reduction of any other labelling: clusters, coarse classes, domains."""

from __future__ import annotations

import numpy as np

from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.analyses.parameters import Column
from repgeom_core.analyses.subspaces.class_subspaces import CAP
from repgeom_core.analyses.subspaces.mcr2 import class_rates, whole_rate
from repgeom_core.analyses.subspaces.volume import EPS_SQ
from repgeom_core.errors import GeometryError


@analysis(
    title="Rate reduction of another column",
    needs=("features", "columns"),
    parameters={"column": Column(help="the labels to rate: clusters, coarse classes, domains"), "eps_sq": EPS_SQ},
    invariant_to=("rotation", "scaling"),
    better="higher",
    interval="halves",
    cost="O(n d² + K min(n/K, d)³)",
    cap=CAP,
    unit="nats per sample",
    bounds=(0, None),
    formula="ΔR = R − R_c, R_c = Σ_k n_k/(2n) log det(I + d/(n_k ε²) Z_kᵀZ_k), rows of Z of unit length",
    reference="Yu, Chan, You, Song & Ma, NeurIPS 2020 (MCR²), ΔR(Z, Π, ε), with Π from the column; ε² is the parameter, not centred",
    oracle="mcr2 with the column in place of the labels",
    truths="the column of the labels themselves: mcr2; a column in random order near 0",
)
def column_rate_reduction(data: Inputs, column: str, eps_sq: float) -> Outcome:
    """How much knowing the value of another column helps to describe a sample: the rate reduction, for labels other than the classes.

    Samples without a value are left out of all sums. The notes have R, R_c, and ΔR for the column in random order. 0 for a single value;
    NaN where no sample has one.
    """
    if not column:
        raise GeometryError("Expected the name of a column with labels in 'column', got none. Name one.")
    codes = data.column(column)
    kept = codes >= 0
    if not kept.any():
        return Outcome(float("nan"), notes={"why": f"no sample has a value in {column}"})
    X, codes = data.X[kept], codes[kept]
    whole, parts = whole_rate(X, eps_sq), class_rates(X, codes, eps_sq)
    shuffled = class_rates(X, data.rng.permutation(codes), eps_sq)
    classes, counts = np.unique(codes, return_counts=True)
    notes = {"R": whole, "R_c": float(parts.sum()), "ΔR of the column in random order": float(whole - shuffled.sum()), "centring": "none"}
    if not kept.all():
        notes["samples without a value"] = int((~kept).sum())
    details = {"per_class": parts * len(codes) / counts, "share_of_class_rate": parts, "classes": classes, "counts": counts}
    return Outcome(max(0.0, float(whole - parts.sum())), details, notes)
