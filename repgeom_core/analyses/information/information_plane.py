"""The information plane: what a layer keeps about its input and what it tells about the label."""

from __future__ import annotations

from typing import Any

import numpy as np

from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.information.diffusion import (
    CAP,
    class_information,
    diffusion_entropy,
    entropy_bits,
    kernel_width,
    saturation,
    squared_distances,
)
from repgeom_core.analyses.information.estimators import binned_codes, discrete_information, nearest_neighbour_information
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.analyses.parameters import Choice, Float, Int
from repgeom_core.linalg.canonical_order import canonical_order

REPEATS = 5
CAUTION = {
    "dse": "diffusion entropies depend on σ; compare layers at the same multiple of the median distance only",
    "binning": "in a deterministic network the true I(X;T) is infinite or constant: binned values measure the bins, and reach log₂ n "
    "in high dimensions",
    "ksg": "nearest-neighbour estimates are biased downward in high dimensions, and have no I(X;T) for a deterministic network",
}


@analysis(
    title="Information plane: I(T;Y)",
    needs=("features", "labels"),
    parameters={
        "estimator": Choice("dse", ("dse", "binning", "ksg"), "diffusion spectral entropy, equal bins, or nearest neighbours"),
        "sigma": Float(0.5, 1e-3, 100, "for dse: σ as a multiple of the median distance between samples that differ"),
        "bins": Int(30, 2, 1000, "for binning: steps between the least and largest activation"),
        "k": Int(3, 1, 100, "for ksg: neighbours of the same class"),
    },
    invariant_to=("rotation", "translation", "scaling"),
    better="higher",
    interval="halves",
    cost="O(n² d + n³)",
    cap=CAP,
    unit="bits",
    formula="I(X;T) = H(T), I(T;Y) = H(T) − H(T|Y); with ksg ψ(n) + ⟨ψ(k)⟩ − ⟨ψ(n_y)⟩ − ⟨ψ(m)⟩",
    reference="Shwartz-Ziv & Tishby 2017 (binning, 30 bins); Liao et al. 2024 (DSE); Ross 2014 (nearest neighbours, discrete Y)",
    oracle="sklearn.feature_selection.mutual_info_classif for one dimension (ksg); scipy.stats.entropy of patterns (binning); dsmi (dse)",
    truths="bins that tell all samples apart: I(X;T) = log₂ n and I(T;Y) = H(Y); c groups far apart labelled so: log₂ c; shuffled labels "
    "near 0 for dse and ksg",
)
def information_plane(data: Inputs, estimator: str, sigma: float, bins: int, k: int) -> Outcome:
    """How many bits the layer tells about the class, beside how many it keeps about the input; by one of three estimators.

    The value is I(T;Y), the height in the plane; the notes have I(X;T), the abscissa, which for a deterministic layer T is its entropy,
    and the height for shuffled labels. The estimators do not agree with each other: one axis per estimator, and each comes with its
    caution in the notes. ``sigma`` counts for dse, ``bins`` for binning (all units share one range, so that only scaling, shifts common
    to all units and permutations leave it alone), ``k`` for ksg (without an I(X;T)). At most H(Y), in the notes too, but for chance. NaN
    with ksg where no class has two samples.
    """
    order = canonical_order(data.X)  # the random sets of dse are then the same samples, however the rows came
    X, y, rng = data.X[order], data.y[order], data.rng
    shares = np.unique(y, return_counts=True)[1] / len(y)
    notes: dict[str, Any] = {
        "estimator": estimator,
        "H(Y)": max(0.0, float(-(shares * np.log2(shares)).sum())),
        "caution": CAUTION[estimator],
    }
    if estimator == "binning":
        codes = binned_codes(X, bins)
        kept = entropy_bits(np.bincount(codes).astype(np.float64))
    else:
        squared = squared_distances(X)
        used = kernel_width(squared, "median distance", sigma)
    if estimator == "dse":
        kept = diffusion_entropy(squared, used, 1)
        notes["σ"] = used

    def told(labels: np.ndarray) -> float:
        if estimator == "binning":
            return discrete_information(codes, labels)
        if estimator == "ksg":
            return nearest_neighbour_information(squared, labels, k)
        return class_information(squared, labels, used, 1, REPEATS, rng)[0]

    value = told(y)
    if np.isnan(value):
        return Outcome(value, notes=notes | {"why": "no class has two samples"})
    notes["I(T;Y) of shuffled labels"] = told(rng.permutation(y))
    if estimator != "ksg":
        notes |= {"I(X;T)": kept} | saturation(kept, len(y))
    return Outcome(value, notes=notes)
