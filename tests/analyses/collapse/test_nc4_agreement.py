"""Agreement equals sklearn's nearest centroid against the logits, with the bias, at any number of classes."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.neighbors import NearestCentroid

from repgeom_core.analyses.collapse import decisions
from repgeom_core.analyses.evaluate import measure
from repgeom_core.errors import GeometryError


def plain(X, y, W, b):
    return (np.argmax(X @ W.T + b, axis=1) == NearestCentroid().fit(X, y).predict(X)).mean()


def head(K, d, seed=0):
    rng = np.random.default_rng(seed)
    return rng.standard_normal((K, d)), 2 * rng.standard_normal(K)


@pytest.mark.parametrize("K, d, per_class", [(2, 5, 30), (5, 7, 30), (12, 3, 4), (4, 200, 5)])
def test_equals_sklearn(K, d, per_class, blobs, value):
    X, y = blobs(K, d, per_class)
    assert value("nc4_agreement", X, y, *head(K, d)) == pytest.approx(plain(X, y, *head(K, d)), abs=1e-12)


def test_digits_with_a_trained_head(digits, value):
    from sklearn.linear_model import LogisticRegression

    X, y = digits
    model = LogisticRegression(max_iter=200).fit(X, y)
    assert value("nc4_agreement", X, y, model.coef_, model.intercept_) == pytest.approx(
        plain(X, y, model.coef_, model.intercept_), abs=1e-12
    )


def test_means_that_are_their_own_classifier_agree_wherever_the_samples_are(blobs, value):
    X, y = blobs()
    means = np.stack([X[y == k].mean(axis=0) for k in range(5)])
    assert value("nc4_agreement", X, y, means, -(means**2).sum(axis=1) / 2) == 1


def test_collapsed_features_with_their_centred_means_as_head(simplex, around, value):
    M = simplex(6, 9, 2.0)
    X, y = around(M, 0.0)
    assert value("nc4_agreement", X, y, M) == 1
    assert value("nc4_agreement", *around(simplex(2, 4), 0.1), -simplex(2, 4)) == 0


def test_the_bias_counts(blobs, value):
    X, y = blobs()
    W, b = head(5, 7)
    assert value("nc4_agreement", X, y, W, b) != value("nc4_agreement", X, y, W)
    assert value("nc4_agreement", X, y, W, b) == pytest.approx(plain(X, y, W, b), abs=1e-12)


def test_details_say_who_decides_what(blobs):
    X, y = blobs()
    result = measure("nc4_agreement", X, y, *head(5, 7), interval=False, null=False)
    found = result.details
    np.testing.assert_array_equal(found["per_sample"], found["per_sample_classifier"] == found["per_sample_nearest_mean"])
    np.testing.assert_array_equal(found["per_sample_nearest_mean"], NearestCentroid().fit(X, y).predict(X))
    np.testing.assert_allclose(found["per_class"], [found["per_sample"][y == k].mean() for k in range(5)])
    assert result.notes["mismatch"] == pytest.approx(1 - result.value)


def test_missing_class_cannot_be_nearest_but_may_be_decided(blobs):
    X, y = blobs()
    keep = y != 2
    found = measure("nc4_agreement", X[keep], y[keep], *head(5, 7), interval=False, null=False).details
    assert 2 not in found["per_sample_nearest_mean"] and found["classes"].tolist() == [0, 1, 3, 4]


def test_few_scores_at_once_give_the_same(blobs, value, monkeypatch):
    X, y = blobs(12, 3, 4)
    expected = value("nc4_agreement", X, y, *head(12, 3))
    monkeypatch.setattr(decisions, "AT_ONCE", 30)
    assert value("nc4_agreement", X, y, *head(12, 3)) == expected


def test_float32_far_from_the_origin_decides_the_same(blobs, value):
    X, y = blobs()
    X = (X + 1000).astype(np.float32)
    assert value("nc4_agreement", X, y, *head(5, 7)) == plain(X.astype(np.float64), y, *head(5, 7))


def test_undefined_is_said_and_a_short_head_refused(blobs):
    X, y = blobs()
    assert measure("nc4_agreement", X[:1], y[:1], *head(5, 7)).notes["why"] == "one class"
    with pytest.raises(GeometryError, match="3 rows, but a sample is of class 4"):
        measure("nc4_agreement", X, y, *head(3, 7))
