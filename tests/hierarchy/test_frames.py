"""Which frames and boxes lie in which: every sample and box once, in dendrogram order, and no frame around an outlier."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.cluster.hierarchy import linkage

from repgeom_core.hierarchy.cut import cut
from repgeom_core.hierarchy.files.scipy_matrix import from_scipy
from repgeom_core.hierarchy.frames import Plan, plan_of
from repgeom_core.hierarchy.tree import Tree

X = np.random.default_rng(0).normal(size=(200, 3))


def planned(tree: Tree, k: int, one: float) -> Plan:
    return plan_of(tree, tree.root, cut(tree, k), one)


@pytest.mark.parametrize("method", ["ward", "single"])
@pytest.mark.parametrize("one", [0.0, 5.0, 200.0])
def test_what_a_frame_holds_is_what_its_parts_hold(method: str, one: float) -> None:
    tree = from_scipy(linkage(X, method), method)
    plan = planned(tree, 30, one)
    inner = [i for i in range(len(plan.node)) if plan.second[i] >= 0]
    for i in inner:
        a, b = i + 1, plan.second[i]
        assert plan.parent[a] == plan.parent[b] == i and plan.end[a] == b and plan.end[b] == plan.end[i]
        assert plan.target[i] == plan.target[a] + plan.target[b] and plan.boxes[i] == plan.boxes[a] + plan.boxes[b]
    boxes = [plan.node[i] for i in range(len(plan.node)) if plan.second[i] < 0]
    assert boxes == cut(tree, 30).tolist()
    assert (plan.target[0], plan.boxes[0]) == (200, 30)


def test_no_frame_stands_around_a_cluster_and_an_outlier() -> None:
    tree = from_scipy(linkage(X, "single"), "single")  # a chain
    plan = planned(tree, 30, 5.0)
    for i, node in enumerate(plan.node):
        if i > 0 and node >= 0 and plan.second[i] >= 0:
            left, right = (tree.count[child] for child in tree.children(node) or ())
            assert min(left, right) >= 5
    assert -1 in plan.node and -1 not in planned(tree, 30, 0.0).node


def test_many_parts_are_halved_by_weight() -> None:
    tree = Tree(np.array([0, 4, 5]), np.array([1, 2, 3]), np.array([1.0, 2.0, 3.0]))  # ((0 1) 2) 3
    plan = planned(tree, 4, 2.0)
    assert plan.node == [6, -1, 0, 1, -1, 2, 3]
