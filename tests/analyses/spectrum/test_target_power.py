from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_digits

from repgeom_core import measure

DIGITS = load_digits()
X, y = DIGITS.data / 16, DIGITS.target


def run(features, labels, null=False, **parameters):
    return measure("target_power", features, labels, interval=False, null=null, **parameters)


def plain(features, labels):
    """Share of the variance of one-hot labels along each left singular vector."""
    targets = np.eye(labels.max() + 1)[labels]
    targets = targets - targets.mean(axis=0)
    left, s, _ = np.linalg.svd(features, full_matrices=False)
    left = left[:, s > 1e-8 * s[0]]
    return ((left.T @ targets) ** 2).sum(axis=1) / (targets**2).sum()


def test_agrees_with_left_singular_vectors() -> None:
    expected = plain(X, y)
    result = run(X, y)
    np.testing.assert_allclose(result.details["power"], expected, rtol=1e-7, atol=1e-12)
    assert result.value == pytest.approx(expected[:10].sum(), rel=1e-9)
    assert result.notes["all directions"] == pytest.approx(expected.sum(), rel=1e-9)


def test_digits() -> None:
    assert run(X, y).value == pytest.approx(0.4855767518, rel=1e-6)


@pytest.mark.parametrize("r", [1, 3])
def test_labels_in_one_direction_are_found_there(r) -> None:
    labels = np.arange(40) % 2
    scales = np.array([9.0, 7, 5, 3])
    codes = np.linalg.qr(np.column_stack([np.ones(40), np.where(labels, 1, -1), *np.random.default_rng(0).standard_normal((4, 40))]))[0]
    order = [2, 3, 4]
    order.insert(r - 1, 1)
    features = codes[:, order] * scales
    assert run(features, labels, k=r).value == pytest.approx(1)
    if r > 1:
        assert run(features, labels, k=r - 1).value == pytest.approx(0, abs=1e-12)


def test_all_directions_hold_what_least_squares_explains() -> None:
    rng = np.random.default_rng(1)
    features, labels = rng.standard_normal((200, 7)) + 1, rng.integers(0, 3, 200)
    targets = np.eye(3)[labels] - np.bincount(labels) / 200
    left_over = targets - features @ np.linalg.lstsq(features, targets, rcond=None)[0]
    assert run(features, labels, k=7).value == pytest.approx(1 - (left_over**2).sum() / (targets**2).sum(), rel=1e-10)


def test_shuffled_labels_lie_anywhere() -> None:
    rng = np.random.default_rng(2)
    values = [run(X, rng.permutation(y)).value for _ in range(60)]
    assert np.mean(values) == pytest.approx(run(X, y).notes["of shuffled labels"], rel=0.05)


def test_fewer_samples_than_dimensions_and_missing_classes() -> None:
    rng = np.random.default_rng(3)
    features, labels = rng.standard_normal((12, 40)), np.array([0, 3] * 6)
    result = run(features, labels, k=100)
    assert result.value == pytest.approx(1)
    np.testing.assert_allclose(result.details["power"], plain(features, labels), atol=1e-9)


def test_one_class_or_no_features_are_undefined() -> None:
    assert "one class" in run(X, np.zeros_like(y)).notes["why"]
    assert "zero" in run(np.zeros((6, 3)), np.arange(6) % 2).notes["why"]
