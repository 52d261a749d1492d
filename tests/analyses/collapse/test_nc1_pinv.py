"""NC1 equals its definition and the closed forms, in any precision and for any number of classes."""

from __future__ import annotations

import numpy as np
import pytest

from repgeom_core.analyses.evaluate import measure


def plain(X, y):
    """tr(Σ_W Σ_B⁺)/K with the matrices written out."""
    X = X.astype(np.float64)
    classes = np.unique(y)
    means = np.stack([X[y == k].mean(axis=0) for k in classes])
    residual = X - means[np.searchsorted(classes, y)]
    M = means - means.mean(axis=0)
    return np.trace(residual.T @ residual / len(X) @ np.linalg.pinv(M.T @ M / len(means), rcond=1e-10)) / len(means)


def test_digits(digits, value):
    assert value("nc1_pinv", *digits) == pytest.approx(0.92634892, rel=1e-6)


def test_simplex_with_isotropic_spread(simplex, around, value):
    X, y = around(simplex(10, 16, 3.0), 0.7)
    assert value("nc1_pinv", X, y) == pytest.approx(0.7**2 * 9**2 / (10 * 9), rel=1e-10)
    assert value("nc1_pinv", X, y) == pytest.approx(0.441, abs=1e-12)


def test_collapsed_features_have_none(simplex, around, value):
    assert value("nc1_pinv", *around(simplex(6, 8), 0.0)) == pytest.approx(0, abs=1e-25)


@pytest.mark.parametrize("K, d", [(2, 5), (5, 7), (12, 3), (40, 6)])
def test_equals_the_matrix_formula_also_for_more_classes_than_dimensions(K, d, blobs, value):
    X, y = blobs(K, d)
    assert value("nc1_pinv", X, y) == pytest.approx(plain(X, y), rel=1e-9)


def test_more_dimensions_than_samples(blobs, value):
    X, y = blobs(4, 200, per_class=5)
    assert value("nc1_pinv", X, y) == pytest.approx(plain(X, y), rel=1e-8)


def test_float32_noise_is_not_inverted(blobs, value):
    X, y = blobs(10, 64)
    X = (0.05 * (X - 3) + 50).astype(np.float32)
    assert value("nc1_pinv", X, y) == pytest.approx(plain(X, y), rel=1e-3)


def test_one_sample_classes_and_missing_classes_are_counted_as_they_are(blobs, value):
    X, y = blobs(5, 7)
    keep = np.concatenate([np.flatnonzero(y != 3)[:-1], np.flatnonzero(y == 4)[:1]])
    keep = np.unique(np.concatenate([keep[y[keep] != 4], np.flatnonzero(y == 4)[:1]]))
    assert set(y[keep]) == {0, 1, 2, 4} and (y[keep] == 4).sum() == 1
    assert value("nc1_pinv", X[keep], y[keep]) == pytest.approx(plain(X[keep], y[keep]), rel=1e-9)


def test_duplicated_samples_and_constant_columns_change_nothing(blobs, value):
    X, y = blobs()
    twice = np.concatenate([np.concatenate([X, X]), np.full((2 * len(X), 2), 7.0)], axis=1)
    assert value("nc1_pinv", twice, np.concatenate([y, y])) == pytest.approx(value("nc1_pinv", X, y), rel=1e-10)


@pytest.mark.parametrize("arrays", [([[1.0, 2.0]], [0]), ([[1.0, 2.0], [3.0, 4.0]], [1, 1]), ([[0.1, 0.7], [0.1, 0.7]], [0, 1])])
def test_undefined_is_not_a_number_with_the_reason(arrays):
    result = measure("nc1_pinv", np.array(arrays[0]), np.array(arrays[1]))
    assert np.isnan(result.value) and "class" in result.notes["why"]


def test_shuffled_labels_are_far_from_collapse(digits):
    null = measure("nc1_pinv", *digits, interval=False).null
    assert null.mean == pytest.approx(116.4, abs=10)


def test_directions_add_up_to_the_value(blobs):
    result = measure("nc1_pinv", *blobs(), interval=False, null=False)
    parts = result.details["within_by_direction"] / result.details["between_by_direction"]
    assert len(parts) == 4 and parts.sum() / 5 == pytest.approx(result.value)


def test_fifty_thousand_classes_need_no_square_of_them(value):
    rng = np.random.default_rng(0)
    y = np.repeat(np.arange(50_000), 2)
    means = rng.standard_normal((50_000, 4))
    # Two samples at μ ± 0.1 e: within-covariance 0.01 times that of the e, between-covariance about I.
    X = means[y] + 0.1 * np.where(np.arange(len(y)) % 2, 1, -1)[:, None]
    expected = plain_low_rank(means, 0.01 * np.ones((4, 4)))
    assert value("nc1_pinv", X, y) == pytest.approx(expected, rel=1e-6)


def plain_low_rank(means, within):
    return np.trace(within @ np.linalg.inv(np.cov(means.T, bias=True))) / len(means)
