"""Curation balance: how unevenly samples spread over clusters that are spread evenly."""

from __future__ import annotations

import numpy as np

from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.analyses.parameters import Int
from repgeom_core.hierarchy.balanced_sample import density_exponent, entropy, gini, kl_to_uniform
from repgeom_core.hierarchy.linkages.hierarchical_kmeans import even_levels, kmeans_levels
from repgeom_core.linalg.canonical_order import canonical_order

BINS = 12  # of the density curve
FEWEST = 8  # centroids from which a slope is read


@analysis(
    title="Curation balance",
    needs=("features",),
    parameters={
        "clusters": Int(0, 0, 20_000, "clusters of the lowest level; 0: n^(T/(T+1)) for T levels"),
        "levels": Int(2, 1, 5, "levels T of hierarchical k-means, each with a like part of the clusters below; the highest is counted"),
        "rounds": Int(3, 0, 20, "rounds of resampling at each level"),
    },
    invariant_to=("rotation", "translation", "scaling"),
    better="lower",
    null="Gaussian of the same covariance",
    interval="halves",
    repeats="few",
    cost="k-means: O(n d k) a step, of rounds + 1 runs at each level; 3 s for 10,000 × 64",
    cap=20_000,
    version=2,
    unit="nats",
    bounds=(0, None),
    formula="log k + Σ_c p_c log p_c,  p_c = share of the samples in cluster c of the highest level",
    reference="Vo et al., TMLR 2024 (Automatic data curation for self-supervised learning); Zador, IEEE Trans. Inf. Theory 1982",
    oracle="scipy.stats.entropy of the counts",
    truths="equal far groups, one cluster each: 0; Gaussian, one level of k-means: density exponent d/(d+2)",
)
def curation_balance(data: Inputs, clusters: int, levels: int, rounds: int) -> Outcome:
    """How unevenly the samples spread over regions of the feature space that are about equally large: 0 when each holds the same share.

    The regions are the highest clusters of hierarchical k-means, which follows the data's density less and less with every level and
    round of resampling. The higher the value, the more a balanced sample differs from a random one. ``labels`` are those clusters.
    Notes: entropy and Gini coefficient of the counts, and for each level the exponent e in density of centroids ~ (density of
    samples)^e: 1 follows the data, d/(d+2) is k-means in d dimensions, 0 is uniform. The curve is that of the lowest level: the distance
    from a centroid to the next one, against the distance within which it has as many samples as a cluster on average. NaN for one cluster.
    """
    sizes = even_levels(data.n, levels, clusters)
    if not sizes:
        return Outcome(
            float("nan"), notes={"why": f"{data.n} samples are too few for {levels} levels, the lowest of {clusters or 'some'} clusters"}
        )
    order = canonical_order(data.X)  # seeded starts are then the same samples, however rows came
    X = data.X[order].astype(np.float64)
    found = kmeans_levels(X, sizes, rounds, data.seed, data.progress)
    label = np.arange(data.n)
    for level in found:
        label = level.labels[label]
    counts = np.bincount(label)
    if len(counts) < 2:
        return Outcome(float("nan"), notes={"why": "all samples are in one cluster"})
    value = kl_to_uniform(counts)
    if data.value_only:
        return Outcome(value)
    centred = X - X.mean(axis=0)
    exponents: list[float | None] = []
    curve: dict[str, np.ndarray] = {}
    for level in found:
        slope, around, among = density_exponent(centred, level.centroids)
        exponents.append(slope if len(level.centroids) >= FEWEST and np.isfinite(slope) else None)
        curve = curve or _curve(around, among)
    labels = np.empty(data.n, np.int64)
    labels[order] = label
    notes = {
        "clusters by level": [len(level.centroids) for level in found],
        "density exponent by level": exponents,
        "entropy": entropy(counts),
        "Gini coefficient": gini(counts),
    }
    return Outcome(value, {"labels": labels, **curve}, notes)


def _curve(around: np.ndarray, among: np.ndarray) -> dict[str, np.ndarray]:
    """Both distances, geometric means over bins of like many centroids."""
    use = np.flatnonzero(np.isfinite(around) & np.isfinite(among))
    if len(use) < FEWEST:
        return {}
    parts = np.array_split(use[np.argsort(around[use], kind="stable")], min(BINS, len(use) // 2))
    spacing = {"distance_to_samples_x": around, "distance_to_the_next_centroid": among}
    return {name: np.exp([values[part].mean() for part in parts]) for name, values in spacing.items()}
