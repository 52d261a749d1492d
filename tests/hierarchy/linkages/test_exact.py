"""Exact linkages against scipy, and against what can be said without it."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.cluster import hierarchy
from scipy.spatial.distance import pdist
from sklearn.datasets import load_digits
from sklearn.metrics import adjusted_rand_score

from repgeom_core.errors import Cancelled, GeometryError
from repgeom_core.hierarchy.files.scipy_matrix import to_scipy
from repgeom_core.hierarchy.linkages import exact as module
from repgeom_core.hierarchy.linkages.exact import average, complete, exact, merges_of, single
from repgeom_core.hierarchy.linkages.grafting import equal_rows, tree_of, under
from repgeom_core.progress import Progress

METHODS = ("ward", "average", "complete", "single")


def points(n: int, d: int = 6) -> np.ndarray:
    return np.random.default_rng(n).normal(size=(n, d)) * np.logspace(0, 2, d) + 1000


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("n", [2, 3, 4, 500])
def test_the_tree_is_scipys(method: str, n: int) -> None:
    tree, Z = exact(points(n), method), hierarchy.linkage(points(n), method)
    np.testing.assert_allclose(to_scipy(tree), Z, rtol=1e-9)
    assert (tree.method, tree.meta["exact"], tree.approximate.any()) == (method, True, False)


@pytest.mark.parametrize("method", METHODS)
def test_heights_on_digits_are_scipys(method: str) -> None:
    X = load_digits().data.astype(np.float32)
    np.testing.assert_allclose(exact(X, method).height, hierarchy.linkage(X.astype(np.float64), method)[:, 2], rtol=1e-9)


def test_ward_on_digits_has_the_published_top_heights() -> None:
    digits = load_digits()
    tree = exact(digits.data, "ward")
    np.testing.assert_allclose(tree.height[-3:] / 16, np.array([30.5386, 33.5201, 43.2476]), atol=5e-5)
    labels = hierarchy.fcluster(to_scipy(tree), 10, "maxclust")
    assert adjusted_rand_score(digits.target, labels) == pytest.approx(0.7940, abs=5e-5)


@pytest.mark.parametrize(("a", "b", "height"), [(5, 5, 11.180340), (7, 5, 12.0761)])
def test_two_groups_merge_at_the_height_of_the_formula(a: int, b: int, height: float) -> None:
    X = np.repeat([[0.0, 0], [3, 4]], [a, b], axis=0)
    tree = exact(X, "ward")
    assert tree.height[-1] == pytest.approx(height, abs=1e-4) == pytest.approx(5 * np.sqrt(2 * a * b / (a + b)), abs=1e-4)
    assert not tree.height[:-1].any()
    assert sorted(tree.count[list(tree.children(tree.root) or ())]) == sorted([a, b])


def test_single_linkage_of_0_1_3_merges_at_1_and_2() -> None:
    assert single(np.array([[0.0], [1], [3]])).height.tolist() == [1, 2]
    assert complete(np.array([[0.0], [1], [3]])).height.tolist() == [1, 3]
    assert average(np.array([[0.0], [1], [3]])).height.tolist() == [1, 2.5]


@pytest.mark.parametrize("method", METHODS)
def test_equal_rows_merge_at_zero_and_count_as_often_as_they_are(method: str) -> None:
    few = points(40)
    X = few[np.random.default_rng(0).integers(0, 40, 300)]
    tree = exact(X, method)
    np.testing.assert_allclose(tree.height, hierarchy.linkage(X, method)[:, 2], rtol=1e-9, atol=1e-9)
    assert tree.meta["duplicates"] == 300 - len(np.unique(X, axis=0)) == (tree.height == 0).sum()


def test_ties_change_no_height_where_heights_do_not_depend_on_them() -> None:
    X = np.random.default_rng(0).integers(0, 6, (200, 2)).astype(np.float64)
    np.testing.assert_allclose(exact(X, "single").height, hierarchy.linkage(X, "single")[:, 2], atol=1e-12)
    grid = np.stack(np.meshgrid(np.arange(4.0), np.arange(4.0)), axis=-1).reshape(-1, 2) * [1, 100]
    for method in METHODS:
        np.testing.assert_allclose(exact(grid, method).height, hierarchy.linkage(grid, method)[:, 2], rtol=1e-12)


@pytest.mark.parametrize("method", ["ward", "average", "complete"])
def test_where_distances_tie_every_height_is_still_that_of_the_two_clusters_merged(method: str) -> None:
    X = np.random.default_rng(0).integers(0, 4, (50, 2)).astype(float)
    tree = exact(X, method)
    for node in range(tree.n, tree.nodes):
        one, other = (X[tree.members(child)] for child in tree.children(node))
        a, b, apart = len(one), len(other), np.linalg.norm(one[:, None] - other[None], axis=2)
        ward = np.sqrt(2 * a * b / (a + b)) * np.linalg.norm(one.mean(axis=0) - other.mean(axis=0))
        expected = {"ward": ward, "average": apart.mean(), "complete": apart.max()}[method]
        assert tree.own_height[node] == pytest.approx(expected, abs=1e-9)


def test_near_duplicates_far_from_the_origin_keep_their_distances() -> None:
    rng = np.random.default_rng(0)
    X = np.repeat(rng.normal(size=(50, 8)), 2, axis=0) + 1e3
    X[1::2] += 1e-9 * rng.normal(size=(50, 8))
    np.testing.assert_allclose(exact(X, "ward").height[:50], np.sort(np.linalg.norm(X[1::2] - X[::2], axis=1)), rtol=1e-6)


@pytest.mark.parametrize("factor", [1e-150, 1e150])
def test_heights_scale_with_the_samples(factor: float) -> None:
    np.testing.assert_allclose(exact(points(60) * factor, "ward").height, exact(points(60), "ward").height * factor, rtol=1e-6)


def test_equal_samples_and_one_sample_are_trees() -> None:
    assert exact(np.full((9, 3), 0.1), "ward").height.tolist() == [0] * 8
    assert exact(np.ones((1, 3)), "average").n == 1


def test_counted_units_merge_as_their_copies_do() -> None:
    units, counts = points(80), np.random.default_rng(1).integers(1, 9, 80)
    counted = tree_of(under(merges_of(units, counts, "ward"), equal_rows(np.repeat(np.arange(80), counts))), "ward", {})
    copied = hierarchy.linkage(np.repeat(units, counts, axis=0), "ward")[:, 2]
    np.testing.assert_allclose(counted.height, copied, rtol=1e-9, atol=1e-6)


def test_distances_of_many_blocks_are_those_of_one(monkeypatch: pytest.MonkeyPatch) -> None:
    squared, scale = module._squared_distances(points(70), Progress())
    np.testing.assert_allclose(np.sqrt(squared) / scale, pdist(points(70)), rtol=1e-9)
    monkeypatch.setattr(module, "ROWS_AT_ONCE", 11)
    monkeypatch.setattr(module, "COLUMNS_AT_ONCE", 17)
    np.testing.assert_allclose(module._squared_distances(points(70), Progress())[0], squared, rtol=1e-12)


def test_too_many_samples_are_told_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_UNITS", 50)
    with pytest.raises(GeometryError, match=r"at most 50 distinct samples, got 51.*Use 'ward'"):
        average(points(51))
    assert average(points(50)[np.arange(51) % 50]).n == 51


def test_merging_tells_its_progress_and_can_be_cancelled() -> None:
    class Impatient(Progress):
        def update(self, stage: str, done: int, total: int) -> None:
            if stage == "merging clusters" and done >= 200:
                self.cancel()
            super().update(stage, done, total)

    with pytest.raises(Cancelled):
        exact(points(500), "ward", Impatient())
