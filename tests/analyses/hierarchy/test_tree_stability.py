"""Stability of clusters: far groups are always found again, noise is not, and it is what a loop over scipy's cuts finds."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.cluster.hierarchy import fcluster, linkage

from repgeom_core import measure

RNG = np.random.default_rng(0)
Y = RNG.integers(0, 5, 200)
X = RNG.normal(size=(200, 4)) + 1.5 * RNG.normal(size=(5, 4))[Y]


def stability(features: np.ndarray, null: bool = False, **parameters: float | str):
    return measure("tree_stability", features, interval=False, null=null, **parameters)


@pytest.mark.parametrize("method", ["ward", "average", "complete", "single"])
def test_as_many_clusters_as_far_groups_are_always_found_again(method: str) -> None:
    found = stability(X + 100 * np.eye(5, 4)[Y], clusters=5, method=method)
    assert found.value == 1
    assert found.notes["adjusted Rand index"] == 1
    assert (found.details["per_sample"] == 1).all()
    assert len(np.unique(np.stack([found.details["labels"], Y]), axis=1).T) == 5


@pytest.mark.parametrize("share", [0.5, 0.8])
def test_it_is_what_a_loop_over_scipys_cuts_finds(share: float) -> None:
    found = stability(X, clusters=6, draws=3, share=share)
    whole = fcluster(linkage(X, "ward"), 6, "maxclust")
    rng = np.random.default_rng(0)
    per_draw = []
    for _ in range(3):
        rows = np.sort(rng.choice(200, round(share * 200), replace=False))
        part = fcluster(linkage(X[rows], "ward"), 6, "maxclust")
        best = {}
        for c in range(1, 7):
            inside = {int(r) for r in rows if whole[r] == c}
            others = [{int(r) for r in rows[part == j]} for j in range(1, 7)]
            best[c] = max(len(inside & other) / len(inside | other) for other in others)
        per_draw.append([best[c] for c in whole])
    expected = np.mean(per_draw, axis=0)
    np.testing.assert_allclose(found.details["per_sample"], expected, rtol=1e-12)
    assert found.value == pytest.approx(expected.mean())


def test_clusters_are_more_stable_than_those_of_a_gaussian() -> None:
    found = stability(X + 4 * np.eye(5, 4)[Y], clusters=5, null=True)
    assert found.value > found.null.mean + 3 * found.null.sd
    assert found.value > 0.85 > found.null.mean


def test_a_single_sample_in_no_draw_has_no_stability() -> None:
    """Single linkage splits off the outlier; subsamples without it say nothing of it."""
    features = np.vstack([X, np.full((1, 4), 1000.0)])
    found = stability(features, method="single", clusters=2, draws=2, share=0.1)
    alone = found.details["labels"] == found.details["labels"][200]
    assert alone.sum() == 1
    drawn = [200 in rng.choice(201, 20, replace=False) for rng in [np.random.default_rng(0)] for _ in range(2)]
    assert np.isnan(found.details["per_sample"][200]) == (not any(drawn))
    assert np.isfinite(found.value)


def test_more_clusters_than_samples_are_undefined() -> None:
    assert stability(X[:9], clusters=10).notes["why"] == "9 samples cannot be cut into 10 clusters"
    assert stability(X[:20], clusters=10).notes["why"] == "draws of 10 samples cannot be cut into 10 clusters of more than one"


@pytest.mark.parametrize("method", ["ward", "single", "graph_degree", "hierarchical_kmeans"])
def test_clusters_of_equal_samples_are_undefined(method: str) -> None:
    """They looked stable (.84): copies were parted in the order of their rows."""
    found = stability(np.ones((60, 3)), method=method)
    assert np.isnan(found.value) and found.notes["why"] == "all samples are equal: they cannot be cut into 10 clusters"
    assert stability(X[np.arange(60) % 9], method=method).notes["why"] == "only 9 of 60 samples differ: they cannot be cut into 10 clusters"


def test_copies_are_never_parted() -> None:
    found = stability(np.repeat(X[:6], 30, axis=0), clusters=6, share=0.1)
    assert found.value == 1 and found.notes["adjusted Rand index"] == 1
