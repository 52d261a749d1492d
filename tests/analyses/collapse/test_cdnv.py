"""CDNV equals its definition pair by pair; for many classes a sample of pairs estimates the same."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from repgeom_core.analyses.collapse import pairs
from repgeom_core.analyses.evaluate import measure


def plain(X, y):
    classes = sorted(set(y.tolist()))
    values = []
    for a, i in enumerate(classes):
        for j in classes[a + 1 :]:
            apart = X[y == i].mean(axis=0) - X[y == j].mean(axis=0)
            values.append((X[y == i].var(axis=0).sum() + X[y == j].var(axis=0).sum()) / (2 * apart @ apart))
    return np.array(values)


def test_digits(digits):
    result = measure("cdnv", *digits, interval=False, null=False)
    assert result.value == pytest.approx(0.71528269, rel=1e-6)
    assert (result.notes["lowest"], result.notes["highest"]) == pytest.approx((plain(*digits).min(), plain(*digits).max()), rel=1e-10)


def test_simplex_with_isotropic_spread(simplex, around, value):
    assert value("cdnv", *around(simplex(10, 16, 3.0), 0.7)) == pytest.approx(0.49 * 16 * 9 / (2 * 9 * 10), rel=1e-10)


def test_two_gaussians(value):
    rng = np.random.default_rng(0)
    d, s, delta = 20, 0.7, np.full(20, 0.75)
    X = rng.standard_normal((40_000, d)) * s
    X[20_000:] += delta
    assert value("cdnv", X, np.repeat([0, 1], 20_000)) == pytest.approx(d * s**2 / (delta @ delta), rel=0.01)


@pytest.mark.parametrize("K, d, per_class", [(2, 5, 30), (5, 7, 30), (12, 3, 4), (4, 200, 5), (6, 4, 1)])
def test_equals_the_double_loop(K, d, per_class, blobs, value):
    X, y = blobs(K, d, per_class)
    assert value("cdnv", X, y) == pytest.approx(plain(X, y).mean(), rel=1e-10)


def test_matrix_and_per_class_are_those_of_the_pairs(blobs):
    X, y = blobs()
    keep = y != 2
    found = measure("cdnv", X[keep], y[keep], interval=False, null=False).details
    assert found["classes"].tolist() == [0, 1, 3, 4]
    np.testing.assert_allclose(found["cdnv"][np.triu_indices(4, 1)], plain(X[keep], y[keep]), rtol=1e-10)
    np.testing.assert_array_equal(found["cdnv"], found["cdnv"].T)
    np.testing.assert_allclose(found["per_class"], np.nanmean(found["cdnv"], axis=1), rtol=1e-12)


def test_nearly_coinciding_means_keep_their_digits(value):
    """The distance of two means 1e-6 apart, ten away from a third, is not lost in the difference of their squares."""
    X = np.array([[10, 0], [10, 0], [0, 1e-6], [0, 1e-6], [0, 0], [0, 0]], float) + np.array([[0, 1e-6], [0, -1e-6]] * 3)
    assert value("cdnv", X, np.repeat([0, 1, 2], 2)) == pytest.approx(plain(X, np.repeat([0, 1, 2], 2)).mean(), rel=1e-6)


def test_coinciding_means_are_named():
    X = np.array([[0.1, 1], [0.1, -1], [0.1, 2], [0.1, -2], [5, 0]])
    result = measure("cdnv", X, np.array([0, 0, 3, 3, 4]))
    assert np.isnan(result.value) and result.notes["why"] == "the means of classes 0 and 3 coincide"


def test_one_class_and_one_sample():
    for X, y in ((np.ones((1, 3)), [0]), (np.eye(4), [1, 1, 1, 1])):
        assert measure("cdnv", X, np.array(y)).notes["why"] == "one class"


# -- many classes -------------------------------------------------------------------------------------------------------


def many(K, d, seed=0):
    """Two samples of each class, at ±0.1 about its mean in every coordinate: v_k = 0.01 d."""
    y = np.repeat(np.arange(K), 2)
    return np.random.default_rng(seed).standard_normal((K, d))[y] + 0.1 * np.where(np.arange(2 * K) % 2, 1, -1)[:, None], y


def test_sampled_pairs_estimate_the_mean_of_all(monkeypatch):
    X, y = many(900, 8)
    exact = measure("cdnv", X, y, interval=False, null=False)
    monkeypatch.setattr(pairs, "EXACT", 100)
    monkeypatch.setattr(pairs, "SAMPLED", 60_000)
    sampled = measure("cdnv", X, y, interval=False, null=False)
    assert exact.notes["pairs"] == "all 404,550" and "59,400 of 404,550" in sampled.notes["pairs"]
    assert sampled.value == pytest.approx(exact.value, rel=0.02) and sampled.value != exact.value
    assert "cdnv" not in sampled.details and sampled.details["per_class"].shape == (900,)


@pytest.mark.parametrize("K", [4, 5, 11, 12])
def test_each_pair_is_drawn_at_most_once_and_each_class_equally_often(K, monkeypatch):
    monkeypatch.setattr(pairs, "EXACT", 2)
    monkeypatch.setattr(pairs, "SAMPLED", K * ((K - 1) // 2))
    drawn = pairs.class_pairs(K, np.random.default_rng(0))
    unordered = {frozenset(p) for p in zip(drawn.first.tolist(), drawn.second.tolist(), strict=True)}
    assert len(unordered) == len(drawn.first) == K * ((K - 1) // 2) and all(len(p) == 2 for p in unordered)
    assert len(set(np.bincount(np.concatenate([drawn.first, drawn.second])).tolist())) == 1


def test_fifty_thousand_classes_stay_within_memory():
    X, y = many(50_000, 4)
    tracemalloc.start()
    result = measure("cdnv", X, y, interval=False, null=False)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "1,000,000 of 1,249,975,000" in result.notes["pairs"]
    assert peak < 300e6, f"{peak / 1e6:.0f} MB"
    # Means N(0, I): E 1/‖μ_i − μ_j‖² = 1/(2(d − 2)), so CDNV = 0.04/(2·2) = 0.01.
    assert result.value == pytest.approx(0.01, rel=0.05)
