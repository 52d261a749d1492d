"""Cosines of class means equal their definition; the simplex has them all alike."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics.pairwise import cosine_similarity

from repgeom_core.analyses.collapse import pairs
from repgeom_core.analyses.evaluate import measure


def cosines(X, y):
    means = np.stack([X[y == k].mean(axis=0) for k in np.unique(y)])
    return cosine_similarity(means - means.mean(axis=0))


def test_digits(digits):
    result = measure("nc2_cosines", *digits, interval=False, null=False)
    assert result.value == result.notes["deviation"] == pytest.approx(0.19489381, rel=1e-6)
    assert result.notes["mean"] == pytest.approx(-0.10621940, rel=1e-6)
    assert measure("nc2_cosines", *digits, interval=False, null=False, statistic="mean").value == result.notes["mean"]
    off = cosines(*digits)[np.triu_indices(10, 1)]
    assert measure("nc2_cosines", *digits, interval=False, null=False, statistic="std").value == pytest.approx(off.std(), rel=1e-10)


def test_simplex(simplex, around):
    result = measure("nc2_cosines", *around(simplex(10, 16, 3.0), 0.7), interval=False, null=False)
    assert result.notes["mean"] == pytest.approx(-1 / 9, abs=1e-12)
    assert result.value == pytest.approx(0, abs=1e-12) and result.notes["std"] == pytest.approx(0, abs=1e-12)


def test_two_classes_are_opposite(blobs):
    result = measure("nc2_cosines", *blobs(2), interval=False, null=False)
    assert result.notes["mean"] == pytest.approx(-1) and result.value == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("K, d, per_class", [(5, 7, 30), (12, 3, 4), (4, 200, 5), (6, 4, 1)])
def test_matrix_equals_sklearn(K, d, per_class, blobs):
    X, y = blobs(K, d, per_class)
    result = measure("nc2_cosines", X, y, interval=False, null=False)
    np.testing.assert_allclose(result.details["cosines"], cosines(X, y), atol=1e-12)
    off = np.abs(cosines(X, y) + 1 / (K - 1))[~np.eye(K, dtype=bool)].reshape(K, K - 1)
    np.testing.assert_allclose(result.details["per_class"], off.mean(axis=1), rtol=1e-9)


def test_a_mean_at_the_centre_has_no_direction():
    X, y = np.array([[0.1, 0.0], [1.1, 0.0], [-0.9, 0.0]]), np.array([0, 1, 2])
    result = measure("nc2_cosines", X, y)
    assert np.isnan(result.value) and "class 0" in result.notes["why"]


def test_sampled_pairs_estimate_the_same(monkeypatch):
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((800, 6)), np.arange(800)
    exact = measure("nc2_cosines", X, y, interval=False, null=False)
    monkeypatch.setattr(pairs, "EXACT", 100)
    monkeypatch.setattr(pairs, "SAMPLED", 50_000)
    sampled = measure("nc2_cosines", X, y, interval=False, null=False)
    assert sampled.value == pytest.approx(exact.value, rel=0.01) and sampled.value != exact.value
    assert "cosines" not in sampled.details and "49,600 of 319,600" in sampled.notes["pairs"]


def test_more_than_three_thousand_random_directions_have_cosines_of_spread_one_over_root_d(value):
    X = np.random.default_rng(0).standard_normal((3_500, 16))
    assert value("nc2_cosines", X, np.arange(3_500), statistic="std") == pytest.approx(1 / 4, rel=0.01)
