"""Statistics of nodes, against their definitions over each node's members."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy.cluster.hierarchy import linkage
from scipy.stats import entropy

from repgeom_core.analyses import measure
from repgeom_core.errors import GeometryError
from repgeom_core.hierarchy.statistics import NodeStatistics, distances_to_means, medoids, node_differences, node_means, node_nc1, share
from repgeom_core.hierarchy.tree import Tree

K, N = 5, 90


@pytest.fixture(scope="module")
def X() -> np.ndarray:
    return np.random.default_rng(0).normal(3, 1, (N, 6)).astype(np.float32)


@pytest.fixture(scope="module", params=["ward", "single"])
def tree(X: np.ndarray, request: pytest.FixtureRequest) -> Tree:
    Z = linkage(X, request.param)
    return Tree(Z[:, 0], Z[:, 1], Z[:, 2])


@pytest.fixture(scope="module")
def y() -> np.ndarray:
    return np.random.default_rng(1).integers(-1, K, N)


@pytest.fixture(scope="module")
def predictions(y: np.ndarray) -> np.ndarray:
    rng = np.random.default_rng(2)
    return np.where(rng.random(N) < 0.6, y, rng.integers(-1, K, N))


def by_members(tree: Tree, of: Callable[[np.ndarray], float]) -> list[float]:
    return [of(tree.members(node)) for node in range(tree.nodes)]


def test_every_statistic_is_that_of_the_nodes_members(tree: Tree, y: np.ndarray, predictions: np.ndarray) -> None:
    found = NodeStatistics(tree, y, predictions, K)

    def counts(rows: np.ndarray) -> np.ndarray:
        return np.bincount(y[rows][y[rows] >= 0], minlength=K)

    known = (y >= 0) & (predictions >= 0)
    right = known & (y == predictions)
    some = np.array(by_members(tree, lambda rows: counts(rows).sum())) > 0
    assert found.count.tolist() == by_members(tree, len)
    assert found.labelled.tolist() == by_members(tree, lambda rows: counts(rows).sum())
    assert found.known.tolist() == by_members(tree, lambda rows: known[rows].sum())
    assert found.correct.tolist() == by_members(tree, lambda rows: right[rows].sum())
    accuracy = by_members(tree, lambda rows: right[rows].sum() / known[rows].sum() if known[rows].any() else np.nan)
    np.testing.assert_allclose(found.accuracy, accuracy)
    np.testing.assert_allclose(found.purity[some], np.array(by_members(tree, lambda r: counts(r).max() / max(counts(r).sum(), 1)))[some])
    np.testing.assert_allclose(found.entropy[some], np.array(by_members(tree, lambda r: entropy(counts(r) + 0.0)))[some], atol=1e-12)
    assert found.majority[some].tolist() == np.array(by_members(tree, lambda rows: counts(rows).argmax()))[some].tolist()
    assert np.isnan(found.purity[~some]).all()
    assert np.isnan(found.entropy[~some]).all()
    assert (found.majority[~some] == -1).all()


def test_the_roots_accuracy_is_the_global_one_and_childrens_correct_counts_sum(tree: Tree, y: np.ndarray, predictions: np.ndarray) -> None:
    found = NodeStatistics(tree, y, predictions, K)
    known = (y >= 0) & (predictions >= 0)
    assert found.accuracy[tree.root] == (y == predictions)[known].mean()
    assert (found.correct[tree.left] + found.correct[tree.right] == found.correct[tree.n :]).all()


def test_a_missing_prediction_is_unknown_and_not_wrong(tree: Tree) -> None:
    y = np.zeros(N, int)
    predictions = np.where(np.arange(N) < 10, 0, -1)
    found = NodeStatistics(tree, y, predictions, 1)
    assert found.accuracy[tree.root] == 1
    assert np.isnan(found.accuracy[50])
    nothing = NodeStatistics(tree, np.full(N, -1), None, 0)
    assert np.isnan([nothing.accuracy[tree.root], nothing.purity[tree.root], nothing.entropy[tree.root]]).all()


def test_means_leave_out_what_is_missing(tree: Tree) -> None:
    values = np.random.default_rng(3).normal(1e9, 1, N)
    values[::4] = np.nan
    values[1] = np.inf
    finite = np.isfinite(values)
    expected = by_members(tree, lambda rows: values[rows][finite[rows]].mean() if finite[rows].any() else np.nan)
    np.testing.assert_allclose(node_means(tree, values), expected, rtol=1e-12)
    assert np.isnan(node_means(tree, np.full(N, np.nan))).all()


def test_an_outlier_does_not_touch_the_means_of_clusters_without_it(tree: Tree) -> None:
    values = np.random.default_rng(3).random(N)
    values[1] = 1e15
    np.testing.assert_allclose(node_means(tree, values), by_members(tree, lambda rows: values[rows].mean()), rtol=1e-12)


def test_a_difference_is_of_the_samples_where_both_are_known(tree: Tree) -> None:
    rng = np.random.default_rng(4)
    now, then = rng.random((2, N))
    now[0], then[1] = np.nan, np.nan
    assert node_differences(tree, now, then)[tree.root] == pytest.approx((now - then)[2:].mean())


def test_shares_are_of_all_members(tree: Tree) -> None:
    mask = np.random.default_rng(5).random(N) < 0.3
    np.testing.assert_allclose(share(tree, mask), by_members(tree, lambda rows: mask[rows].mean()))


def test_a_medoid_is_the_member_nearest_to_the_mean(tree: Tree, X: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> None:
    nodes = [tree.root, tree.root - 3, tree.n + 2, 7]
    expected = []
    for node in nodes:
        rows = tree.members(node)
        expected.append(rows[((X[rows] - X[rows].astype(float).mean(axis=0)) ** 2).sum(axis=1).argmin()])
    assert medoids(X, tree, nodes).tolist() == expected
    monkeypatch.setattr("repgeom_core.hierarchy.statistics.ROWS", 4)
    assert medoids(X, tree, nodes).tolist() == expected


def test_the_medoid_is_the_sample_nearest_to_the_mean_of_its_cluster(tree: Tree, X: np.ndarray) -> None:
    nodes = tree.children(tree.root)
    found = distances_to_means(X, tree, nodes)
    for node, medoid in zip(nodes, medoids(X, tree, nodes), strict=True):
        rows = tree.members(node)
        np.testing.assert_allclose(found[rows], np.linalg.norm(X[rows] - X[rows].mean(axis=0, dtype=float), axis=1))
        assert found[rows].min() == found[medoid]
    outside = distances_to_means(X, tree, nodes[:1])
    assert not outside[tree.members(nodes[1])].any()


def test_nc1_of_a_node_is_the_analysis_on_its_members(tree: Tree, X: np.ndarray, y: np.ndarray) -> None:
    nodes = [tree.root, tree.root - 1, tree.root - 4]
    found = node_nc1(X, y, tree, nodes)
    for node, value in zip(nodes, found, strict=True):
        rows = tree.members(node)
        rows = rows[y[rows] >= 0]
        codes = np.unique(y[rows], return_inverse=True)[1]
        expected = measure("nc1_pinv", X[rows], codes, interval=False, null=False).value
        assert value == pytest.approx(expected, rel=1e-4, nan_ok=True)


def test_nc1_is_nan_for_one_class_and_for_coinciding_means() -> None:
    tree = Tree(np.array([0, 2, 4]), np.array([1, 3, 5]), np.arange(3.0))
    X = np.array([[0.0, 1], [0, 1], [2, 3], [2, 3]])
    assert np.isnan(node_nc1(X, np.array([0, 1, 0, -1]), tree, [4, 5])).all()
    assert node_nc1(X, np.array([0, 0, 1, 1]), tree, [6]).tolist() == [0]


def test_a_thousand_classes_of_60000_take_no_memory_by_class() -> None:
    import tracemalloc

    rng = np.random.default_rng(0)
    n = 60_000
    tree = Tree(np.arange(1, n), np.r_[0, np.arange(n, 2 * n - 2)], np.arange(n - 1.0))
    y = rng.integers(0, 1000, n)
    NodeStatistics(tree, y, y, 1000)
    tracemalloc.start()
    found = NodeStatistics(tree, y, y, 1000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.entropy[tree.root] == pytest.approx(entropy(np.bincount(y)))
    assert peak < 40e6  # the (2n - 1, 1000) counts would be 480 MB as int32


def test_arrays_of_other_samples_are_refused(tree: Tree) -> None:
    with pytest.raises(GeometryError, match="labels of the tree's 90 samples"):
        NodeStatistics(tree, np.zeros(3, int), None, 1)
    with pytest.raises(GeometryError, match="below the number of classes 2"):
        NodeStatistics(tree, np.full(N, 2), None, 2)
