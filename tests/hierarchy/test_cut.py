"""Cuts by number of clusters and by height, against scipy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.cluster.hierarchy import fcluster, linkage

from repgeom_core.errors import GeometryError
from repgeom_core.hierarchy.cut import cluster_labels, cut, cut_at, heights_of_cut, merges_above
from repgeom_core.hierarchy.tree import Tree


def of_linkage(Z: np.ndarray) -> Tree:
    return Tree(Z[:, 0], Z[:, 1], Z[:, 2])


def random_tree(n: int, seed: int) -> Tree:
    """Any two living nodes merge next."""
    rng = np.random.default_rng(seed)
    living, left, right = list(range(n)), [], []
    for i in range(n - 1):
        for side in (left, right):
            side.append(living.pop(int(rng.integers(len(living)))))
        living.append(n + i)
    return Tree(np.array(left, int), np.array(right, int), np.sort(rng.integers(0, n, n - 1)).astype(float))


def same_partition(a: np.ndarray, b: np.ndarray) -> bool:
    pairs = len(np.unique(np.stack([a, b]), axis=1).T)
    return pairs == len(np.unique(a)) == len(np.unique(b))


@pytest.fixture(scope="module")
def Z() -> np.ndarray:
    return linkage(np.random.default_rng(0).normal(size=(300, 5)), "ward")


@pytest.mark.parametrize("k", [1, 2, 3, 20, 100, 299, 300])
def test_height_cut_is_fclusters_maxclust(Z: np.ndarray, k: int) -> None:
    tree = of_linkage(Z)
    nodes = cut(tree, k)
    assert len(nodes) == k
    assert same_partition(cluster_labels(tree, nodes), fcluster(Z, k, "maxclust"))


@pytest.mark.parametrize("method", ["ward", "single", "centroid"])  # a centroid tree has merges below their children
def test_cut_at_a_height_is_fclusters_distance(method: str) -> None:
    Z = linkage(np.random.default_rng(1).normal(size=(200, 3)), method)
    for height in [0, *np.quantile(Z[:, 2], [0.1, 0.5, 0.9, 0.99]), Z[50, 2], Z[-1, 2], 1e9]:
        tree = of_linkage(Z)
        assert same_partition(cluster_labels(tree, cut_at(tree, height)), fcluster(Z, height, "distance"))


@pytest.mark.parametrize("k", [1, 2, 7, 300])
def test_every_threshold_between_the_heights_gives_the_same_cut(Z: np.ndarray, k: int) -> None:
    tree = of_linkage(Z)
    low, high = heights_of_cut(tree, k)
    assert low < high
    for height in (low, (low + min(high, low + 1)) / 2, np.nextafter(min(high, low + 1), 0)):
        assert cut_at(tree, height).tolist() == cut(tree, k).tolist()
    if k < 300:
        assert len(cut_at(tree, np.nextafter(low, -1))) > k
    if k > 1:
        assert len(cut_at(tree, high)) < k


def test_a_cut_below_a_root_is_the_cut_of_its_own_tree(Z: np.ndarray) -> None:
    tree = of_linkage(Z)
    root = tree.children(tree.root)[0]  # type: ignore[index]
    members = tree.members(root)
    for nodes in (cut(tree, 9, root), cut_at(tree, heights_of_cut(tree, 9, root)[0], root)):
        assert len(nodes) == 9
        assert np.concatenate([tree.members(node) for node in nodes]).tolist() == members.tolist()
        labels = cluster_labels(tree, nodes)
        assert (labels >= 0).sum() == len(members)
        assert (labels[members] >= 0).all()


@pytest.mark.parametrize("mode", ["height", "breadth", "count"])
@pytest.mark.parametrize("n", [1, 2, 3, 40])
def test_every_cut_is_a_partition_in_dendrogram_order(mode: str, n: int) -> None:
    for seed in range(5):
        tree = random_tree(n, seed)
        for k in range(1, n + 2):
            nodes = cut(tree, k, mode=mode)
            assert len(nodes) == min(k, n)
            assert np.concatenate([tree.members(node) for node in nodes]).tolist() == tree.order.tolist()


def plain_cut(tree: Tree, k: int, mode: str) -> list[int]:
    """By definition: what is to be split next, found anew each time."""
    shown = [(tree.root, 0)]
    while len(shown) < k:
        inner = [(node, depth) for node, depth in shown if node >= tree.n]
        if mode == "height":
            node, depth = max(inner, key=lambda v: (tree.own_height[v[0]], v[0]))
        elif mode == "breadth":
            node, depth = min(inner, key=lambda v: (v[1], tree.start[v[0]]))
        else:
            node, depth = max(inner, key=lambda v: (tree.count[v[0]], -tree.start[v[0]]))
        shown.remove((node, depth))
        shown += [(child, depth + 1) for child in tree.children(node) or ()]
    return sorted((node for node, _ in shown), key=lambda node: tree.start[node])


@pytest.mark.parametrize("mode", ["height", "breadth", "count"])
def test_the_next_split_is_the_modes_also_among_ties(mode: str) -> None:
    for seed in range(10):
        tree = random_tree(30, seed)  # heights are integers with ties
        for k in (2, 5, 17):
            assert cut(tree, k, mode=mode).tolist() == plain_cut(tree, k, mode)


def test_a_refused_node_stays_whole_and_the_next_is_split(Z: np.ndarray) -> None:
    tree = of_linkage(Z)
    refused = int(cut(tree, 2)[0])
    nodes = cut(tree, 6, splittable=lambda node: node != refused)
    assert len(nodes) == 6
    assert refused in nodes
    assert cut(tree, 6, splittable=lambda node: False).tolist() == [tree.root]


def test_a_chain_of_60000_leaves_is_cut() -> None:
    n = 60_000
    tree = Tree(np.arange(1, n), np.r_[0, np.arange(n, 2 * n - 2)], np.arange(n - 1.0))
    assert sorted(tree.count[cut(tree, 100)].tolist()) == [1] * 99 + [n - 99]


def test_impossible_cuts_are_refused() -> None:
    tree = random_tree(5, 0)
    with pytest.raises(GeometryError, match="at least 1"):
        cut(tree, 0)
    with pytest.raises(GeometryError, match="between 0 and 8"):
        cut(tree, 2, root=9)
    with pytest.raises(GeometryError, match="Did you mean 'height'"):
        cut(tree, 2, mode="heigth")
    with pytest.raises(GeometryError, match="share"):
        cluster_labels(tree, [8, 0])


def test_the_merges_above_a_cut_are_all_between_it_and_the_root() -> None:
    tree = random_tree(80, 3)
    root = tree.root - 1 if tree.count[tree.root - 1] > 5 else tree.root
    nodes = cut(tree, 5, root, "count")
    between = {above for node in nodes for above in (*tree.ancestors(int(node)), node) if above <= root} - set(nodes.tolist())
    assert merges_above(tree, nodes, root) == sorted(between)
    assert merges_above(tree, [tree.root]) == []
