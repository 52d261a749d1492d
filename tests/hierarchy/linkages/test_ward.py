"""Ward for many samples: what the approximation keeps of the exact tree."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.cluster import hierarchy
from sklearn.datasets import load_digits
from sklearn.metrics import adjusted_rand_score

from repgeom_core.errors import GeometryError
from repgeom_core.hierarchy.files.scipy_matrix import to_scipy
from repgeom_core.hierarchy.linkages import ward as module
from repgeom_core.hierarchy.linkages.ward import ward
from repgeom_core.hierarchy.tree import Tree

DIGITS = load_digits().data.astype(np.float32)


def within_variance(tree: Tree, X: np.ndarray, k: int) -> float:
    """Share of the variance within the clusters of the cut into ``k``."""
    labels = hierarchy.fcluster(to_scipy(tree), k, "maxclust")
    within = sum(float(((X[labels == c] - X[labels == c].mean(axis=0)) ** 2).sum()) for c in np.unique(labels))
    return within / float(((X - X.mean(axis=0)) ** 2).sum())


def blobs(n: int, groups: int, d: int = 512) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    label = rng.integers(0, groups, n)
    return (rng.normal(size=(groups, d))[label] + rng.normal(size=(n, d))).astype(np.float32), label


@pytest.mark.parametrize("seed", [0, 1])
def test_variance_within_clusters_of_digits_is_that_of_the_exact_tree_to_two_percent(seed: int) -> None:
    whole, approximate = ward(DIGITS), ward(DIGITS, micro_clusters=150, seed=seed)
    for k in (20, 100):
        assert within_variance(approximate, DIGITS, k) < 1.02 * within_variance(whole, DIGITS, k)


def test_separate_groups_are_found_by_the_approximate_tree() -> None:
    X, label = blobs(3_000, 20)
    tree = ward(X, micro_clusters=300)
    assert adjusted_rand_score(label, hierarchy.fcluster(to_scipy(tree), 20, "maxclust")) == 1


def test_merges_over_micro_clusters_are_marked_and_above_the_others() -> None:
    tree = ward(DIGITS, micro_clusters=200, seed=1)
    assert tree.approximate is not None
    assert tree.approximate.sum() == tree.meta["micro_clusters"] - 1
    assert not tree.meta["exact"]
    assert (np.diff(tree.height) >= 0).all()
    marked = np.flatnonzero(tree.approximate) + tree.n
    assert tree.approximate[tree.parent[marked[:-1]] - tree.n].all()  # what rests on an approximate merge is one
    assert hierarchy.is_valid_linkage(to_scipy(tree))


def test_the_total_of_squared_heights_is_that_of_all_variance() -> None:
    # A merge of Ward adds half its squared height to the variance within clusters; all merges together add all of it, in any tree.
    tree = ward(DIGITS, micro_clusters=200)
    scatter = ((DIGITS - DIGITS.mean(axis=0)) ** 2).sum()
    assert (tree.height**2).sum() / 2 == pytest.approx(scatter, rel=0.01)  # raised heights add a little


def test_equal_seeds_give_equal_trees() -> None:
    first, again, other = (ward(DIGITS, micro_clusters=150, seed=seed) for seed in (5, 5, 6))
    assert (to_scipy(first) == to_scipy(again)).all()
    assert (to_scipy(first) != to_scipy(other)).any()


def test_many_samples_are_approximate_and_few_distinct_ones_exact(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "EXACT_UP_TO", 500)
    monkeypatch.setattr(module, "MICRO_CLUSTERS", 50)
    assert ward(DIGITS).meta["micro_clusters"] <= 50
    assert ward(DIGITS, micro_clusters=0).meta["exact"]
    copies = DIGITS[np.arange(1_500) % 400]
    tree = ward(copies)
    assert tree.meta["exact"]
    assert (tree.height == 0).sum() == 1_100


def test_copies_count_as_samples_in_the_approximate_tree() -> None:
    X, label = blobs(400, 4, d=16)
    X = np.concatenate([X, np.repeat(X[:20], 30, axis=0)])
    tree = ward(X, micro_clusters=60)
    assert tree.n == 1_000
    assert tree.meta["duplicates"] == 600 <= (tree.height == 0).sum()
    scatter = ((X - X.mean(axis=0)) ** 2).sum()
    assert (tree.height**2).sum() / 2 == pytest.approx(scatter, rel=0.02)


@pytest.mark.parametrize("micro", [1, 2, 299, 300, 5_000])
def test_any_number_of_micro_clusters_gives_a_tree(micro: int) -> None:
    tree = ward(DIGITS[:300], micro_clusters=micro)
    assert sorted(tree.order) == list(range(300))


def test_equal_samples_are_one_tree() -> None:
    assert not ward(np.ones((500, 3), np.float32), micro_clusters=20).height.any()


def test_a_dense_blob_is_divided_until_its_parts_are_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LARGEST", 40)
    rng = np.random.default_rng(0)
    blob = rng.normal(size=(1_000, 5)) * 1e-9  # one place for rounded products in the frame of all
    X = np.concatenate([blob, rng.normal(size=(50, 5)) + 10])
    tree = ward(X, micro_clusters=30)
    assert tree.meta["micro_clusters"] >= 26
    assert sorted(tree.count[list(tree.children(tree.root) or ())]) == [50, 1_000]
    assert max(len(part) for part in module._micro_clusters(X, 30, 0, module.Progress())) <= 40


@pytest.mark.parametrize("micro", [-1, 20_001])
def test_impossible_numbers_of_micro_clusters_are_refused(micro: int) -> None:
    with pytest.raises(GeometryError, match="micro_clusters from 0"):
        ward(DIGITS, micro_clusters=micro)
