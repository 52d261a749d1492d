"""The nearest row by angle equals cosine distances; lengths and biases do not count."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from repgeom_core.analyses.evaluate import measure
from repgeom_core.errors import GeometryError


def run(X, y, W, b):
    return measure("prototype_angle_accuracy", X, y, W, b, interval=False, null=False)


def head(K, d, seed=0):
    rng = np.random.default_rng(seed)
    return rng.standard_normal((K, d)), rng.standard_normal(K)


def test_equals_cosine_distances(blobs):
    X, y = blobs(5, 7)
    W, b = head(5, 7)
    result = run(X, y, W, b)
    distances = cdist(X, W, "cosine")
    np.testing.assert_array_equal(result.details["labels"], distances.argmin(axis=1))
    assert result.value == pytest.approx((distances.argmin(axis=1) == y).mean())
    np.testing.assert_allclose(np.cos(np.radians(result.details["angle"])), 1 - distances[np.arange(len(y)), y], atol=1e-12)
    assert result.notes["accuracy of the head"] == pytest.approx(((X @ W.T + b).argmax(axis=1) == y).mean())


def test_lengths_and_biases_of_rows_do_not_count(blobs):
    X, y = blobs(5, 7)
    W, b = head(5, 7)
    assert run(X, y, W * np.array([[9.0], [0.1], [1], [3], [2]]), b + 7).value == run(X, y, W, b).value
    unit = W / np.linalg.norm(W, axis=1, keepdims=True)
    result = run(X, y, unit, np.zeros(5))
    assert result.value == result.notes["accuracy of the head"]


def test_samples_on_the_axes_of_their_rows():
    X = np.diag([1.0, 5, 2])[[0, 1, 2, 2]]
    assert run(X, np.array([0, 1, 2, 2]), np.diag([3.0, 1, 9]), np.zeros(3)).value == 1
    assert run(X, np.array([1, 0, 0, 1]), np.diag([3.0, 1, 9]), np.zeros(3)).value == 0


def test_rows_without_direction_are_never_chosen_and_what_is_missing_is_said(blobs):
    X, y = blobs(3, 4)
    W = np.vstack([np.zeros(4), head(2, 4)[0]])
    assert not (run(-np.abs(X), y, np.abs(W), np.zeros(3)).details["labels"] == 0).any()
    assert "rows" in run(X, y, np.zeros((3, 4)), np.zeros(3)).notes["why"]
    assert "features" in run(0 * X, y, W, np.zeros(3)).notes["why"]
    with pytest.raises(GeometryError, match="2 rows, but a sample is of class 2"):
        run(X, y, W[:2], np.zeros(2))
