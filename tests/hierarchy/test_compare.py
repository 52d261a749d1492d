"""Two trees: the same tree agrees with itself at every cut, strangers as chance says, and what breaks apart is named."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.cluster.hierarchy import cophenet
from scipy.cluster.hierarchy import linkage as scipy_linkage
from scipy.spatial.distance import squareform
from sklearn.metrics import adjusted_rand_score

from repgeom_core.errors import GeometryError
from repgeom_core.hierarchy import cophenetic
from repgeom_core.hierarchy.compare import (
    Flow,
    adjusted_rand_index,
    agreement_by_k,
    aligned,
    broken_clusters,
    compare,
    contingency,
    flow_between,
    recut,
    tree_correlation,
)
from repgeom_core.hierarchy.cut import cluster_labels, cut
from repgeom_core.hierarchy.linkages.methods import linkage

RNG = np.random.default_rng(0)
Y = np.repeat(np.arange(6), 30)
X = RNG.normal(size=(180, 5)) + 4 * RNG.normal(size=(6, 5))[Y]
NOISY = X + 1.5 * RNG.normal(size=X.shape)
A, B, STRANGER = linkage(X, "ward"), linkage(NOISY, "average"), linkage(RNG.normal(size=X.shape), "ward")


# -- cophenetic correlation --------------------------------------------------------------------------------------------


def test_correlation_is_that_of_scipys_cophenetic_distances() -> None:
    expected = np.corrcoef(cophenet(scipy_linkage(X, "ward")), cophenet(scipy_linkage(NOISY, "average")))[0, 1]
    found = tree_correlation(A, B)
    assert found.value == pytest.approx(expected, rel=1e-10)
    assert found.interval[0] < expected < found.interval[1]
    assert (found.pairs, found.total) == (180 * 179 // 2, 180 * 179 // 2)


def test_a_tree_agrees_with_itself_and_a_stranger_as_chance_says() -> None:
    same, other = tree_correlation(A, A), tree_correlation(A, STRANGER)
    assert same.value == pytest.approx(1) and same.interval == pytest.approx((1, 1))
    assert abs(other.value - other.null_mean) < 5 * other.null_sd
    assert abs(same.null_mean) < 0.05 and same.value > same.null_mean + 10 * same.null_sd


def test_pairs_drawn_at_random_lie_within_the_interval_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = tree_correlation(A, B)
    monkeypatch.setattr(cophenetic.pairs_of, "__defaults__", (0, 100, 5_000))
    some = tree_correlation(A, B)
    assert (some.pairs, some.total) == (5_000, whole.total)
    assert some.value != whole.value
    assert whole.interval[0] < some.value < whole.interval[1]


def test_the_interval_of_the_correlation_is_that_of_a_bootstrap_over_samples() -> None:
    found, rng = tree_correlation(A, B), np.random.default_rng(1)
    one, two = (squareform(cophenet(scipy_linkage(*given))) for given in ((X, "ward"), (NOISY, "average")))
    drawn = []
    for rows in rng.integers(0, 180, (300, 180)):
        different = (rows[:, None] != rows[None, :]) & np.tri(180, k=-1, dtype=bool)
        drawn.append(np.corrcoef(one[np.ix_(rows, rows)][different], two[np.ix_(rows, rows)][different])[0, 1])
    assert (found.interval[1] - found.interval[0]) / 2 == pytest.approx(1.96 * np.std(drawn), rel=0.2)


# -- agreement of cuts -------------------------------------------------------------------------------------------------


def test_every_cut_has_sklearns_adjusted_rand_index() -> None:
    found = agreement_by_k(A, B)
    assert found.k.tolist() == list(range(2, 101))
    for k, value in zip(found.k, found.value, strict=True):
        labels = [cluster_labels(tree, cut(tree, int(k))) for tree in (A, B)]
        assert value == pytest.approx(adjusted_rand_score(*labels), abs=1e-12)
    assert (found.low <= found.value).all() and (found.value <= found.high).all()


def test_the_same_tree_agrees_at_every_cut_and_permuted_labels_do_not() -> None:
    found = agreement_by_k(A, A)
    np.testing.assert_allclose(found.value, 1, atol=1e-12)
    np.testing.assert_allclose(found.low, 1, atol=1e-9)
    assert np.abs(found.null_mean).max() < 0.02
    assert np.abs(agreement_by_k(A, STRANGER).value).max() < 0.06


def test_no_more_clusters_than_samples() -> None:
    few = linkage(X[:7], "ward")
    assert agreement_by_k(few, few).k.tolist() == [2, 3, 4, 5, 6, 7]
    assert len(flow_between(few, few, 20).nodes_a) == 7
    assert compare(few, few).tanglegram.after == 0
    assert tree_correlation(few, few).value == pytest.approx(1)


@pytest.mark.filterwarnings("error::RuntimeWarning")
def test_two_samples_have_no_correlation() -> None:
    pair = linkage(X[:2], "ward")
    found = tree_correlation(pair, pair)
    assert np.isnan(found.value) and found.interval is None
    assert found.why == "one of the trees has all its merges at one height"
    assert agreement_by_k(pair, pair).value.tolist() == [1]


@pytest.mark.filterwarnings("error::RuntimeWarning")
@pytest.mark.parametrize("n", [3, 4, 9])
def test_few_samples_have_no_interval_and_it_is_said_why(n: int) -> None:
    some, others = linkage(X[:n], "ward"), linkage(NOISY[:n], "average")
    found, agreement = tree_correlation(some, others), agreement_by_k(some, others)
    assert found.interval is None and found.why == f"{n} samples are too few for an interval"
    assert -1 <= found.value <= 1 and np.isnan([agreement.low, agreement.high]).all() and np.isfinite(agreement.value).all()
    enough = tree_correlation(linkage(X[:10], "ward"), linkage(NOISY[:10], "average"))
    assert enough.interval is not None and enough.interval[0] < enough.value < enough.interval[1] and not enough.why


def test_ends_of_the_interval_are_values_that_there_are() -> None:
    found = agreement_by_k(linkage(X[:12], "ward"), linkage(X[12:24], "ward"))
    assert found.low.min() >= -0.5 and found.high.max() <= 1


def test_the_deviation_of_the_rand_index_is_that_of_a_bootstrap() -> None:
    labels_a, labels_b = (cluster_labels(tree, cut(tree, 8)) for tree in (A, B))
    value, sd = adjusted_rand_index(contingency(labels_a, labels_b))
    rng = np.random.default_rng(0)
    drawn = [adjusted_rand_index(contingency(labels_a[rows], labels_b[rows]))[0] for rows in rng.integers(0, 180, (1000, 180))]
    assert 0.3 < value < 0.999
    assert sd == pytest.approx(np.std(drawn), rel=0.15)


def test_single_samples_and_one_cluster_agree() -> None:
    assert adjusted_rand_index(np.eye(4, dtype=int)) == (1.0, 0.0)
    assert adjusted_rand_index(np.array([[9]])) == (1.0, 0.0)
    assert adjusted_rand_index(np.array([[3, 3]]))[0] == 0


# -- what breaks apart -------------------------------------------------------------------------------------------------


def test_broken_clusters_are_told_by_where_their_samples_go() -> None:
    labels_a, labels_b = np.repeat([0, 1, 2], [40, 20, 10]), np.r_[np.repeat([0, 1], 20), np.full(19, 2), 0, np.full(10, 2)]
    flow = Flow(np.array([7, 8, 9]), np.array([5, 6, 4]), labels_a, labels_b, contingency(labels_a, labels_b))
    table = broken_clusters(flow).set_index("cluster")
    assert table.index.tolist() == [0, 1, 2]
    assert table.loc[0, ["node", "size", "largest_share", "largest_in", "parts"]].tolist() == [7, 40, 0.5, 0, 2]
    assert table.loc[0, "entropy"] == pytest.approx(np.log(2))
    assert table.loc[1, ["size", "largest_share", "largest_in", "parts"]].tolist() == [20, 0.95, 2, 2]
    assert table.loc[2, ["largest_share", "largest_in", "parts", "entropy"]].tolist() == [1, 2, 1, 0]
    assert flow.members(a=1, b=0).tolist() == [59]
    assert flow.members(a=2).tolist() == list(range(60, 70))
    assert flow.members(b=1).tolist() == list(range(20, 40))


def test_a_class_that_the_other_tree_scatters_is_the_most_broken() -> None:
    scattered = X.copy()
    scattered[Y == 3] = X[Y != 3][RNG.permutation(150)[:30]] + 0.01
    flow = flow_between(A, linkage(scattered, "ward"), 6)
    worst = broken_clusters(flow).iloc[0]
    members = flow.members(a=int(worst["cluster"]))
    assert (Y[members] == 3).mean() > 0.9
    assert worst["parts"] >= 3
    np.testing.assert_array_equal(members, np.sort(A.members(int(worst["node"]))))


def test_another_number_of_clusters_changes_the_cuts_and_nothing_else() -> None:
    found, wanted = recut(compare(A, B, k=9), A, B, 14), compare(A, B, k=14)
    np.testing.assert_array_equal(found.flow.table, wanted.flow.table)
    np.testing.assert_array_equal(found.tanglegram.order_b, wanted.tanglegram.order_b)
    pd.testing.assert_frame_equal(found.broken, wanted.broken)
    assert found.correlation == wanted.correlation


def test_flow_counts_the_samples_that_two_clusters_share() -> None:
    found = compare(A, B, k=9)
    for i, a in enumerate(found.flow.nodes_a):
        for j, b in enumerate(found.flow.nodes_b):
            shared = np.intersect1d(A.members(a), B.members(b))
            assert found.flow.table[i, j] == len(shared)
            np.testing.assert_array_equal(found.flow.members(i, j), shared)
    assert found.tanglegram.after <= found.tanglegram.before


# -- the same samples --------------------------------------------------------------------------------------------------


def test_leaves_in_another_order_are_aligned_by_their_samples() -> None:
    order = np.random.default_rng(3).permutation(180)
    rows = 1000 + np.arange(180)
    other = aligned(rows, linkage(X[order], "ward"), rows[order])
    assert tree_correlation(A, other).value == pytest.approx(1)
    assert flow_between(A, other, 6).table.max(axis=1).sum() == 180
    assert aligned(rows, A, rows) is A


def test_levels_of_hierarchical_k_means_are_aligned_too() -> None:
    far = X[:12] + np.r_[np.zeros(11), 1e3][:, None]  # a level has a cluster that is a leaf
    order = np.random.default_rng(0).permutation(12)
    tree = linkage(far, "hierarchical_kmeans")
    moved = aligned(np.arange(12), tree, order)
    for level, there in zip(tree.meta["levels"], moved.meta["levels"], strict=True):
        assert [sorted(order[tree.members(v)]) for v in level] == [sorted(moved.members(v)) for v in there]
    assert min(min(level) for level in tree.meta["levels"]) < 12


def test_trees_over_other_samples_are_refused() -> None:
    with pytest.raises(GeometryError, match="180 are in the one and 100 in the other, 80 of them in both. Choose the same split"):
        aligned(np.arange(180), linkage(X[:100], "ward"), np.r_[np.arange(80), 200 + np.arange(20)])
    for refused in (compare, tree_correlation, agreement_by_k):
        with pytest.raises(GeometryError, match="one has 180 and the other 100"):
            refused(A, linkage(X[:100], "ward"))
