"""Uniformity: how evenly the directions of the features fill the sphere."""

from __future__ import annotations

import numpy as np
from scipy.special import hyp0f1

from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.analyses.parameters import Flag, Float
from repgeom_core.linalg.directions import unit_rows

BLOCK = 1024


@analysis(
    title="Uniformity on the hypersphere",
    needs=("features",),
    parameters={
        "t": Float(2, 0.1, 50, "sharpness of the potential: large t looks at near pairs only"),
        "centred": Flag(False, "directions from the mean of all samples, instead of from the origin"),
    },
    invariant_to=("rotation", "scaling"),
    better="lower",
    interval="halves",
    cost="O(n² d)",
    cap=20_000,
    bounds=(-200, 0),
    formula="log mean_{i<j} exp(−t ‖u_i − u_j‖²), u = x/‖x‖; uniform on the sphere: log ₀F₁(; d/2; t²) − 2t",
    reference="Wang & Isola, ICML 2020, L_uniform; without the pairs of a sample with itself, not centred unless asked",
    oracle="scipy.spatial.distance.pdist",
    truths="uniform on the sphere d = 2: −1.575, 3: −2.0798, 8: −3.083, 16: −3.5130, 128: −3.9375; simplex ETF, m per class: "
    "log(q + (1−q) e^{−2tK/(K−1)}), q = (m−1)/(Km−1): −2.21836 (K = 10, m = 50); digits −1.163522, centred −3.291036",
)
def uniformity(data: Inputs, t: float, centred: bool) -> Outcome:
    """How evenly the samples are spread over all directions: lower is more even; 0 when all point the same way.

    The log of the mean Gaussian potential over pairs of samples of length 1. Features after a ReLU look far from uniform, as they all lie
    in one corner: ``centred`` removes their mean first. The notes have the value for directions drawn uniformly from the sphere, in
    closed form: the null. Per
    sample: the same over its own pairs (how crowded it is). Rows of zeros have no direction and
    are left out (NaN). NaN with fewer than two others.
    """
    Z = unit_rows(data.X, centred)
    kept = Z.any(axis=1)
    Z, n = Z[kept], int(kept.sum())
    notes = {"centring": "sample mean removed" if centred else "none", "uniform on the sphere": uniform_on_sphere(data.d, t)}
    if n < data.n:
        notes["rows of zeros left out"] = data.n - n
    if n < 2:
        return Outcome(float("nan"), notes=notes | {"why": "fewer than two samples have a direction"})
    potential = np.zeros(n)
    for start in range(0, n, BLOCK):
        block = Z[start : start + BLOCK]
        pairs = np.exp(-2 * t * (1 - np.clip(block @ Z[start:].T, -1, 1)))
        pairs[:, : len(block)][np.tril_indices(len(block))] = 0
        potential[start : start + BLOCK] += pairs.sum(axis=1)
        potential[start:] += pairs.sum(axis=0)
    per_sample = np.full(data.n, np.nan)
    per_sample[kept] = np.log(potential / (n - 1))
    return Outcome(min(0.0, float(np.log(potential.sum() / (n * (n - 1))))), {"per_sample": per_sample}, notes)


def uniform_on_sphere(d: int, t: float) -> float:
    """log ₀F₁(; d/2; t²) − 2t: the expected potential of two directions drawn uniformly in d dimensions."""
    return float(np.log(hyp0f1(d / 2, t**2)) - 2 * t)
