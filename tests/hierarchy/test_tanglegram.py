"""Tanglegram orders: valid dendrogram orders, never more crossings than before, none for a tree and its flipped copy."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.cluster.hierarchy import linkage

from repgeom_core.hierarchy.tanglegram import Tanglegram, crossings, tanglegram
from repgeom_core.hierarchy.tree import Tree


def tree_of(n: int, seed: int, method: str = "ward") -> Tree:
    Z = linkage(np.random.default_rng(seed).normal(size=(n, 3)), method)
    return Tree(Z[:, 0], Z[:, 1], Z[:, 2])


def flipped(tree: Tree, seed: int) -> Tree:
    flip = np.random.default_rng(seed).random(tree.n - 1) < 0.5
    return Tree(np.where(flip, tree.right, tree.left), np.where(flip, tree.left, tree.right), tree.height)


def highest(tree: Tree, k: int) -> np.ndarray:
    """The k clusters that remain when the highest merges are split, in dendrogram order."""
    nodes = {tree.root}
    while len(nodes) < k:
        node = max(nodes)
        nodes = (nodes - {node}) | set(tree.children(node))
    return np.array(sorted(nodes, key=lambda node: tree.start[node]))


def flow(tree_a: Tree, nodes_a: np.ndarray, tree_b: Tree, nodes_b: np.ndarray) -> np.ndarray:
    return np.array([[len(np.intersect1d(tree_a.members(a), tree_b.members(b))) for b in nodes_b] for a in nodes_a])


def drawn(tree_a: Tree, tree_b: Tree, k: int, **options: bool) -> tuple[np.ndarray, Tanglegram]:
    nodes_a, nodes_b = highest(tree_a, k), highest(tree_b, k)
    table = flow(tree_a, nodes_a, tree_b, nodes_b)
    return table, tanglegram(tree_a, nodes_a, tree_b, nodes_b, table, **options)


def is_dendrogram_order(tree: Tree, nodes: np.ndarray) -> bool:
    """Whether the clusters below every merge stand side by side."""
    for node in range(tree.n, tree.nodes):
        inside = np.isin(nodes, nodes[(tree.start[nodes] >= tree.start[node]) & (tree.start[nodes] < tree.start[node] + tree.count[node])])
        if tree.count[node] > max(tree.count[nodes[inside]], default=0) and np.diff(np.flatnonzero(inside)).max(initial=1) > 1:
            return False
    return True


@given(n=st.integers(2, 60), k=st.integers(1, 15), seed=st.integers(0, 10**6))
def test_crossings_never_increase_and_orders_stay_dendrogram_orders(n: int, k: int, seed: int) -> None:
    tree_a, tree_b = tree_of(n, seed), tree_of(n, seed + 1, "average")
    table, found = drawn(tree_a, tree_b, min(k, n))
    assert found.after <= found.before
    assert found.after == crossings(table, found.order_a, found.order_b)
    assert is_dendrogram_order(tree_a, highest(tree_a, min(k, n))[found.order_a])
    assert is_dendrogram_order(tree_b, highest(tree_b, min(k, n))[found.order_b])


@pytest.mark.parametrize("seed", range(5))
def test_a_tree_and_its_flipped_copy_do_not_cross(seed: int) -> None:
    tree = tree_of(200, seed)
    _, found = drawn(tree, flipped(tree, seed), 20)
    assert found.before > 0
    assert found.after == 0


def test_crossings_are_counted_as_pairs_of_samples() -> None:
    table = np.array([[2, 3], [5, 7]])
    straight, turned = np.array([0, 1]), np.array([1, 0])
    assert crossings(table, straight, straight) == 3 * 5
    assert crossings(table, straight, turned) == 2 * 7


def test_few_clusters_reach_the_fewest_crossings_of_all_flips() -> None:
    for seed in range(6):
        tree_a, tree_b = tree_of(60, seed), tree_of(60, seed + 100)
        table, found = drawn(tree_a, tree_b, 5)

        def orders(tree: Tree) -> set[tuple[int, ...]]:
            nodes = highest(tree, 5)
            every = set()
            for flips in product([False, True], repeat=4):
                flip = np.zeros(tree.n - 1, bool)
                flip[-4:] = flips
                turned = Tree(np.where(flip, tree.right, tree.left), np.where(flip, tree.left, tree.right), tree.height)
                every.add(tuple(np.argsort(turned.start[nodes])))
            return every

        fewest = min(crossings(table, np.array(a), np.array(b)) for a in orders(tree_a) for b in orders(tree_b))
        assert found.after == fewest


def test_200_clusters_are_no_matter() -> None:
    tree_a, tree_b = tree_of(1000, 0), tree_of(1000, 1)
    rng = np.random.default_rng(0)
    table = rng.integers(0, 5, (200, 200))
    found = tanglegram(tree_a, highest(tree_a, 200), tree_b, highest(tree_b, 200), table)
    assert found.after < found.before
