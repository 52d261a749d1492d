"""Axioms against theorems: what single linkage keeps, and the small examples that break the others."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.cluster.hierarchy import cophenet, linkage
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial.distance import squareform

from repgeom_core.hierarchy.axioms import (
    Clustering,
    consistency,
    contracted,
    distances,
    first_parted,
    functoriality,
    richness,
    same,
    scale_invariance,
    shares_held,
    stability,
    trials,
    verdicts,
)

X = np.random.default_rng(0).normal(size=(40, 3))


def column(*values: float) -> np.ndarray:
    return np.array(values)[:, None]


@pytest.mark.parametrize(("method", "parts"), [("single", False), ("average", True), ("complete", True), ("ward", True)])
def test_one_more_sample_parts_what_was_together_but_for_single_linkage(method: str, parts: bool) -> None:
    algorithm = Clustering(method, 2, height=1.0)
    before, after = algorithm.of_points(column(0, 1)), algorithm.of_points(column(0, 1, -0.9))
    assert before[0] == before[1]
    assert (after[0] != after[1]) == parts


def test_one_more_sample_parts_what_kmeans_had_together() -> None:
    algorithm = Clustering("kmeans", 2)
    before, after = algorithm.of_points(column(0, 2, 5)), algorithm.of_points(column(0, 2, 5, -2))
    assert before[0] == before[1] != before[2]
    assert first_parted(before, after[:3]) == (0, 1)


def test_single_linkage_at_a_height_keeps_all_but_the_scale() -> None:
    results = list(trials(Clustering("single", 5, height=0.8), X, 10, np.random.default_rng(0)))
    held = shares_held(results)
    assert held.pop("scale invariance") < 0.5
    assert held == {"consistency": 1, "richness": 1, "functoriality": 1, "stability": 1}


@pytest.mark.parametrize("seed", range(3))
def test_single_linkage_at_a_number_of_clusters_keeps_scale_and_consistency_but_is_not_rich(seed: int) -> None:
    """Kleinberg's theorem 2.2."""
    held = shares_held(list(trials(Clustering("single", 4), X, 10, np.random.default_rng(seed))))
    assert held["scale invariance"] == held["consistency"] == held["stability"] == 1
    assert held["richness"] < 1


@pytest.mark.parametrize("method", ["single", "average", "complete", "ward", "kmeans"])
@pytest.mark.parametrize("height", [None, 1.5])
def test_no_algorithm_is_scale_invariant_consistent_and_rich(method: str, height: float | None) -> None:
    """Kleinberg's impossibility theorem, on the two axioms that a stopping rule decides."""
    held = shares_held(list(trials(Clustering(method, 4, height), X[:25], 4, np.random.default_rng(1))))
    assert min(held["scale invariance"], held["richness"]) < 1


@pytest.mark.parametrize("method", ["average", "complete", "ward"])
def test_the_other_linkages_are_not_stable_nor_functorial_on_random_data(method: str) -> None:
    held = shares_held(list(trials(Clustering(method, 5, height=1.5), X, 30, np.random.default_rng(0))))
    assert held["stability"] < 0.5 and held["functoriality"] < 1


def test_noise_moves_merges_of_single_linkage_by_twice_its_size_at_most() -> None:
    rng = np.random.default_rng(3)
    points, epsilon = rng.normal(size=(200, 2)), 0.05
    noise = rng.normal(size=points.shape)
    noise *= epsilon / np.linalg.norm(noise, axis=1, keepdims=True)
    before, after = (linkage(distances(p), "single") for p in (points, points + noise))
    moved = np.abs(cophenet(before) - cophenet(after)).max()
    assert np.abs(before[:, 2] - after[:, 2]).max() <= moved <= 2 * epsilon


def test_heights_of_single_linkage_are_edges_of_the_spanning_tree_and_deaths_of_components() -> None:
    D = distances(X)
    heights = np.sort(linkage(D, "single")[:, 2])
    np.testing.assert_allclose(heights, np.sort(minimum_spanning_tree(squareform(D)).data))
    # Components of the Vietoris-Rips complex, counted at each length by its own union-find.
    i, j = np.triu_indices(len(X), 1)
    component, deaths = np.arange(len(X)), []
    for edge in np.argsort(D):
        a, b = component[i[edge]], component[j[edge]]
        if a != b:
            component[component == b] = a
            deaths.append(D[edge])
    np.testing.assert_allclose(heights, deaths)


