"""Vasicek ratio MSE (VRM): are the principal components as spread as a round Gaussian's?"""

from __future__ import annotations

import numpy as np

from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.analyses.spectrum.shares import no_variance

FEWEST = 4  # samples for a spacing of one on each side
COLUMNS = 64  # components whose scores are sorted at once


@analysis(
    title="Vasicek ratio MSE (VRM)",
    needs=("features", "spectrum"),
    invariant_to=("rotation", "translation", "scaling"),
    null="white Gaussian of the same shape",
    interval="halves",
    cost="O(n d² + d n log n)",
    cap=50_000,
    bounds=(0, None),
    formula="mean_j (1 − r_j)²,  r_j = exp(H_j) / √(2πe)",
    reference="Reliable Measures of Spread in High Dimensional Latent Spaces (ICML 2023); scores scaled to total variance d (divisor "
    "n − 1); Vasicek's estimator with window ⌊√n + ½⌋; r = 0 for components without variance",
    oracle="Vasicek's spacing estimator written out over numpy's SVD",
    truths="white Gaussian: near 0; k equal Gaussian directions of d: (k(1−√(d/k))² + d − k)/d; digits .585761; 100-d sphere .00099",
)
def vasicek_ratio_mse(data: Inputs) -> Outcome:
    """How far the spread along each principal component is from that of a round Gaussian cloud: 0 when alike.

    H_j is the differential entropy of the scores on component j; e^H/√(2πe) is the standard deviation of the Gaussian with that
    entropy, so both unequal variances and clumped scores count. Unlike the eigenvalues it tells clusters from a filled cloud. The
    estimator reads low for few samples, so random halves are a little larger than the whole: the interval only says how much it varies.
    NaN where all samples are equal or there are fewer than four.
    """
    from scipy.stats import differential_entropy

    spectrum = data.spectrum
    if data.n < FEWEST:
        return Outcome(float("nan"), notes={"why": f"fewer than {FEWEST} samples"})
    if not spectrum.varies:
        return no_variance()
    components = np.flatnonzero(spectrum.eigenvalues > 0)
    scale = np.sqrt(spectrum.d / (spectrum.total_variance * data.n / (data.n - 1)))
    centred = data.X.astype(np.float64) - spectrum.mean
    ratios = np.zeros(spectrum.d)
    for start in range(0, len(components), COLUMNS):
        some = components[start : start + COLUMNS]
        scores = centred @ (scale * spectrum.directions[:, some])
        with np.errstate(divide="ignore"):  # tied scores: entropy −∞, ratio 0
            entropy = differential_entropy(scores, method="vasicek", axis=0)
        ratios[some] = np.exp(entropy) / np.sqrt(2 * np.pi * np.e)
    return Outcome(float(((1 - ratios) ** 2).mean()), details={"component": np.arange(1, spectrum.d + 1), "ratio": ratios})
