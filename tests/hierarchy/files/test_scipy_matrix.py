"""Linkage matrices in and out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.cluster import hierarchy

from repgeom_core.errors import GeometryError
from repgeom_core.hierarchy.files.scipy_matrix import from_scipy, to_scipy
from repgeom_core.hierarchy.linkages.methods import linkage

GOOD = [[0, 1, 1, 2], [2, 3, 2, 3]]


@given(st.integers(2, 60), st.sampled_from(["ward", "average", "complete", "single"]), st.integers(0, 99))
def test_a_matrix_comes_back_as_it_was(n: int, method: str, seed: int) -> None:
    Z = hierarchy.linkage(np.random.default_rng(seed).normal(size=(n, 3)), method)
    tree = from_scipy(Z, method)
    assert (to_scipy(tree) == Z).all()
    assert (tree.order == hierarchy.leaves_list(Z)).all()
    assert tree.method == method


def test_inversions_are_raised_and_counted() -> None:
    Z = hierarchy.linkage(np.random.default_rng(0).normal(size=(60, 3)), "centroid")
    assert not hierarchy.is_monotonic(Z)
    tree = from_scipy(Z, "centroid")
    assert tree.meta["raised"] > 0
    assert hierarchy.is_monotonic(to_scipy(tree))
    members = {frozenset(tree.members(node).tolist()) for node in range(tree.nodes)}
    assert members == {frozenset(node.pre_order()) for node in hierarchy.to_tree(Z, rd=True)[1]}


def test_our_tree_is_a_matrix_that_scipy_takes() -> None:
    tree = linkage(np.random.default_rng(0).normal(size=(200, 4)), micro_clusters=30)
    Z = to_scipy(tree)
    assert hierarchy.is_valid_linkage(Z)
    assert (hierarchy.leaves_list(Z) == tree.order).all()
    assert (to_scipy(from_scipy(Z)) == Z).all()


def test_left_stays_left() -> None:
    assert from_scipy([[1, 0, 1, 2]]).order.tolist() == [1, 0]


def test_a_matrix_without_rows_is_one_leaf() -> None:
    assert from_scipy(np.empty((0, 4))).n == 1


@pytest.mark.parametrize(
    ("Z", "why"),
    [
        (np.zeros((3, 3)), r"4 columns.*\(3, 3\)"),
        (np.zeros(4), "4 columns"),
        ([["a", "b", "c", "d"]], "of numbers"),
        ([GOOD[0], [2, 3, np.nan, 3]], "Row 1"),
        ([GOOD[0], [2, 3, -1, 3]], "Row 1.*at least 0"),
        ([[0, 0.5, 1, 2], GOOD[1]], "Row 0.*whole"),
        ([[0, -1, 1, 2], GOOD[1]], "Row 0"),
        ([[0, 4, 1, 2], GOOD[1]], "Row 0.*not merged before"),
        ([GOOD[0], [1, 3, 2, 3]], "exactly one merge"),
        ([GOOD[0], [2, 3, 2, 4]], "Row 1.*counts 4 samples; its children hold 3"),
    ],
)
def test_what_is_no_linkage_matrix_is_refused(Z: object, why: str) -> None:
    with pytest.raises(GeometryError, match=why):
        from_scipy(Z)
