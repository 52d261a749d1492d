"""Trees hung under trees."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from repgeom_core.hierarchy.linkages.grafting import Merges, equal_rows, forest, tree_of, under

PAIR = Merges(np.array([0]), np.array([1]), np.array([2.0]))
ALONE = Merges(np.empty(0, int), np.empty(0, int), np.empty(0))


def test_subtrees_hang_under_the_leaves_of_the_top() -> None:
    below = forest(5, [(np.array([4, 1]), PAIR), (np.array([2]), ALONE), (np.array([0, 3]), PAIR)])
    assert below.roots.tolist() == [5, 2, 6]
    top = Merges(np.array([0, 1]), np.array([2, 3]), np.array([3.0, 4.0]))
    tree = tree_of(under(top, below), "ward", {"k": 3}, np.array([False, False, True, True]))
    assert [sorted(tree.members(node)) for node in range(5, 9)] == [[1, 4], [0, 3], [0, 1, 3, 4], [0, 1, 2, 3, 4]]
    assert tree.height.tolist() == [2, 2, 3, 4]
    assert tree.approximate is not None
    assert tree.approximate.tolist() == [False, False, True, True]
    assert (tree.left < tree.right).all()


def test_a_top_below_its_subtree_is_raised_to_it() -> None:
    below = forest(3, [(np.array([0, 1]), PAIR), (np.array([2]), ALONE)])
    tree = tree_of(under(Merges(np.array([0]), np.array([1]), np.array([1.0])), below), "ward", {})
    assert (tree.height.tolist(), tree.meta["raised"]) == ([2, 2], 1)


@given(st.lists(st.integers(0, 4), min_size=1, max_size=60))
def test_equal_rows_are_balanced_trees_of_their_groups(groups: list[int]) -> None:
    names, group = np.unique(groups, return_inverse=True)
    found = equal_rows(group)
    left, right = found.merges.left, found.merges.right
    members: list[list[int]] = [[i] for i in range(len(group))]
    depth = [0] * len(group)
    for a, b in zip(left, right, strict=True):
        members.append(members[a] + members[b])
        depth.append(1 + max(depth[a], depth[b]))
    assert len(found.roots) == len(names)
    for number, root in enumerate(found.roots):
        assert sorted(members[root]) == np.flatnonzero(group == number).tolist()
        assert depth[root] == int(np.ceil(np.log2(len(members[root]))))
