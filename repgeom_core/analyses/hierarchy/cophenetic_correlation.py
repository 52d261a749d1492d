"""Cophenetic correlation: does the tree keep the distances between samples?"""

from __future__ import annotations

import numpy as np

from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.hierarchy.paired import CAP, METHOD, pair_notes, paired
from repgeom_core.analyses.inputs import Inputs


@analysis(
    title="Cophenetic correlation",
    needs=("features", "tree"),
    parameters={"method": METHOD},
    invariant_to=("rotation", "translation", "scaling"),
    better="higher",
    null="Gaussian of the same covariance",
    interval="halves",
    repeats="few",
    cost="one tree, O(n d) for each of n²/2 pairs, at most 4.5 million",
    cap=CAP,
    bounds=(-1, 1),
    formula="corr over i < j of ‖x_i − x_j‖ and the height at which i and j meet",
    reference="Sokal & Rohlf, Taxon 1962; all pairs of up to 3,000 samples, of more 500,000 drawn at random",
    oracle="scipy.cluster.hierarchy.cophenet",
    truths="ultrametric distances: 1; digits: Ward .566295, average .661449, complete .541688, single .421998",
)
def cophenetic_correlation(data: Inputs, method: str) -> Outcome:
    """How well the heights at which samples meet in the tree follow the distances between them: 1 when the data are nested.

    Pearson correlation over pairs. High values say that the tree may be read for distances; Ward, which squares and weighs by size,
    has lower ones than average linkage on the same data. Even Gaussian noise has a positive value: compare with the null. NaN where all
    distances, or all heights, are equal.
    """
    pairs, distances, heights = paired(data, method)
    notes = pair_notes(pairs)
    if not (_vary(distances) and _vary(heights)):
        return Outcome(float("nan"), notes={**notes, "why": "all samples are equally far from each other"})
    d, h = distances - distances.mean(), heights - heights.mean()
    return Outcome(float(np.clip(d @ h / np.sqrt((d @ d) * (h @ h)), -1, 1)), notes=notes)


def _vary(values: np.ndarray) -> bool:
    return bool(np.ptp(values) > 1e-12 * np.abs(values).max())
