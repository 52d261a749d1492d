"""Ultrametric distortion: 1 for nested data; single linkage is the largest ultrametric below the distances."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.cluster.hierarchy import cophenet, linkage
from scipy.spatial.distance import pdist, squareform

from repgeom_core import measure
from repgeom_core.hierarchy.cophenetic import cophenetic_distances, pairs_of
from repgeom_core.hierarchy.linkages.methods import linkage as tree_of

X = np.random.default_rng(0).normal(size=(120, 4))


def distortion(features: np.ndarray, **parameters: str):
    return measure("ultrametric_distortion", features, interval=False, null=False, **parameters)


@pytest.mark.parametrize("method", ["average", "complete", "single", "ward"])
def test_it_is_the_spread_of_the_ratios_of_scipys_heights_to_distances(method: str) -> None:
    log_ratio = np.log(cophenet(linkage(X, method)) / pdist(X))
    found = distortion(X, method=method)
    assert found.value == pytest.approx(np.exp(np.abs(log_ratio - np.median(log_ratio)).mean()), rel=1e-9)
    assert found.notes["worst"] == pytest.approx(np.exp(log_ratio.max() - log_ratio.min()), rel=1e-9)
    assert 1 < found.value < found.notes["worst"]


@pytest.mark.parametrize("method", ["average", "complete", "single"])
def test_one_for_nested_data(method: str) -> None:
    leaves = np.arange(16)
    nested = np.hstack([np.eye(2 ** (level + 1))[leaves >> (3 - level)] * 3.0 ** (3 - level) for level in range(4)])
    found = distortion(nested, method=method)
    assert (found.value, found.notes["worst"]) == pytest.approx((1, 1), abs=1e-9)


def test_three_points_on_a_line() -> None:
    """0, 1, 3 meet at 1, 2, 2 instead of 1, 2, 3."""
    found = distortion(np.array([[0.0], [1.0], [3.0]]), method="single")
    assert found.value == pytest.approx(1.5 ** (1 / 3))
    assert found.notes["worst"] == pytest.approx(1.5)


def test_single_linkage_is_the_largest_ultrametric_below_the_distances() -> None:
    """Which is the least, over all ways from one sample to the other, of the longest step."""
    pairs = pairs_of(len(X))
    heights = cophenetic_distances(tree_of(X, "single"), pairs.i, pairs.j)
    assert (heights <= pdist(X) * (1 + 1e-12)).all()
    minimax = squareform(pdist(X))
    for via in range(len(X)):
        np.minimum(minimax, np.maximum(minimax[:, via, None], minimax[None, via]), out=minimax)
    np.testing.assert_allclose(heights, squareform(minimax), rtol=1e-9)


def test_copies_are_left_out_and_copies_alone_are_undefined() -> None:
    found = distortion(np.vstack([X, X[:10]]), method="average")
    assert found.notes["pairs at distance 0 left out"] == 10
    assert found.value >= 1
    assert distortion(np.ones((4, 3))).notes["why"] == "all samples are equal"
