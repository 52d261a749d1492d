from __future__ import annotations

import numpy as np
import pytest


def plainly(X: np.ndarray, y: np.ndarray) -> float:
    units = X / np.linalg.norm(X, axis=1, keepdims=True)
    return float(np.linalg.norm(np.stack([units[y == k].mean(axis=0) for k in np.unique(y)]), "nuc"))


def test_digits_below_their_bound(of, digits) -> None:
    result = of("centroid_nuclear_norm", *digits)
    assert result.value == pytest.approx(5.78117, abs=5e-6)
    assert result.value == pytest.approx(plainly(*digits), rel=1e-10)
    assert result.notes["bound"] == pytest.approx(10)


@pytest.mark.parametrize("K", [2, 4, 10])
def test_tight_classes_in_known_directions(of, K) -> None:
    y = np.repeat(np.arange(K), 3)
    lengths = np.random.default_rng(0).uniform(0.5, 2, (3 * K, 1))
    assert of("centroid_nuclear_norm", np.eye(K)[y] * lengths, y).value == pytest.approx(K)
    assert of("centroid_nuclear_norm", (np.eye(K) - 1 / K)[y] * lengths, y).value == pytest.approx(np.sqrt(K * (K - 1)))
    assert of("centroid_nuclear_norm", np.ones((3 * K, 5)) * lengths, y).value == pytest.approx(np.sqrt(K))


def test_more_classes_than_dimensions_keep_the_bound(of) -> None:
    rng = np.random.default_rng(0)
    y = np.repeat(np.arange(20), 2)
    result = of("centroid_nuclear_norm", rng.standard_normal((40, 3)), y)
    assert result.value <= result.notes["bound"] == pytest.approx(np.sqrt(60))


def test_missing_and_single_sample_classes(of, digits) -> None:
    X, y = digits[0][:60], digits[1][:60].copy()
    y[y == 4] = 12
    y[0] = 15
    result = of("centroid_nuclear_norm", X, y)
    assert result.value == pytest.approx(plainly(X, y), rel=1e-10)
    assert list(result.details["classes"]) == list(np.unique(y))
    assert result.details["per_class"][-1] == pytest.approx(1)


def test_zero_features_have_none(of) -> None:
    assert "zero" in of("centroid_nuclear_norm", np.zeros((4, 3)), np.array([0, 0, 1, 1])).notes["why"]
