"""Hubness: do a few samples turn up among everybody's nearest neighbours, and many among nobody's?"""

from __future__ import annotations

import numpy as np

from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.analyses.parameters import Int


@analysis(
    title="Hubness",
    needs=("neighbours",),
    parameters={"k": Int(10, 1, 100, "neighbours of each sample")},
    invariant_to=("rotation", "translation", "scaling"),
    null="Gaussian of the intrinsic dimension",
    interval="halves",
    cost="one neighbour graph, O(n k) after",
    formula="Σ_i (N_i − k)³ / (n s³),  N_i = in how many lists of k neighbours sample i stands,  s² = Σ_i (N_i − k)² / n",
    reference="Radovanović, Nanopoulos & Ivanović, JMLR 2010: skewness of the k-occurrence, with 1/n; a sample is not its own neighbour",
    oracle="counts of scikit-learn's exact neighbours in float64, scipy.stats.skew",
    truths="points on a circle, evenly: every N = k, undefined; digits k=5/10/20 .7711/.7924/.7310, largest N 17/35/65",
)
def hubness(data: Inputs, k: int = 10) -> Outcome:
    """How unequally samples serve as others' neighbours: 0 where all do alike, large where a few hubs stand in everybody's list.

    Hubs come with dimension alone, so read it against a Gaussian of the same intrinsic dimension (the null, by ``twonn``): above it, the
    hubs are the data's own. ``per_sample`` is N, a colour for the map; ``antihub share`` are the samples in nobody's list. Halves have
    half the samples for the same k, so the interval says how much it varies, not more. NaN where all N are equal.
    """
    if data.n <= k:
        return Outcome(float("nan"), notes={"why": f"{k} neighbours need {k + 1} samples; there are {data.n}"})
    counts = np.bincount(data.neighbours(k).indices.ravel(), minlength=data.n)
    deviations = counts - float(k)  # the mean of N is k, exactly
    spread = np.sqrt((deviations**2).mean())
    notes = {"largest": int(counts.max()), "antihub share": float((counts == 0).mean())}
    if spread == 0:
        return Outcome(float("nan"), details={"per_sample": counts}, notes={**notes, "why": "every sample is a neighbour equally often"})
    return Outcome(float(((deviations / spread) ** 3).mean()), details={"per_sample": counts}, notes=notes)
