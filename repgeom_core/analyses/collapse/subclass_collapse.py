"""Have sub-classes collapsed too, or does a class still tell them apart?"""

from __future__ import annotations

import numpy as np

from repgeom_core.analyses.collapse.class_means import ROUNDING
from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.analyses.parameters import Column
from repgeom_core.linalg.class_moments import ClassMoments, class_moments

AT_ONCE = 2**22  # distances held at once


@analysis(
    title="Sub-class collapse",
    needs=("features", "labels", "columns"),
    parameters={"column": Column(help="further labels: sub-classes of the classes, or coarser classes that the labels divide")},
    invariant_to=("rotation", "translation", "scaling"),
    better="none",
    null="white Gaussian of the same shape",
    interval="halves",
    cost="O(n d²) + O(n d S) for S sub-classes",
    bounds=(0, None),
    formula="mean over classes of tr Σ_W,sub / tr Σ_B,sub",
    reference="Xue et al., Which Features are Learnt by Contrastive Learning?, ICML 2023; traces as in nc1_quotient, within each class",
    oracle="loops over classes and sub-classes; leave-one-out written out",
    truths="sub-means ±a with within-covariance σ²I: dσ²/a²; 0 where every sub-class is a point of its own",
)
def subclass_collapse(data: Inputs, column: str) -> Outcome:
    """How much the samples of a sub-class spread, compared with the distance of sub-classes within a class; large when a class hides them.

    ``column`` names the other labels. Where it divides the classes its values are the sub-classes; where instead each class has one value
    of it, the classes are the sub-classes of that coarser column. Within a class, spread is divided by its number of samples, the scatter
    of sub-means about their mean by the number of sub-classes; classes with one sub-class are left out.

    In the details, ``per_class`` is the ratio by class and ``per_class_accuracy`` how often the nearest sub-mean within the class, the
    sample itself left out of it, is the right one; ``per_sample`` where it is (NaN: left out). NaN where no class has two sub-classes, or
    the sub-means of one coincide.
    """
    y, other = data.y, data.column(column)
    known = other >= 0
    coarser = len(np.unique(np.stack([y[known], other[known]]), axis=1).T) == len(np.unique(y[known]))
    groups, parts = (other, y) if coarser else (y, other)
    notes = {"classes are": "the values of the column" if coarser else "the labels"}
    if not known.any():
        return Outcome(float("nan"), notes={"why": "no sample has a value in the column", **notes})
    pairs, code = np.unique(np.stack([groups[known], parts[known]], axis=1), axis=0, return_inverse=True)
    codes = np.full(data.n, -1)
    codes[known] = code.ravel()
    moments = class_moments((block for _, block in data.chunks()), codes, len(pairs)).merged()
    of_part = pairs[:, 0]
    classes, count = np.unique(of_part, return_counts=True)
    classes = classes[count > 1]
    if not len(classes):
        return Outcome(float("nan"), notes={"why": "no class has two sub-classes", **notes})
    within, between = _traces(moments, of_part, classes)
    if (between <= (ROUNDING * np.abs(moments.means).max()) ** 2).any():
        return Outcome(float("nan"), notes={"why": "the means of a class's sub-classes coincide", **notes})
    right = _nearest_part_is_right(data, codes, moments, of_part)
    right[codes < 0] = np.nan
    right[~np.isin(groups, classes)] = np.nan
    accuracy = np.array([np.nanmean(right[groups == k]) for k in classes])
    details = {"per_class": within / between, "per_class_accuracy": accuracy, "classes": classes, "per_sample": right}
    return Outcome(float((within / between).mean()), details, {"accuracy within classes": float(accuracy.mean()), **notes})


def _traces(moments: ClassMoments, of_part: np.ndarray, classes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """tr Σ_W,sub and tr Σ_B,sub of each class."""
    within, between = np.empty(len(classes)), np.empty(len(classes))
    for i, k in enumerate(classes):
        mine = of_part == k
        within[i] = moments.spread[mine].sum() / moments.counts[mine].sum()
        between[i] = moments.means[mine].var(axis=0).sum()
    return within, between


def _nearest_part_is_right(data: Inputs, codes: np.ndarray, moments: ClassMoments, of_part: np.ndarray) -> np.ndarray:
    """(n,) 1.0 where the nearest sub-mean of the sample's class is its own, with the sample left out of its own."""
    found = np.full(data.n, np.nan)
    M, counts = moments.centred_means, moments.counts
    lengths = (M**2).sum(axis=1)
    # Leaving x out moves its own mean away from it: the distance grows by n/(n − 1), to no mean at all for a sample alone.
    stretch = np.divide(counts, counts - 1, out=np.full(len(counts), np.inf), where=counts > 1) ** 2
    for where, block in data.chunks(max(1, AT_ONCE // len(counts))):
        own = codes[where]
        known = np.flatnonzero(own >= 0)
        x, own = block[known] - moments.global_mean, own[known]
        distances = np.maximum((x**2).sum(axis=1)[:, None] + lengths - 2 * x @ M.T, 0)
        distances[of_part[own][:, None] != of_part] = np.inf
        rows = np.arange(len(own))
        mine = distances[rows, own]
        distances[rows, own] = np.inf
        found[where.start + known] = np.where(counts[own] > 1, mine * np.where(counts[own] > 1, stretch[own], 1), np.inf) < distances.min(
            axis=1
        )
    return found
