"""One door to all linkages."""

from __future__ import annotations

import numpy as np
import pytest

from repgeom_core.errors import GeometryError
from repgeom_core.hierarchy import METHODS, linkage
from repgeom_core.hierarchy.linkages.methods import complete_parameters

X = np.random.default_rng(0).normal(size=(60, 5)).astype(np.float32)


@pytest.mark.parametrize("method", METHODS)
def test_every_method_gives_a_tree_over_all_rows(method: str) -> None:
    tree = linkage(X, method)
    assert tree.n == 60
    assert tree.method == method
    assert (np.diff(tree.height) >= 0).all()


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("n", [1, 2, 3])
def test_few_rows_are_a_tree(method: str, n: int) -> None:
    assert linkage(X[:n], method).n == n


@pytest.mark.parametrize("method", METHODS)
def test_equal_seeds_give_equal_trees_and_leave_the_features_alone(method: str) -> None:
    before = X.copy()
    first, again = linkage(X, method, seed=3), linkage(X, method, seed=3)
    assert (first.left == again.left).all() and (first.height == again.height).all()
    assert (before == X).all()


def test_half_precision_and_whole_numbers_are_read_as_they_are() -> None:
    whole = np.random.default_rng(1).integers(-50, 50, (30, 4))
    assert (linkage(whole).height == linkage(whole.astype(np.float16)).height).all()


def test_unknown_methods_and_parameters_are_refused_with_the_nearest() -> None:
    with pytest.raises(GeometryError, match=r"no linkage 'wards'. Did you mean 'ward'\?"):
        linkage(X, "wards")
    with pytest.raises(GeometryError, match=r"no parameter 'micro_cluster'. Did you mean 'micro_clusters'\?"):
        linkage(X, micro_cluster=5)


@pytest.mark.parametrize(("rows", "why"), [(X[:0], "at least 1 sample"), (X[0], "shape"), (np.full((3, 2), np.nan), "finite")])
def test_what_cannot_be_clustered_is_refused(rows: np.ndarray, why: str) -> None:
    with pytest.raises(GeometryError, match=why):
        linkage(rows)


def test_parameters_not_given_are_the_defaults() -> None:
    assert complete_parameters("ward", {}) == {"micro_clusters": None}
    assert complete_parameters("ward", {"micro_clusters": 7}) == {"micro_clusters": 7}
    assert complete_parameters("single", {}) == {}
