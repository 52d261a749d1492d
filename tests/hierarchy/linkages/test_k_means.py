"""k-means for micro-clusters."""

from __future__ import annotations

import numpy as np
import pytest

from repgeom_core.errors import Cancelled
from repgeom_core.hierarchy.linkages import k_means as module
from repgeom_core.hierarchy.linkages.k_means import k_means
from repgeom_core.progress import Progress

X = np.random.default_rng(0).normal(size=(900, 4)).astype(np.float32) + 100


def inertia(labels: np.ndarray) -> float:
    return sum(float(((X[labels == k] - X[labels == k].mean(axis=0)) ** 2).sum()) for k in np.unique(labels))


def test_labels_are_those_of_the_nearest_mean_once_nothing_moves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ROUNDS", 200)
    labels = k_means(X, 20, 0, Progress())
    means = np.stack([X[labels == k].mean(axis=0) for k in range(20)])
    nearest = ((X[:, None] - means) ** 2).sum(axis=2).argmin(axis=1)
    assert (nearest == labels).all()


def test_rounds_lower_the_spread_within_clusters(monkeypatch: pytest.MonkeyPatch) -> None:
    some = inertia(k_means(X, 50, 0, Progress()))
    monkeypatch.setattr(module, "ROUNDS", 0)
    assert some < 0.9 * inertia(k_means(X, 50, 0, Progress()))


def test_the_same_seed_gives_the_same_labels_in_any_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    labels = k_means(X, 30, 3, Progress())
    assert (k_means(X, 30, 3, Progress()) == labels).all()
    assert (k_means(X, 30, 4, Progress()) != labels).any()
    monkeypatch.setattr(module, "ROWS_AT_ONCE", 128)
    assert (k_means(X, 30, 3, Progress()) == labels).mean() > 0.99


def test_more_centres_than_rows_are_the_rows() -> None:
    assert len(np.unique(k_means(X[:7], 50, 0, Progress()))) == 7


def test_rounds_can_be_cancelled() -> None:
    progress = Progress()
    progress.cancel()
    with pytest.raises(Cancelled):
        k_means(X, 5, 0, progress)
