"""The distance from a simplex equals a second derivation, and random means approach it as the dimension grows."""

from __future__ import annotations

import numpy as np
import pytest

from repgeom_core.analyses.collapse import etf_error, frames
from repgeom_core.analyses.evaluate import measure


def by_participation_ratio(X, y):
    """⟨MMᵀ, E⟩ = tr(MMᵀ)/√(K−1), since the rows of M add up to 0: the error is that of the eigenvalues' participation ratio."""
    means = np.stack([X[y == k].mean(axis=0) for k in np.unique(y)])
    values = np.linalg.svd(means - means.mean(axis=0), compute_uv=False) ** 2
    return np.sqrt(2 - 2 * np.sqrt(values.sum() ** 2 / (values**2).sum() / (len(means) - 1)))


def test_digits(digits, value):
    assert value("etf_error", *digits) == pytest.approx(0.66961952, rel=1e-6)
    assert value("etf_error", *digits) == pytest.approx(by_participation_ratio(*digits), rel=1e-9)


def test_simplex_has_none(simplex, around, value):
    assert value("etf_error", *around(simplex(10, 16, 3.0), 0.7)) < 1e-14


def test_two_classes_have_none_whatever_they_are(blobs, value):
    assert value("etf_error", *blobs(2)) < 1e-14


@pytest.mark.parametrize("K, d, per_class", [(5, 7, 30), (12, 3, 4), (4, 200, 5), (6, 4, 1)])
def test_equals_the_second_derivation(K, d, per_class, blobs, value):
    X, y = blobs(K, d, per_class)
    assert value("etf_error", X, y) == pytest.approx(by_participation_ratio(X, y), rel=1e-9)


def test_many_classes_give_the_same_without_a_square_of_them(blobs, value, monkeypatch):
    X, y = blobs(12, 5)
    expected = value("etf_error", X, y)
    monkeypatch.setattr(frames, "EXACT", 5)
    monkeypatch.setattr(etf_error, "EXACT", 5)
    result = measure("etf_error", X, y, interval=False, null=False)
    assert result.value == pytest.approx(expected, rel=1e-9) and "gram" not in result.details


@pytest.mark.parametrize("d, mean, sd", [(16, 0.636, 0.037), (64, 0.358, 0.032), (512, 0.144, 0.013)])
def test_random_means_approach_it_as_the_dimension_grows(d, mean, sd, value):
    rng = np.random.default_rng(1)
    drawn = [value("etf_error", rng.standard_normal((10, d)), np.arange(10)) for _ in range(10)]
    assert np.mean(drawn) == pytest.approx(mean, abs=3 * sd / np.sqrt(10))


def test_null_is_random_means_of_the_same_dimension(digits):
    null = measure("etf_error", *digits, interval=False).null
    assert null.mean == pytest.approx(0.358, abs=0.03)


def test_one_sample_is_one_class():
    assert measure("etf_error", np.ones((1, 3)), np.array([0])).notes["why"] == "one class"
