"""Purity by number of clusters: the digits' values, and what sklearn says of scipy's cut."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.cluster.hierarchy import fcluster, linkage
from sklearn.datasets import load_digits
from sklearn.metrics import adjusted_rand_score
from sklearn.metrics.cluster import contingency_matrix

from repgeom_core import measure

DIGITS = load_digits()
X, Y = DIGITS.data / 16, DIGITS.target


def purity(features: np.ndarray, y: np.ndarray, **parameters: int | str):
    return measure("purity_by_k", features, y, interval=False, null=False, **parameters)


def test_digits_cut_by_ward_at_ten_clusters() -> None:
    assert purity(X, Y).value == pytest.approx(0.8620, abs=5e-5)


@pytest.mark.parametrize(("method", "rand"), [("ward", 0.7940), ("average", 0.5142), ("complete", 0.4287), ("single", 0.0)])
def test_digits_at_ten_clusters_are_scipys(method: str, rand: float) -> None:
    found = purity(X, Y, method=method)
    assert found.notes["clusters"] == 10
    assert found.notes["adjusted rand index"] == pytest.approx(rand, abs=5e-5)
    labels = fcluster(linkage(X, method), 10, "maxclust")
    assert found.value == pytest.approx(contingency_matrix(Y, labels).max(axis=0).sum() / len(Y), rel=1e-12)


def test_curves_are_those_of_scipys_cuts() -> None:
    features, y = X[:200], Y[:200]
    found, Z = purity(features, y).details, linkage(features, "ward")
    assert found["k"][0] == 1 and found["k"][-1] == 200
    for at, k in enumerate(found["k"]):
        labels = fcluster(Z, k, "maxclust")
        if labels.max() == k:  # equal heights are cut together by scipy
            assert found["adjusted_rand_index_by_k"][at] == pytest.approx(adjusted_rand_score(y, labels), abs=1e-9)
            assert found["purity_by_k"][at] == pytest.approx(contingency_matrix(y, labels).max(axis=0).sum() / 200)
    assert (np.diff(found["within_variance_by_k"]) <= 1e-12).all()
    assert found["within_variance_by_k"][[0, -1]] == pytest.approx([1, 0], abs=1e-12)


def test_it_is_read_where_asked_and_not_beyond_the_samples() -> None:
    assert purity(X[:300], Y[:300], clusters=300).value == 1
    assert purity(X[:300], Y[:300], clusters=1).value == pytest.approx(np.bincount(Y[:300]).max() / 300)
    assert purity(X[:30], Y[:30], clusters=31).notes["why"] == "30 samples cannot be cut into 31 clusters"


def test_equal_samples_cannot_be_cut_into_classes() -> None:
    """They were, in the order of their rows: sorted by class, equal samples looked pure."""
    found = measure("purity_by_k", np.ones((40, 3)), np.repeat([0, 1], 20), interval=False, null=False)
    assert np.isnan(found.value) and found.notes["why"] == "all samples are equal: they cannot be cut into 2 clusters"
    whole = measure("purity_by_k", np.ones((40, 3)), np.repeat([0, 1], 20), clusters=1, interval=False, null=False)
    assert whole.value == 0.5
