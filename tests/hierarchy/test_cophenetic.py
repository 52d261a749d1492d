"""Cophenetic distances are scipy's for any tree, of any shape, and pairs are all of them or a fair choice."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.cluster.hierarchy import cophenet, linkage
from scipy.spatial.distance import pdist

from repgeom_core.hierarchy.cophenetic import Pairs, cophenetic_distances, lowest_common_ancestors, pair_distances, pairs_of
from repgeom_core.hierarchy.tree import Tree


def of_linkage(Z: np.ndarray) -> Tree:
    return Tree(Z[:, 0], Z[:, 1], Z[:, 2])


@pytest.mark.parametrize("method", ["ward", "average", "complete", "single"])
@pytest.mark.parametrize("n", [2, 3, 64, 65, 200])
def test_all_pairs_meet_where_scipy_says(method: str, n: int) -> None:
    Z, pairs = linkage(np.random.default_rng(n).normal(size=(n, 3)), method), pairs_of(n)
    np.testing.assert_array_equal(cophenetic_distances(of_linkage(Z), pairs.i, pairs.j), cophenet(Z))


def test_the_ancestor_is_the_lowest_node_that_holds_both() -> None:
    tree = of_linkage(linkage(np.random.default_rng(0).normal(size=(30, 3)), "average"))
    for i, j in [(0, 1), (7, 22), (29, 3), (5, 5)]:
        holding = [node for node in range(tree.nodes) if {i, j} <= set(tree.members(node).tolist())]
        assert lowest_common_ancestors(tree, np.array([i]), np.array([j])) == min(holding)


def test_a_chain_of_60000_leaves() -> None:
    n = 60_000
    tree = Tree(np.arange(1, n), np.r_[0, np.arange(n, 2 * n - 2)], np.arange(1.0, n))
    i, j = np.random.default_rng(0).integers(0, n, (2, 1000))
    expected = np.where(i == j, 0, np.maximum(np.maximum(i, j), 1))
    np.testing.assert_array_equal(cophenetic_distances(tree, i, j), expected)


def test_pairs_are_all_of_few_samples_and_a_fair_choice_of_many() -> None:
    whole = pairs_of(40)
    assert whole.complete
    np.testing.assert_array_equal(np.stack([whole.i, whole.j]), np.triu_indices(40, 1))
    some = pairs_of(40, all_up_to=10, sampled=100_000)
    assert not some.complete and some.total == 780
    assert (some.i != some.j).all()
    counts = np.bincount(some.i * 40 + some.j, minlength=1600).reshape(40, 40)[~np.eye(40, dtype=bool)]
    assert counts.min() > 0.3 * counts.mean() and counts.max() < 2 * counts.mean()


@pytest.mark.parametrize("offset", [0.0, 1e6])
def test_distances_are_those_of_the_rows_also_of_copies_far_from_the_origin(offset: float) -> None:
    X = np.random.default_rng(0).normal(size=(300, 5))
    X[100:200] = X[:100] + 1e-6
    X[200:250] = X[:50]
    X += offset
    pairs = pairs_of(300)
    np.testing.assert_allclose(pair_distances(X, pairs), pdist(X), rtol=1e-9, atol=0)
    few = Pairs(pairs.i[::7], pairs.j[::7], 300)
    np.testing.assert_allclose(pair_distances(X, few), pdist(X)[::7], rtol=1e-12, atol=0)
