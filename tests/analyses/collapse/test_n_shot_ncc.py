"""Few-shot accuracy meets the closed form for Gaussians, and scikit-learn where an episode is the whole data."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm
from sklearn.neighbors import NearestCentroid

from repgeom_core.analyses.collapse.n_shot_ncc import _different
from repgeom_core.analyses.evaluate import measure


def gaussian_error(d, delta, sigma, s):
    """Of the nearest of two means of s shots, for isotropic Gaussians δ apart."""
    spread = 2 * sigma**2 * delta**2 / s + 4 * sigma**2 * (1 + 1 / (2 * s)) * (delta**2 + 2 * d * sigma**2 / s)
    return norm.cdf(-(delta**2) / np.sqrt(spread))


def test_the_closed_form_has_the_known_values():
    assert gaussian_error(64, 4, 1, 1) == pytest.approx(0.2965, abs=5e-5)
    assert gaussian_error(64, 4, 1, 5) == pytest.approx(0.1225, abs=5e-5)
    assert gaussian_error(64, 4, 1, 1e9) == pytest.approx(norm.cdf(-2), rel=1e-4)


@pytest.mark.parametrize("shots", [1, 5])
def test_gaussians_meet_the_closed_form(shots, value):
    y = np.repeat([0, 1], 10_000)
    X = np.random.default_rng(0).standard_normal((20_000, 64), dtype=np.float32)
    X[y == 1, 0] += 4
    found = 1 - value("n_shot_ncc", X, y, shots=shots, ways=2, queries=10, episodes=6_000)
    assert found == pytest.approx(gaussian_error(64, 4, 1, shots), abs=0.005)


def test_collapsed_features_are_always_recognised(simplex, around, value):
    assert value("n_shot_ncc", *around(simplex(6, 9), 0.0)) == 1


def test_without_learning_the_accuracy_is_one_in_as_many_as_there_are_ways(value):
    X, y = np.random.default_rng(0).standard_normal((400, 5)), np.arange(400) % 8
    for ways in (2, 5):
        assert value("n_shot_ncc", X, y, ways=ways, episodes=2_000) == pytest.approx(1 / ways, abs=0.02)


def test_episodes_equal_scikit_learn(blobs, monkeypatch):
    X, y = blobs(6, 5)
    seen = []
    from repgeom_core.analyses.collapse import n_shot_ncc as module

    drawn = module._episodes
    monkeypatch.setattr(module, "_episodes", lambda *given: (seen.append(block) or block for block in drawn(*given)))
    result = measure("n_shot_ncc", X, y, shots=3, ways=4, queries=6, episodes=20, interval=False, null=False)
    order = np.lexsort((((X - X.mean(axis=0)) ** 2).sum(axis=1), y))
    members = [order[y[order] == k] for k in range(6)]
    expected = []
    for chosen, picks in seen:
        for classes, places in zip(chosen, picks, strict=True):
            rows = np.array([members[k][p] for k, p in zip(classes, places, strict=True)])
            assert len(set(classes)) == 4 and len(set(rows.ravel())) == rows.size
            model = NearestCentroid().fit(X[rows[:, :3].ravel()], np.repeat(np.arange(4), 3))
            expected.append((model.predict(X[rows[:, 3:].ravel()]) == np.repeat(np.arange(4), 6)).mean())
    np.testing.assert_allclose(result.details["per_episode"], expected, atol=1e-12)
    low, high = result.notes["interval over episodes"]
    assert high - low == pytest.approx(2 * 1.96 * np.std(expected, ddof=1) / np.sqrt(20))


def test_different_numbers_are_drawn_uniformly_and_in_random_order():
    drawn = _different(np.full(60_000, 5), 3, np.random.default_rng(0))
    assert all(len(set(row)) == 3 for row in drawn[:500]) and drawn.min() == 0 and drawn.max() == 4
    orders, counts = np.unique(drawn @ [25, 5, 1], return_counts=True)
    assert len(orders) == 60 and abs(counts - 1000).max() < 5 * np.sqrt(1000)
    assert sorted(_different(np.array([4]), 4, np.random.default_rng(1))[0]) == [0, 1, 2, 3]


def test_what_was_drawn_is_told(blobs):
    X, y = blobs(6, 5, per_class=8)
    y = np.where((y == 5) & (np.arange(len(y)) < np.flatnonzero(y == 5)[3] + 1), 5, np.where(y == 5, 4, y))
    result = measure("n_shot_ncc", X, y, shots=5, ways=10, interval=False, null=False)
    assert result.notes["ways"] == 5 and result.notes["queries of each class"] == 3
    assert np.isnan(result.details["per_class"][5]) and np.isfinite(result.details["per_class"][:5]).all()
    assert result.details["per_class"][:5].mean() == pytest.approx(result.value, abs=1e-12)


def test_too_few_samples_are_said(blobs):
    X, y = blobs(3, 5, 4)
    assert "more than 50 samples" in measure("n_shot_ncc", X, y, shots=50).notes["why"]
    assert "fewer than two classes" in measure("n_shot_ncc", X[:1], y[:1]).notes["why"]
