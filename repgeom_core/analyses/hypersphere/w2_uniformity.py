"""Distance of the directions from the uniform sphere, by their first two moments."""

from __future__ import annotations

import numpy as np

from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.linalg.directions import unit_rows


@analysis(
    title="Wasserstein distance from uniformity",
    needs=("features",),
    invariant_to=("rotation", "scaling"),
    better="lower",
    interval="halves",
    cost="O(n d² + d³)",
    bounds=(0, 2),
    formula="W₂ = √(‖m‖² + 1 + tr Σ − (2/√d) tr Σ^½), m and Σ the mean and covariance of u = x/‖x‖",
    reference="exact 2-Wasserstein distance between N(m, Σ) and N(0, I/d) (Olkin & Pukelsheim 1982); not centred. In the spirit of "
    "Fang et al., ICLR 2024, with whose own form it has not been compared",
    oracle="the distance between two Gaussians with scipy.linalg.sqrtm",
    truths="r of d directions used alike, both ways: W₂² = 2 − 2√(r/d); one direction for all: √2",
)
def w2_uniformity(data: Inputs) -> Outcome:
    """How far the samples' directions are from filling the sphere evenly: 0 when they do, larger when they share a mean or miss dimensions.

    The directions are taken as a Gaussian of their mean and covariance, and compared with that of the uniform sphere. Unlike the pair
    potential it costs no pairs, and it keeps falling with every dimension that is filled. Rows of zeros have no direction and are left out.
    With n samples at most n directions can be filled, which the notes state as the least possible. NaN where no sample has a direction.
    """
    d = data.d
    count, total, products = 0, np.zeros(d), np.zeros((d, d))
    for _, block in data.chunks():
        u = unit_rows(block)
        count += int(u.any(axis=1).sum())
        total += u.sum(axis=0)
        products += u.T @ u
    if count == 0:
        return Outcome(float("nan"), notes={"why": "no sample has a direction"})
    mean = total / count
    values = np.maximum(np.linalg.eigvalsh(products / count - np.outer(mean, mean)), 0)
    squared = float(mean @ mean) + 1 + values.sum() - 2 / np.sqrt(d) * np.sqrt(values).sum()
    notes = {"centring": "none", "least possible": float(np.sqrt(max(0.0, 2 - 2 * np.sqrt(min(count, d) / d))))}
    if count < data.n:
        notes["rows of zeros left out"] = data.n - count
    return Outcome(float(np.sqrt(max(squared, 0.0))), {"eigenvalues": values[::-1]}, notes)
