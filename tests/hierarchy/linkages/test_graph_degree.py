"""Graph-degree linkage against a dense agglomeration that shares no code, its figures on digits, and what it does at the edges."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

from repgeom_core.analyses.subspaces.matching import matched
from repgeom_core.errors import Cancelled, GeometryError
from repgeom_core.hierarchy.cut import cluster_labels, cut
from repgeom_core.hierarchy.linkages.graph_degree import graph_degree
from repgeom_core.hierarchy.tree import Tree
from repgeom_core.progress import Progress


def dense(X: np.ndarray, k: int, a: float = 1.0) -> tuple[list[np.ndarray], list[float]]:
    """Labels after the start and after each merge, and affinities, from the definition: full matrices, everything anew at each step."""
    n = len(X)
    D = np.linalg.norm(X[:, None] - X[None], axis=2)
    np.fill_diagonal(D, np.inf)
    near = np.argsort(D, axis=1, kind="stable")[:, :k]
    squared = np.take_along_axis(D, near, 1) ** 2
    W = np.zeros((n, n))
    np.put_along_axis(W, near, np.exp(-squared / (a / (n * k) * squared.sum())), 1)
    joined = np.zeros((n, n), bool)
    joined[np.arange(n), near[:, 0]] = True
    joined |= joined.T | np.eye(n, dtype=bool)
    for _ in range(n):
        joined = joined @ joined
    labels = joined.argmax(axis=1)
    states, affinities = [labels.copy()], []
    while len(clusters := np.unique(labels)) > 1:
        best = (0.0, -1, -1)
        for i, p in enumerate(clusters):
            for q in clusters[i + 1 :]:
                P, Q = np.flatnonzero(labels == p), np.flatnonzero(labels == q)
                there, back = W[np.ix_(P, Q)], W[np.ix_(Q, P)]
                affinity = (there @ back).sum() / len(P) ** 2 + (back @ there).sum() / len(Q) ** 2
                best = max(best, (affinity, -p, -q))
        if best[0] == 0:
            break
        labels[labels == -best[2]] = -best[1]
        states.append(labels.copy())
        affinities.append(best[0])
    return states, affinities


@pytest.mark.parametrize(("seed", "k", "a"), [(0, 5, 1.0), (1, 8, 1.0), (2, 5, 0.5), (3, 12, 3.0)])
def test_merges_are_those_of_the_definition(seed: int, k: int, a: float) -> None:
    X = np.random.default_rng(seed).normal(size=(60, 3))
    tree = graph_degree(X, neighbours=k, a=a)
    states, affinities = dense(X, k, a)
    for labels in states:
        clusters = len(np.unique(labels))
        assert adjusted_rand_score(labels, cluster_labels(tree, cut(tree, clusters))) == 1
    starts = tree.meta["start clusters"]
    assert starts == len(np.unique(states[0])) and tree.meta["unconnected"] == starts - 1 - len(affinities)
    heights = 1 + np.log(max(affinities) / np.minimum.accumulate(affinities))
    np.testing.assert_allclose(tree.height[60 - starts : 60 - starts + len(affinities)], heights, rtol=1e-5)


def test_digits() -> None:
    X, y = load_digits(return_X_y=True)
    tree = graph_degree(X / 16)
    labels = cluster_labels(tree, cut(tree, 10))
    assert matched(y, labels)[0] == pytest.approx(0.8748, abs=5e-5)
    assert normalized_mutual_info_score(y, labels) == pytest.approx(0.8955, abs=5e-5)
    assert adjusted_rand_score(y, labels) == pytest.approx(0.7979, abs=5e-5)


def test_start_clusters_are_merged_along_first_neighbours_below_all_others() -> None:
    X = np.array([0.0, 1.0, 2.5, 10.0, 10.5])[:, None]
    tree = graph_degree(X, neighbours=2)
    assert tree.meta["start clusters"] == 2
    np.testing.assert_allclose(tree.height[:3], [0.5 / 1.5, 1 / 1.5, 1])
    assert tree.height[3] >= 1


def test_groups_without_a_path_are_joined_last_by_ward_of_their_means() -> None:
    rng = np.random.default_rng(0)
    X = np.concatenate([rng.normal(size=(30, 2)) + shift for shift in ([0, 0], [1000, 0], [1500, 0])])
    tree = graph_degree(X, neighbours=5)
    assert tree.meta["unconnected"] == 2
    assert sorted(map(sorted, (tree.members(node).tolist() for node in cut(tree, 3)))) == [
        list(range(30)), list(range(30, 60)), list(range(60, 90))
    ]  # fmt: skip
    assert sorted(tree.members(cut(tree, 2)[1])) == list(range(30, 90)) or sorted(tree.members(cut(tree, 2)[0])) == list(range(30, 90))
    np.testing.assert_allclose(np.diff(tree.height[-3:]), 1)


def test_scale_and_place_change_nothing() -> None:
    X = np.random.default_rng(1).normal(size=(200, 8))
    here, there = graph_degree(X), graph_degree(3.7 * X + 5)
    assert (here.left == there.left).all() and (here.right == there.right).all()
    np.testing.assert_allclose(here.height, there.height, rtol=1e-4)


@pytest.mark.parametrize(
    "X", [np.zeros((30, 3)), np.repeat(np.eye(3), 10, axis=0), np.zeros((2, 1)), np.ones((1, 4)), np.arange(6.0)[:, None]]
)
def test_copies_and_few_samples_give_a_whole_tree(X: np.ndarray) -> None:
    tree = graph_degree(X)
    assert isinstance(tree, Tree) and tree.n == len(X)
    assert np.isfinite(tree.height).all() and (np.diff(tree.height) >= 0).all()


def test_impossible_parameters_are_refused() -> None:
    with pytest.raises(GeometryError, match="at least 1 neighbour and a positive a, got neighbours=0"):
        graph_degree(np.eye(5), neighbours=0)
    with pytest.raises(GeometryError, match="a=-1"):
        graph_degree(np.eye(5), a=-1)


def test_it_can_be_cancelled_while_it_merges() -> None:
    class Impatient(Progress):
        def _show(self, stage: str, *rest: object) -> None:
            if stage == "merging by affinity":
                self.cancel()

    with pytest.raises(Cancelled):
        graph_degree(np.random.default_rng(0).normal(size=(100, 3)), progress=Impatient())
