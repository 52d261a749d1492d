"""The flat tree: ranges, members, sums, and what it refuses."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.cluster.hierarchy import leaves_list, linkage, to_tree

from repgeom_core.errors import GeometryError
from repgeom_core.hierarchy.tree import Tree, renumbered


def of_linkage(Z: np.ndarray) -> Tree:
    return Tree(Z[:, 0], Z[:, 1], Z[:, 2])


@pytest.fixture
def points() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(60, 4))


def test_order_is_that_of_the_dendrogram(points: np.ndarray) -> None:
    Z = linkage(points, "ward")
    assert (of_linkage(Z).order == leaves_list(Z)).all()


def test_members_of_every_node_are_the_leaves_below_it(points: np.ndarray) -> None:
    Z = linkage(points, "average")
    tree, nodes = of_linkage(Z), to_tree(Z, rd=True)[1]
    for node in nodes:
        assert tree.members(node.id).tolist() == node.pre_order()
        assert tree.count[node.id] == node.count


def test_sums_of_every_node_are_those_of_its_members(points: np.ndarray) -> None:
    tree, values = of_linkage(linkage(points, "ward")), np.arange(60) ** 2
    assert tree.sums(values).tolist() == [values[tree.members(node)].sum() for node in range(tree.nodes)]
    assert tree.sums(points).shape == (119, 4)


def test_a_chain_of_60000_leaves_has_its_ranges() -> None:
    n = 60_000
    tree = Tree(np.arange(1, n), np.r_[0, np.arange(n, 2 * n - 2)], np.arange(n - 1.0))
    assert tree.count[tree.root] == n
    assert (np.sort(tree.order) == np.arange(n)).all()
    assert len(tree.ancestors(0)) == n - 1


def test_one_leaf_is_a_tree() -> None:
    tree = Tree(np.empty(0), np.empty(0), np.empty(0))
    assert (tree.n, tree.root, tree.members(0).tolist()) == (1, 0, [0])


def test_renumbered_sorts_merges_and_raises_inversions() -> None:
    tree = renumbered(np.array([0, 2, 4]), np.array([1, 3, 5]), np.array([5.0, 1.0, 4.0]), approximate=[True, False, False])
    assert tree.height.tolist() == [1, 5, 5]
    assert (tree.left.tolist(), tree.right.tolist()) == ([2, 0, 5], [3, 1, 4])
    assert tree.approximate is not None
    assert tree.approximate.tolist() == [False, True, False]
    assert tree.meta["raised"] == 1


@pytest.mark.parametrize(
    ("left", "right", "height", "why"),
    [
        ([0, 0], [1, 2], [1, 2], "exactly one merge"),
        ([0, 4], [1, 2], [1, 2], "earlier merge"),
        ([0, 3], [1, 2], [1, np.nan], "finite"),
        ([0, 3], [1, 2], [1], "one for each merge"),
    ],
)
def test_what_is_no_tree_is_refused(left: list[int], right: list[int], height: list[float], why: str) -> None:
    with pytest.raises(GeometryError, match=why):
        Tree(np.array(left), np.array(right), np.array(height))
