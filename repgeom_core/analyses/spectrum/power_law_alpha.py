"""Exponent of the eigenvalue decay (α-ReQ)."""

from __future__ import annotations

import numpy as np

from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.analyses.parameters import Choice, Int

FEWEST = 3  # points of a line whose fit says anything


@analysis(
    title="Eigenvalue decay exponent (α-ReQ)",
    needs=("spectrum",),
    parameters={
        "first": Int(3, 1, 100_000, "rank of the first eigenvalue of the fit"),
        "last": Int(0, 0, 1_000_000, "rank of the last one; 0: half the rank of the features"),
        "weights": Choice("equal", ("equal", "1/i"), "weight of eigenvalue i in the fit; 1/i counts each octave the same"),
    },
    invariant_to=("rotation", "translation", "scaling"),
    null="white Gaussian of the same shape",
    interval="jackknife",
    cost="O(n d²) once for the covariance, O(d³) after",
    formula="log λ_i ≈ c − α log i,  first ≤ i ≤ last",
    reference="Agrawal et al. (α-ReQ), NeurIPS 2022; least squares over the window 3 ≤ i ≤ rank/2 unless another is given",
    oracle="numpy.polyfit on the eigenvalues of numpy's SVD",
    truths="λ_i = i^−1.3: 1.3; digits 1.423 (3-30, R² .986), 1.567 (1-50), 2.342 (11-50), 2.551 (1-61, R² .585)",
)
def power_law_alpha(data: Inputs, first: int = 3, last: int = 0, weights: str = "equal") -> Outcome:
    """How fast the eigenvalues fall: 0 for a round cloud, near 1 for many natural codes, larger when few directions rule.

    The slope depends on the window (digits: from 1.4 to 2.6), so window and R² stand in the notes and the fitted line in the details;
    a low R² means that there is no power law. NaN where fewer than three eigenvalues that are not zero lie in the window.
    """
    eigenvalues = data.spectrum.eigenvalues
    rank = int((eigenvalues > 0).sum())
    end = last or rank // 2
    details = {"i": np.arange(1, rank + 1), "eigenvalues": eigenvalues[:rank]}
    if end > rank or end - first + 1 < FEWEST:
        why = f"the window {first} to {end} does not hold {FEWEST} of the {rank} eigenvalues that are not zero, or leaves them"
        return Outcome(float("nan"), details=details, notes={"why": why})
    i = np.arange(first, end + 1)
    x, y = np.log(i), np.log(eigenvalues[first - 1 : end])
    w = np.ones(len(i)) if weights == "equal" else 1.0 / i
    x0, y0 = np.average(x, weights=w), np.average(y, weights=w)
    slope = float((w * (x - x0) * (y - y0)).sum() / (w * (x - x0) ** 2).sum())
    line = y0 + slope * (x - x0)
    total = float((w * (y - y0) ** 2).sum())
    r2 = 1 - float((w * (y - line) ** 2).sum()) / total if total > 0 else float("nan")
    notes = {"window": f"{first} to {end}", "R2": r2 if np.isfinite(r2) else "not defined: equal eigenvalues"}
    return Outcome(-slope, details={**details, "fit_i": i, "fit_eigenvalues": np.exp(line)}, notes=notes)
