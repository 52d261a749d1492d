"""Coding rate: how many nats it takes to code the directions of all samples up to a distortion."""

from __future__ import annotations

import numpy as np

from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.analyses.subspaces.volume import EPS_SQ, half_logdet
from repgeom_core.linalg.directions import unit_rows


@analysis(
    title="Coding rate",
    needs=("features",),
    parameters={"eps_sq": EPS_SQ},
    invariant_to=("rotation", "scaling"),
    null="white Gaussian of the same shape",
    interval="halves",
    cost="O(n d² + d³)",
    unit="nats per sample",
    bounds=(0, None),
    formula="R = ½ log det(I + d/(n ε²) ZᵀZ), rows of Z of unit length",
    reference="Yu, Chan, You, Song & Ma, NeurIPS 2020 (MCR²), R(Z, ε); the parameter is ε², rows are scaled to unit length, not centred",
    oracle="numpy.linalg.slogdet of the n × n form",
    truths="K orthogonal r-dimensional tight frames of equal size: ½ K r log(1 + d/(K r ε²)); digits 12.788182",
)
def coding_rate(data: Inputs, eps_sq: float) -> Outcome:
    """How much room the samples take up: the number of nats per sample needed to tell their directions up to the distortion ε.

    It grows with the number of directions in use and is largest when all d are used alike (½ d log(1 + 1/ε²), in the notes). Rows are
    scaled to length 1, rows of zeros stay zero, nothing is centred. Features are read block by block; the value comes from the
    (d, d) second moments, or from the (n, n) products where there are fewer samples than dimensions.
    """
    n, d = data.n, data.d
    if n >= d:
        gram = np.zeros((d, d))
        for _, block in data.chunks():
            Z = unit_rows(block)
            gram += Z.T @ Z
    else:
        Z = unit_rows(data.X)
        gram = Z @ Z.T
    return Outcome(half_logdet(gram, d / (n * eps_sq)), notes={"largest possible": d / 2 * float(np.log1p(1 / eps_sq)), "centring": "none"})
