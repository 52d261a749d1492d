"""Distances to the nearest neighbours, as every estimator of dimension reads them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from repgeom_core.analyses.contract import Outcome
from repgeom_core.analyses.inputs import Inputs


@dataclass(frozen=True)
class NearestDistances:
    """``r (u, k)``: float64 distances of each of the u samples that differ to its k nearest others, rising, none of them 0.

    ``group (n,)``: the row of each sample (−1: left out). ``notes`` say how many samples were copies of others.
    """

    r: np.ndarray
    group: np.ndarray
    notes: dict[str, int]


def nearest_distances(data: Inputs, k: int, wanted: int | None = None) -> NearestDistances | Outcome:
    """Distances to the nearest ``wanted`` (default k) samples, or to as many as there are, at least k.

    Copies are merged into one sample: left in, they are neighbours at distance 0 and pull an estimate down. An :class:`Outcome` that says
    why where fewer than k + 1 samples differ.
    """
    graph, group = data.distinct_neighbours(wanted or k)
    if graph.k < k:
        differ = graph.n if graph.k else 1
        return Outcome(float("nan"), notes={"why": f"{k} neighbours need {k + 1} samples that differ; there are {differ} among {data.n}"})
    r = graph.distances.astype(np.float64)
    apart = r[:, 0] > 0  # distances too small for float32 read 0
    place = np.where(apart, np.cumsum(apart) - 1, -1)
    if not apart.any():
        return Outcome(float("nan"), notes={"why": "all distances are too small to be told from 0"})
    notes = {"duplicates_merged": data.n - graph.n, "used": int(apart.sum())}
    return NearestDistances(r[apart], place[group], notes)
