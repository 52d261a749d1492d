"""What each cut of a tree gives, for every number of clusters at once, is what that cut gives by itself."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.cluster.hierarchy import fcluster, linkage
from sklearn.metrics import adjusted_rand_score

from repgeom_core.hierarchy import by_k
from repgeom_core.hierarchy.tree import Tree


@pytest.fixture(params=["ward", "average", "single"])
def clustered(request: pytest.FixtureRequest) -> tuple[np.ndarray, np.ndarray, np.ndarray, Tree]:
    rng = np.random.default_rng(0)
    y = rng.integers(0, 5, 90)
    X = rng.normal(size=(90, 6)) + 1.5 * rng.normal(size=(5, 6))[y]
    Z = linkage(X, request.param)
    return X, y, Z, Tree(Z[:, 0], Z[:, 1], Z[:, 2])


@pytest.fixture(params=[20_000_000, 400])
def at_once(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """All classes and dimensions at once, or two at a time."""
    monkeypatch.setattr(by_k, "AT_ONCE", request.param)


def test_every_cut_has_its_purity_its_rand_index_and_its_variance(clustered, at_once) -> None:
    X, y, Z, tree = clustered
    purity, rand, within = by_k.purity_by_k(tree, y, 5), by_k.adjusted_rand_index_by_k(tree, y, 5), by_k.within_share_by_k(tree, X)
    total = ((X - X.mean(axis=0)) ** 2).sum()
    for k in range(1, 91):
        labels = fcluster(Z, k, "maxclust")
        assert labels.max() == k
        parts = [labels == label for label in range(1, k + 1)]
        assert purity[k - 1] == pytest.approx(sum(np.bincount(y[part]).max() for part in parts) / 90, abs=1e-12)
        assert rand[k - 1] == pytest.approx(adjusted_rand_score(y, labels), abs=1e-12)
        assert within[k - 1] == pytest.approx(sum(((X[p] - X[p].mean(axis=0)) ** 2).sum() for p in parts) / total, abs=1e-12)


def test_a_ward_merge_adds_half_its_squared_height(clustered) -> None:
    X, _, _, _ = clustered
    Z = linkage(X, "ward")
    tree = Tree(Z[:, 0], Z[:, 1], Z[:, 2])
    np.testing.assert_allclose(by_k.merge_variances(tree, X + 100), tree.height**2 / 2, rtol=1e-9)


def test_equal_heights_are_split_from_the_root_down() -> None:
    tree = Tree(np.array([0, 2, 4]), np.array([1, 3, 5]), np.ones(3))
    assert by_k.split_order(tree).tolist() == [2, 1, 0]
    assert by_k.purity_by_k(tree, np.array([0, 0, 1, 1]), 2).tolist() == [0.5, 1, 1, 1]


def test_without_variance_there_is_no_share_of_it() -> None:
    tree = Tree(np.array([0, 3]), np.array([1, 2]), np.zeros(2))
    assert np.isnan(by_k.within_share_by_k(tree, np.ones((3, 2)))).all()
