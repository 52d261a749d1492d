"""k-means by products: Lloyd's rounds, and starts that spread."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.cluster import KMeans
from sklearn.datasets import load_digits, make_blobs

from repgeom_core.errors import Cancelled
from repgeom_core.linalg import kmeans as module
from repgeom_core.linalg.kmeans import framed, lloyd, random_start, spread_start
from repgeom_core.progress import Progress

X = np.random.default_rng(0).normal(size=(900, 4)).astype(np.float32) + 100


def labels(points: np.ndarray, k: int, rounds: int = 8, seed: int = 0) -> np.ndarray:
    rows = framed(points)
    return lloyd(rows, random_start(rows, k, np.random.default_rng(seed)), rounds, 0, "k-means", Progress())[1]


def inertia(found: np.ndarray) -> float:
    return sum(float(((X[found == k] - X[found == k].mean(axis=0)) ** 2).sum()) for k in np.unique(found))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_rows_are_with_the_nearest_mean_and_centres_are_means_once_nothing_moves(dtype: torch.dtype) -> None:
    rows = framed(X.astype(np.float64), dtype)
    found, label = lloyd(rows, random_start(rows, 20, np.random.default_rng(0)), 200, 0, "k-means", Progress())
    means = np.stack([X[label == k].mean(axis=0, dtype=np.float64) for k in range(20)])
    nearest = ((X[:, None] - means) ** 2).sum(axis=2).argmin(axis=1)
    assert (nearest == label).all()
    np.testing.assert_allclose(rows.unframed(found), means, atol=1e-5 if dtype == torch.float32 else 1e-12)


def test_labels_are_the_nearest_of_the_centres_given_back_however_few_rounds() -> None:
    rows = framed(X)
    for rounds in (0, 1, 3):
        found, label = lloyd(rows, random_start(rows, 20, np.random.default_rng(0)), rounds, 0, "k-means", Progress())
        assert (((X[:, None] - rows.unframed(found)) ** 2).sum(axis=2).argmin(axis=1) == label).all()


def test_rounds_lower_the_spread_within_clusters_and_a_tolerance_ends_them() -> None:
    spread = [inertia(labels(X, 50, rounds)) for rounds in (0, 1, 8, 100)]
    assert spread == sorted(spread, reverse=True) and spread[2] < 0.9 * spread[0]
    rows = framed(X)
    start = random_start(rows, 50, np.random.default_rng(0))
    some = inertia(lloyd(rows, start, 100, 1e-2, "k-means", Progress())[1])
    assert spread[-1] < some < 1.1 * spread[-1]


def test_the_same_seed_gives_the_same_labels_in_any_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    found = labels(X, 30, seed=3)
    assert (labels(X, 30, seed=3) == found).all()
    assert (labels(X, 30, seed=4) != found).any()
    monkeypatch.setattr(module, "ROWS_AT_ONCE", 128)
    assert (labels(X, 30, seed=3) == found).mean() > 0.99


def test_more_centres_than_rows_are_the_rows() -> None:
    assert len(np.unique(labels(X[:7], 50))) == 7
    assert len(spread_start(framed(X[:7]), 50, np.random.default_rng(0), "start", Progress())) == 7


@pytest.mark.parametrize("candidates", [module.LEAST, 100])
def test_a_spread_start_has_a_row_of_each_far_group(candidates: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LEAST", candidates)
    points, y = make_blobs([2_000, *[10] * 24], centers=1e3 * np.random.default_rng(0).normal(size=(25, 3)), random_state=0)
    rows = framed(points)
    for seed in range(3):
        start = rows.unframed(spread_start(rows, 25, np.random.default_rng(seed), "start", Progress()))
        nearest = ((points - start[:, None]) ** 2).sum(axis=2).argmin(axis=1)
        assert sorted(y[nearest]) == list(range(25))


def test_k_means_from_a_spread_start_is_as_good_as_that_of_scikit_learn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LEAST", 0)
    digits = load_digits().data
    rows, own, peer = framed(digits), [], []
    for seed in range(3):
        start = spread_start(rows, 100, np.random.default_rng(seed), "start", Progress())
        found, label = lloyd(rows, start, 100, 1e-4, "k-means", Progress())
        own.append(((digits - rows.unframed(found)[label]) ** 2).sum())
        peer.append(KMeans(100, n_init=1, random_state=seed).fit(digits).inertia_)
    assert np.mean(own) < 1.01 * np.mean(peer)


@pytest.mark.parametrize("places", [1, 3])
def test_a_spread_start_has_no_two_rows_of_one_place(places: int) -> None:
    points = np.repeat(np.random.default_rng(0).normal(size=(places, 5)), 1_000, axis=0)
    for dtype in (torch.float32, torch.float64):
        assert len(spread_start(framed(points, dtype), 10, np.random.default_rng(0), "start", Progress())) == places


def test_start_and_rounds_can_be_cancelled() -> None:
    progress, rows = Progress(), framed(np.repeat(X, 10, axis=0))
    progress.cancel()
    with pytest.raises(Cancelled):
        lloyd(rows, random_start(rows, 5, np.random.default_rng(0)), 3, 0, "k-means", progress)
    with pytest.raises(Cancelled):
        spread_start(rows, 5, np.random.default_rng(0), "start", progress)
