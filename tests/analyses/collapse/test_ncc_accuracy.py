"""Accuracy of the nearest mean equals sklearn's nearest centroid."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.neighbors import NearestCentroid

from repgeom_core.analyses.evaluate import measure


def plain(X, y):
    return (NearestCentroid().fit(X, y).predict(X) == y).mean()


def test_digits(digits, value):
    assert value("ncc_accuracy", *digits) == pytest.approx(0.90484140, rel=1e-6)


def test_shuffled_labels_are_above_one_in_ten(digits):
    null = measure("ncc_accuracy", *digits, interval=False).null
    assert null.mean == pytest.approx(0.148, abs=0.006) and null.sd < 0.01


def test_collapsed_features_are_always_right(simplex, around, value):
    assert value("ncc_accuracy", *around(simplex(6, 9), 0.0)) == 1


@pytest.mark.parametrize("K, d, per_class", [(2, 5, 30), (5, 7, 30), (12, 3, 4), (4, 200, 5)])
def test_equals_sklearn(K, d, per_class, blobs, value):
    X, y = blobs(K, d, per_class)
    assert value("ncc_accuracy", X, y) == pytest.approx(plain(X, y), abs=1e-12)
    assert value("ncc_accuracy", np.float32(X), y) == pytest.approx(plain(np.float32(X), y), abs=1e-12)


def test_details_are_by_sample_and_class(blobs):
    X, y = blobs()
    keep = y != 3
    found = measure("ncc_accuracy", X[keep], y[keep], interval=False, null=False).details
    np.testing.assert_array_equal(found["labels"], NearestCentroid().fit(X[keep], y[keep]).predict(X[keep]))
    np.testing.assert_array_equal(found["per_sample"], found["labels"] == y[keep])
    np.testing.assert_allclose(found["per_class"], [found["per_sample"][y[keep] == k].mean() for k in (0, 1, 2, 4)])


def test_one_sample_classes_are_always_right(value):
    assert value("ncc_accuracy", np.random.default_rng(0).standard_normal((6, 3)), np.arange(6)) == 1


def test_interval_from_halves_holds_the_value(digits):
    low, high = measure("ncc_accuracy", *digits, null=False).interval
    assert low < 0.90484 < high < low + 0.05


def test_undefined_is_said():
    assert measure("ncc_accuracy", np.ones((1, 2)), np.array([0])).notes["why"] == "one class"
    assert measure("ncc_accuracy", np.full((4, 2), 0.1), np.array([0, 1, 0, 1])).notes["why"] == "all class means coincide"
