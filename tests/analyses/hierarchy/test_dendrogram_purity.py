"""Dendrogram purity: exact over all pairs of a class, 1 where classes are branches, Σ p² for shuffled labels."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from scipy.cluster.hierarchy import linkage
from sklearn.datasets import load_digits

from repgeom_core import measure
from repgeom_core.hierarchy import by_k

DIGITS = load_digits()


def purity(X: np.ndarray, y: np.ndarray, null: bool = False, **parameters: str):
    return measure("dendrogram_purity", X, y, interval=False, null=null, **parameters)


def test_digits_and_their_shuffled_labels() -> None:
    found = purity(DIGITS.data / 16, DIGITS.target, null=True)
    assert found.value == pytest.approx(0.851396, abs=1e-6)
    assert found.null.mean == pytest.approx(0.1037, abs=1e-3)
    np.testing.assert_array_equal(found.details["classes"], np.arange(10))
    assert found.details["per_class"].min() > 0.5


@pytest.mark.parametrize("at_once", [20_000_000, 100])
def test_it_is_the_mean_over_pairs_of_a_class(at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(by_k, "AT_ONCE", at_once)
    rng = np.random.default_rng(0)
    y = rng.integers(0, 4, 40)
    X = rng.normal(size=(40, 3)) + 2 * rng.normal(size=(4, 3))[y]
    below = [{i} for i in range(40)]
    for a, b, _, _ in linkage(X, "average"):
        below.append(below[int(a)] | below[int(b)])
    pure = []
    for i, j in combinations(range(40), 2):
        if y[i] == y[j]:
            smallest = min((node for node in below if {i, j} <= node), key=len)
            pure.append(np.mean(y[list(smallest)] == y[i]))
    assert purity(X, y, method="average").value == pytest.approx(np.mean(pure), rel=1e-12)


def test_one_where_every_class_is_a_branch() -> None:
    rng = np.random.default_rng(0)
    y = np.repeat(np.arange(3), 20)
    assert purity(rng.normal(size=(60, 2)) + 100 * np.eye(3, 2)[y], y).value == 1


def test_classes_of_one_sample_have_no_pair() -> None:
    X = np.random.default_rng(0).normal(size=(6, 2))
    assert purity(X, np.arange(6)).notes["why"] == "no class has two samples"
    np.testing.assert_array_equal(purity(X, np.array([0, 1, 2, 3, 4, 4])).details["classes"], [4])


@pytest.mark.parametrize("method", ["ward", "single", "average"])
def test_copies_meet_all_at_once_whatever_their_order(method: str) -> None:
    rng = np.random.default_rng(3)
    X, y = np.repeat(rng.normal(size=(4, 2)), [9, 1, 6, 4], axis=0), np.sort(rng.integers(0, 3, 20))
    below = [{i} for i in range(20)]
    heights = [0.0] * 20
    for a, b, height, _ in linkage(X, method):
        below.append(below[int(a)] | below[int(b)])
        heights.append(height)
    pure = []
    for i, j in combinations(range(20), 2):
        if y[i] == y[j]:
            meet = [(height, members) for height, members in zip(heights, below, strict=True) if {i, j} <= members]
            lowest = min(height for height, _ in meet)
            smallest = max((members for height, members in meet if height == lowest), key=len)
            pure.append(np.mean(y[list(smallest)] == y[i]))
    for order in (np.arange(20), rng.permutation(20)):
        assert purity(X[order], y[order], method=method).value == pytest.approx(np.mean(pure), rel=1e-12)


@pytest.mark.parametrize("method", ["ward", "graph_degree", "hierarchical_kmeans"])
def test_equal_samples_have_no_purity(method: str) -> None:
    found = purity(np.ones((30, 3)), np.repeat([0, 1], 15), method=method)
    assert np.isnan(found.value) and found.notes["why"] == "all samples are equal"
