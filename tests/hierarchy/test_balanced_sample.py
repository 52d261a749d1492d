"""Balanced samples have exactly the shares that the clusters' sizes allow, at every level."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import entropy as scipy_entropy

from repgeom_core.errors import GeometryError
from repgeom_core.hierarchy.balanced_sample import balanced_sample, density_exponent, entropy, gini, kl_to_uniform, shares
from repgeom_core.hierarchy.cut import cluster_labels, cut
from repgeom_core.hierarchy.linkages.hierarchical_kmeans import hierarchical_kmeans
from repgeom_core.hierarchy.linkages.methods import linkage
from repgeom_core.hierarchy.tree import Tree

RNG = np.random.default_rng(0)


def grouped(sizes: tuple[int, ...]) -> tuple[Tree, list[int]]:
    """A tree over far groups of these sizes, and the nodes that hold them."""
    rng = np.random.default_rng(1)
    tree = linkage(np.concatenate([rng.normal(size=(size, 2)) + [1e4 * i, 0] for i, size in enumerate(sizes)]), "ward")
    return tree, cut(tree, len(sizes)).tolist()


def test_clusters_of_1_10_and_100_asked_for_12_give_1_and_two_times_about_half_of_the_rest() -> None:
    tree, nodes = grouped((1, 10, 100))
    leaves = balanced_sample(tree, 12, [nodes])
    counts = np.bincount(cluster_labels(tree, nodes)[leaves])
    assert sorted(counts.tolist()) == [1, 5, 6] and counts[tree.count[nodes] == 1] == 1
    assert len(set(leaves.tolist())) == 12


@pytest.mark.parametrize(("total", "expected"), [(3, [1, 1, 1]), (21, [1, 10, 10]), (61, [1, 10, 50]), (111, [1, 10, 100]), (0, [0, 0, 0])])
def test_a_full_cluster_leaves_its_share_to_the_others(total: int, expected: list[int]) -> None:
    assert shares(np.array([1, 10, 100]), total, RNG).tolist() == expected


@given(st.lists(st.integers(0, 50), min_size=1, max_size=30), st.data())
@settings(max_examples=200, deadline=None)
def test_shares_add_up_and_differ_by_one_at_most_unless_full(counts: list[int], data: st.DataObject) -> None:
    total = data.draw(st.integers(0, sum(counts)))
    found = shares(np.array(counts), total, RNG)
    assert found.sum() == total and (found >= 0).all() and (found <= counts).all()
    unfilled = found[found < counts]
    assert not len(unfilled) or found.max() <= unfilled.min() + 1


def test_shares_are_even_inside_the_clusters_of_a_level_too() -> None:
    tree, nodes = grouped((40, 40, 40, 200))
    by_place = cut(tree, 4)
    upper = cut(tree, 2).tolist()
    leaves = balanced_sample(tree, 60, [nodes, upper])
    counts = np.bincount(cluster_labels(tree, by_place)[leaves], minlength=4)
    assert np.bincount(cluster_labels(tree, upper)[leaves]).tolist() == [30, 30]
    for node in upper:
        inside = [counts[i] for i, child in enumerate(by_place) if set(tree.members(child)) <= set(tree.members(node))]
        assert max(inside) - min(inside) <= 1


def test_levels_of_hierarchical_kmeans_are_used_and_other_trees_are_cut() -> None:
    X = np.random.default_rng(0).normal(size=(500, 3)) ** 3
    tree = hierarchical_kmeans(X)
    top = cluster_labels(tree, tree.meta["levels"][-1])
    balanced, random = balanced_sample(tree, 60), np.random.default_rng(0).choice(500, 60, replace=False)
    assert kl_to_uniform(np.bincount(top[balanced])) < kl_to_uniform(np.bincount(top[random], minlength=top.max() + 1)) / 2
    ward = linkage(X, "ward")
    assert (balanced_sample(ward, 60) == balanced_sample(ward, 60, [cut(ward, k).tolist() for k in (63, 8)])).all()


def test_seeds_choose_the_leaves() -> None:
    tree, nodes = grouped((30, 60))
    one, again, other = (balanced_sample(tree, 20, [nodes], seed) for seed in (0, 0, 1))
    assert (one == again).all() and (one != other).any()
    assert (balanced_sample(tree, 90, [nodes]) == np.arange(90)).all()


def test_more_than_there_are_and_levels_that_are_none_are_refused() -> None:
    tree, nodes = grouped((30, 60, 20))
    for size in (111, 0):
        with pytest.raises(GeometryError, match=f"has from 1 to 110 of them, got {size}"):
            balanced_sample(tree, size, [nodes])
    with pytest.raises(GeometryError, match="must hold each of the 110 samples exactly once"):
        balanced_sample(tree, 5, [nodes[:2]])
    with pytest.raises(GeometryError, match="lie within one cluster of the level above"):
        balanced_sample(tree, 5, [cut(tree, 2).tolist(), nodes])


def test_measures_of_balance_in_closed_form() -> None:
    assert gini(np.array([5, 5, 5])) == 0 and gini(np.array([0, 0, 0, 9])) == 0.75
    assert gini(np.array([1, 3])) == pytest.approx(0.25)
    assert kl_to_uniform(np.array([7, 7])) == 0 and kl_to_uniform(np.array([8, 0, 0, 0])) == pytest.approx(np.log(4))
    counts = np.array([3, 1, 4, 1, 5])
    assert entropy(counts) == pytest.approx(scipy_entropy(counts))
    assert kl_to_uniform(counts) == pytest.approx(scipy_entropy(counts, np.ones(5)))


def test_density_exponent_is_1_for_random_samples_and_0_for_a_uniform_cover() -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(20_000, 2))
    assert density_exponent(X, X[:400])[0] == pytest.approx(1, abs=0.15)
    assert density_exponent(X, rng.uniform(-3, 3, (400, 2)))[0] == pytest.approx(0, abs=0.15)
    assert np.isnan(density_exponent(X, X[:1])[0])
