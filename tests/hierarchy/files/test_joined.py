"""Several trees under one root."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.cluster.hierarchy import linkage

from repgeom_core.hierarchy.files.joined import joined
from repgeom_core.hierarchy.tree import Tree


def ward(n: int, seed: int) -> Tree:
    Z = linkage(np.random.default_rng(seed).normal(size=(n, 3)), "ward") if n > 1 else np.empty((0, 4))
    return Tree(Z[:, 0], Z[:, 1], Z[:, 2])


@pytest.mark.parametrize("sizes", [(5,), (4, 7), (3, 1, 8, 2, 6), (1, 1, 1)])
def test_a_cut_into_as_many_clusters_as_trees_gives_the_trees(sizes: tuple[int, ...]) -> None:
    trees = [ward(n, seed) for seed, n in enumerate(sizes)]
    whole, joins = joined(trees), len(sizes) - 1
    assert whole.n == sum(sizes) and whole.approximate.tolist() == [False] * (whole.n - 1 - joins) + [True] * joins
    assert (np.diff(whole.height) >= 0).all()
    tops = [node for node in range(whole.nodes) if node not in range(whole.nodes - joins, whole.nodes) and
            (whole.parent[node] < 0 or whole.parent[node] >= whole.nodes - joins)]  # fmt: skip
    leaves = np.split(np.arange(whole.n), np.cumsum(sizes)[:-1])
    assert sorted(sorted(whole.members(node)) for node in tops) == [list(part) for part in leaves]
    assert np.array_equal(
        whole.order, np.concatenate([tree.order + first for tree, first in zip(trees, np.cumsum([0, *sizes]), strict=False)])
    )


def test_merges_of_the_parts_keep_their_heights() -> None:
    trees = [ward(20, 0), ward(30, 1)]
    assert np.array_equal(joined(trees).height[:-1], np.sort(np.concatenate([tree.height for tree in trees]), kind="stable"))
    assert joined(trees).height[-1] > max(tree.height.max() for tree in trees)
