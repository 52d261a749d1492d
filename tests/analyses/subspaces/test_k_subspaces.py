from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_digits

from repgeom_core.analyses.evaluate import measure

DIGITS = load_digits()
X, y = DIGITS.data / 16, DIGITS.target


def run(features, labels, **parameters):
    return measure("k_subspaces", features, labels, interval=False, null=False, **parameters)


def independent(r: int = 3, K: int = 4, m: int = 40, d: int = 15) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    parts = [rng.standard_normal((m, r)) @ np.linalg.qr(rng.standard_normal((d, r)))[0].T for _ in range(K)]
    return np.concatenate(parts), np.repeat(np.arange(K), m)


def test_independent_subspaces_are_found():
    features, labels = independent()
    result = run(features, labels, rank=3)
    assert result.value == pytest.approx(1)
    assert result.notes["matched accuracy"] == 1
    assert result.details["ranks"].tolist() == [3, 3, 3, 3]
    assert result.details["captured"] == pytest.approx(np.ones(4))
    assert [len(set(result.details["labels"][labels == k])) for k in range(4)] == [1, 1, 1, 1]


def test_energy_is_that_of_the_clusters_found():
    result = run(X, y, rank=4, restarts=2)
    labels = result.details["labels"]
    residual = 0.0
    for k in np.unique(labels):
        own = X[labels == k]
        basis = np.linalg.svd(own)[2][:4].T
        residual += ((own - own @ basis @ basis.T) ** 2).sum()
    assert result.value == pytest.approx(1 - residual / (X**2).sum(), rel=1e-9)
    assert np.bincount(labels).tolist() == result.details["counts"].tolist()
    assert result.notes["matched accuracy"] > 3 * result.notes["matched accuracy of shuffled labels"]


def test_one_cluster_holds_the_leading_singular_values():
    s = np.linalg.svd(X, compute_uv=False) ** 2
    assert run(X, y, rank=5, clusters=1, restarts=1).value == pytest.approx(s[:5].sum() / s.sum(), rel=1e-9)


def test_no_sample_lies_closer_to_another_subspace():
    features, _ = independent(m=30)
    features = features + 0.1 * np.random.default_rng(1).standard_normal(features.shape)
    result = run(features, np.repeat(np.arange(4), 30), rank=3)
    labels = result.details["labels"]
    bases = [np.linalg.svd(features[labels == k])[2][:3].T for k in range(4)]
    closest = np.argmax([((features @ basis) ** 2).sum(axis=1) for basis in bases], axis=0)
    assert (closest == labels).mean() > 0.98


def test_order_of_samples_does_not_matter():
    features, labels = independent()
    order = np.random.default_rng(3).permutation(len(features))
    found, moved = run(features, labels, rank=2), run(features[order], labels[order], rank=2)
    assert moved.value == pytest.approx(found.value, rel=1e-9)
    np.testing.assert_array_equal(moved.details["labels"], found.details["labels"][order])


def test_more_clusters_than_samples_and_features_of_zeros():
    assert run(X[:3], y[:3], clusters=8, restarts=1).value == pytest.approx(1)
    assert run(np.zeros((4, 3)), np.arange(4) % 2).notes["why"] == "all features are zero"