def test_contraction_brings_no_pair_nearer_between_nor_farther_within() -> None:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 5, len(X))
    i, j = np.triu_indices(len(X), 1)
    inside = labels[i] == labels[j]
    for _ in range(10):
        before, after = distances(X), distances(contracted(X, labels, rng))
        assert (after[inside] <= before[inside] * (1 + 1e-9)).all()
        assert (after[~inside] >= before[~inside] * (1 - 1e-9)).all()


def test_kmeans_is_not_consistent() -> None:
    """Kleinberg's theorem 4.1: 20 points at distance 1 from each other beside a pair; halves of the 20 shrink, and k-means parts them."""
    simplex = np.hstack([np.eye(20) / np.sqrt(2), np.zeros((20, 1))])
    pair = np.concatenate([simplex[:20].mean(axis=0)[:20], [np.sqrt(1.1 - 0.475)]])
    before = np.vstack([simplex, pair, pair])
    halves = np.vstack([np.zeros((10, 21)), np.tile(np.eye(21)[0], (10, 1))])
    after = np.vstack([halves, *2 * [np.concatenate([[0.5], np.zeros(19), [1.0]])]])
    labels = Clustering("kmeans", 2).of_points(before)
    assert same(labels, np.repeat([0, 1], [20, 2]))
    i, j = np.triu_indices(22, 1)
    inside = labels[i] == labels[j]
    assert (distances(after)[inside] <= distances(before)[inside] + 1e-9).all()
    assert (distances(after)[~inside] >= distances(before)[~inside]).all()
    assert not same(labels, Clustering("kmeans", 2).of_points(after))


@pytest.mark.parametrize("method", ["complete", "kmeans"])
def test_a_trial_of_consistency_that_fails_names_two_samples(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([np.array([0, 0, 1]), np.array([0, 1, 1])])
    monkeypatch.setattr(Clustering, "of_points" if method == "kmeans" else "of_distances", lambda self, X: next(answers))
    trial = consistency(Clustering(method, 2), X[:3], np.random.default_rng(0))
    assert (trial.holds, trial.pair) == (False, (0, 1)) and "parted" in trial.example


def test_verdicts_name_the_samples_of_the_example_and_never_prove() -> None:
    results = [functoriality(Clustering("complete", 5, 1.5), X, np.random.default_rng(seed)) for seed in range(30)]
    broken = next(trial for trial in results if not trial.holds)
    assert broken.pair is not None
    words = verdicts(results, np.arange(100, 140))["functoriality"]
    assert words.startswith("violated in ") and f"samples {100 + broken.pair[0]} and {100 + broken.pair[1]}" in words
    fine = [scale_invariance(Clustering("ward", 5), X, np.random.default_rng(seed)) for seed in range(4)]
    assert verdicts(fine, np.arange(40)) == {"scale invariance": "holds in all 4 trials"}


def test_each_axiom_says_how_it_was_broken() -> None:
    rng = np.random.default_rng(0)
    assert "all distances times" in scale_invariance(Clustering("ward", 5, height=2.0), X, rng).example
    assert "far groups come out as 5 clusters" in richness(Clustering("ward", 5), X, rng).example
    assert "moves a merge by" in stability(Clustering("ward", 5), X, rng).example


def test_equal_heights_still_give_the_number_of_clusters_asked_for() -> None:
    labels = Clustering("single", 3).of_points(np.arange(8.0)[:, None])
    assert len(np.unique(labels)) == 3


def test_partitions_are_compared_whatever_their_labels() -> None:
    assert same(np.array([0, 0, 1]), np.array([5, 5, 2]))
    assert not same(np.array([0, 0, 1]), np.array([0, 0, 0]))
    assert first_parted(np.array([0, 0, 0]), np.array([1, 1, 0])) == (0, 2)
