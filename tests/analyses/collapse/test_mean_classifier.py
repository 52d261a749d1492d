"""The mean classifier decides by inner products with means; its probe is scikit-learn's least squares."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression

from repgeom_core.analyses.evaluate import measure


def means_of(X, y):
    return np.stack([X[y == k].mean(axis=0) for k in np.unique(y)])


@pytest.mark.parametrize("K, d, per_class", [(2, 5, 30), (5, 7, 30), (12, 3, 4), (4, 200, 5)])
def test_equals_inner_products_written_out(K, d, per_class, blobs, value):
    X, y = blobs(K, d, per_class)
    means = means_of(X, y)
    origin = means.mean(axis=0)
    assert value("mean_classifier", X, y) == pytest.approx((((X - origin) @ (means - origin).T).argmax(axis=1) == y).mean(), abs=1e-12)
    assert value("mean_classifier", X, y, centred=False) == pytest.approx(((X @ means.T).argmax(axis=1) == y).mean(), abs=1e-12)


def test_collapsed_features_of_equal_norm_are_right(simplex, around, value):
    assert value("mean_classifier", *around(simplex(6, 9), 0.0)) == 1


def test_means_of_one_norm_decide_as_the_nearest_mean(simplex, around, value):
    X, y = around(simplex(6, 9), 0.5)
    assert 0.5 < value("mean_classifier", X, y) == value("ncc_accuracy", X, y) < 1


@pytest.mark.parametrize("K, d, per_class", [(2, 5, 30), (5, 7, 30), (12, 3, 30)])
def test_probe_is_least_squares(K, d, per_class, blobs):
    X, y = blobs(K, d, per_class)
    found = measure("mean_classifier", X, y, interval=False, null=False).notes["least-squares probe"]
    assert found == pytest.approx((LinearRegression().fit(X, np.eye(K)[y]).predict(X).argmax(axis=1) == y).mean(), abs=1e-12)


def test_probe_of_digits_is_better_than_means(digits):
    X, y = digits
    result = measure("mean_classifier", X, y, interval=False, null=False)
    live = X[:, X.std(axis=0) > 0]
    expected = (LinearRegression().fit(live, np.eye(10)[y]).predict(live).argmax(axis=1) == y).mean()
    assert result.notes["least-squares probe"] == pytest.approx(expected, abs=1e-12) and expected > result.value


def test_missing_class_and_details(blobs):
    X, y = blobs()
    keep = y != 2
    found = measure("mean_classifier", X[keep], y[keep], interval=False, null=False).details
    assert 2 not in found["labels"] and found["classes"].tolist() == [0, 1, 3, 4]
    np.testing.assert_array_equal(found["per_sample"], found["labels"] == y[keep])
    np.testing.assert_allclose(found["per_class"], [found["per_sample"][y[keep] == k].mean() for k in (0, 1, 3, 4)])


def test_undefined_is_said():
    assert measure("mean_classifier", np.ones((1, 2)), np.array([0])).notes["why"] == "one class"
