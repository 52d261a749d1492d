"""Hierarchical k-means: its levels are nodes of the tree, density follows Zador's exponents, and resampling evens it out."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.cluster.hierarchy import linkage as scipy_linkage
from sklearn.datasets import load_digits, make_blobs

from repgeom_core.errors import Cancelled, GeometryError
from repgeom_core.hierarchy.balanced_sample import density_exponent
from repgeom_core.hierarchy.linkages.hierarchical_kmeans import even_levels, hierarchical_kmeans, kmeans_levels
from repgeom_core.progress import Progress

X = load_digits().data / 16


def test_the_nodes_of_each_level_hold_the_samples_of_its_clusters() -> None:
    found = kmeans_levels(X, [100, 20, 5], rounds=1, seed=3)
    tree = hierarchical_kmeans(X, [100, 20, 5], rounds=1, seed=3)
    label = np.arange(len(X))
    for level, nodes in zip(found, tree.meta["levels"], strict=True):
        label = level.labels[label]
        assert len(nodes) == len(level.centroids)
        for c, node in enumerate(nodes):
            assert sorted(tree.members(node)) == np.flatnonzero(label == c).tolist()


def test_samples_are_in_the_cluster_of_their_nearest_centroid() -> None:
    level = kmeans_levels(X, [30])[0]
    centred = X - X.mean(axis=0)
    assert (np.linalg.norm(centred[:, None] - level.centroids, axis=2).argmin(axis=1) == level.labels).all()


def test_inside_the_lowest_clusters_heights_are_those_of_ward() -> None:
    points = X + 1e-3 * np.random.default_rng(0).normal(size=X.shape)  # whole numbers have equal distances, which any order may break
    tree = hierarchical_kmeans(points, [12])
    for node in tree.meta["levels"][0]:
        leaves = tree.members(node)
        below = np.flatnonzero(
            (tree.start[tree.n :] >= tree.start[node]) & ((tree.start + tree.count)[tree.n :] <= tree.start[node] + len(leaves))
        )
        np.testing.assert_allclose(tree.height[below], scipy_linkage(points[leaves], "ward")[:, 2], atol=1e-7)
        assert not tree.approximate[below].any()
    assert tree.approximate.sum() == 11


def test_far_groups_of_groups_are_found_at_both_levels() -> None:
    coarse = np.repeat([[0, 0], [1000, 0], [0, 1000]], 3, axis=0)
    centres = coarse + np.tile([[0, 0], [60, 0], [0, 60]], (3, 1))
    points, y = make_blobs(900, centers=centres, random_state=0)
    tree = hierarchical_kmeans(points, [9, 3], rounds=0, seed=1)
    for nodes, labels in zip(tree.meta["levels"], (y, y // 3), strict=True):
        assert sorted(len(np.unique(labels[tree.members(node)])) for node in nodes) == [1] * len(nodes)


def test_one_level_has_the_density_exponent_of_zador_in_one_dimension() -> None:
    """p^(1/3), from the gaps between converged centroids; .331, .333, .333 at k = 16, 32, 64 for the optimum."""
    points = np.random.default_rng(0).normal(size=(20_000, 1))
    for k in (16, 32, 64):
        slopes = []
        for seed in range(3):
            centroids = np.sort(kmeans_levels(points, [k], rounds=0, seed=seed)[0].centroids[:, 0])
            middle = (centroids[1:] + centroids[:-1]) / 2
            slopes.append(np.polyfit(-(middle**2) / 2, -np.log(np.diff(centroids)), 1)[0])
        assert np.mean(slopes) == pytest.approx(1 / 3, abs=0.05)


def test_each_level_and_each_round_brings_the_density_of_centroids_nearer_to_uniform() -> None:
    points = np.random.default_rng(0).normal(size=(10_000, 2))

    def exponent(levels: list[int], rounds: int) -> float:
        return float(density_exponent(points, kmeans_levels(points, levels, rounds)[-1].centroids)[0])

    one, two = exponent([400], 0), exponent([1000, 150], 0)
    assert one == pytest.approx(1 / 2, abs=0.12)  # d/(d + 2)
    assert two == pytest.approx(1 / 4, abs=0.12)
    assert two < one
    assert exponent([400], 6) < one - 0.05


def test_default_levels_divide_alike() -> None:
    assert even_levels(1000) == [100, 10]
    assert even_levels(10_000, 1) == [100]
    assert even_levels(81, 3) == [27, 9, 3]
    assert even_levels(500, 2, 64) == [64, 8]
    assert even_levels(500, 2, 600) == [24]
    assert even_levels(2) == []


@pytest.mark.parametrize(
    "points", [np.zeros((50, 3)), np.repeat(np.eye(4), 20, axis=0), np.arange(3.0)[:, None], np.zeros((2, 1)), np.ones((1, 4))]
)
def test_copies_and_few_samples_give_a_whole_tree(points: np.ndarray) -> None:
    tree = hierarchical_kmeans(points)
    assert tree.n == len(points) and (np.diff(tree.height) >= 0).all()


def test_equal_seeds_give_equal_trees() -> None:
    one, again, other = (hierarchical_kmeans(X[:300], seed=seed) for seed in (0, 0, 1))
    assert (one.left == again.left).all() and (one.height == again.height).all()
    assert (one.left != other.left).any()


@pytest.mark.parametrize("levels", [[10, 10], [5, 10], [50], [10, 0]])
def test_levels_that_do_not_fall_are_refused(levels: list[int]) -> None:
    with pytest.raises(GeometryError, match="Expected numbers of clusters that fall from level to level, all below 50 samples"):
        hierarchical_kmeans(X[:50], levels)


def test_it_can_be_cancelled() -> None:
    progress = Progress()
    progress.cancel()
    with pytest.raises(Cancelled):
        hierarchical_kmeans(X, progress=progress)
