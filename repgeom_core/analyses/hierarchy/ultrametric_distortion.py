"""Ultrametric distortion: by which factor the tree gets distances wrong."""

from __future__ import annotations

import numpy as np

from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.hierarchy.paired import CAP, METHOD, pair_notes, paired
from repgeom_core.analyses.inputs import Inputs


@analysis(
    title="Ultrametric distortion",
    needs=("features", "tree"),
    parameters={"method": METHOD},
    invariant_to=("rotation", "translation", "scaling"),
    better="lower",
    null="Gaussian of the same covariance",
    interval="halves",
    repeats="few",
    cost="one tree, O(n d) for each of n²/2 pairs, at most 4.5 million",
    cap=CAP,
    unit="times",
    bounds=(1, None),
    formula="exp mean_{i<j} |log r_ij − median log r|,  r_ij = height at which i and j meet / ‖x_i − x_j‖",
    reference="the average, in logarithms and up to scale, of the distortion that Linial, London & Rabinovich, Combinatorica 1995, take at "
    "its worst, max r · max 1/r (in the notes)",
    oracle="scipy.cluster.hierarchy.cophenet over pdist",
    truths="ultrametric distances: 1; single linkage of 0, 1, 3 meets at 1, 2, 2: (3/2)^(1/3), worst 3/2",
)
def ultrametric_distortion(data: Inputs, method: str) -> Outcome:
    """By which factor, on average, the height at which two samples meet in the tree is off from their distance: 1 when the data are nested.

    The tree's own scale is free: heights are first divided by the typical ratio (the median), since those of Ward grow with the size of
    clusters. Single linkage gives the largest ultrametric below the distances, complete linkage one above them. ``worst`` in the notes
    is the distortion of metric embeddings, the factor for the worst pairs; it grows with the number of pairs looked at. Copies, at
    distance 0, are left out; NaN where all samples are copies.
    """
    pairs, distances, heights = paired(data, method)
    apart = (distances > 0) & (heights > 0)
    notes = pair_notes(pairs) | ({} if apart.all() else {"pairs at distance 0 left out": int((~apart).sum())})
    if not apart.any():
        return Outcome(float("nan"), notes={**notes, "why": "all samples are equal"})
    log_ratio = np.log(heights[apart] / distances[apart])
    typical = float(np.median(log_ratio))
    notes |= {"typical ratio": float(np.exp(typical)), "worst": float(np.exp(np.ptp(log_ratio)))}
    return Outcome(float(np.exp(np.abs(log_ratio - typical).mean())), notes=notes)
