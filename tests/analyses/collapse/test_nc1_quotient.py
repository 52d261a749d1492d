"""The quotient of traces equals its definition and the closed forms."""

from __future__ import annotations

import numpy as np
import pytest

from repgeom_core.analyses.evaluate import measure


def plain(X, y):
    classes = sorted(set(y.tolist()))
    means = np.array([X[y == k].mean(axis=0) for k in classes])
    within = sum(((X[y == k] - m) ** 2).sum() for k, m in zip(classes, means, strict=True)) / len(X)
    return within / ((means - means.mean(axis=0)) ** 2).sum(axis=1).mean()


def test_digits(digits, value):
    assert value("nc1_quotient", *digits) == pytest.approx(1.37897768, rel=1e-6)


def test_simplex_with_isotropic_spread(simplex, around, value):
    assert value("nc1_quotient", *around(simplex(10, 16, 3.0), 0.7)) == pytest.approx(0.49 * 16 / 9, rel=1e-10)


def test_collapsed_features_have_none(simplex, around, value):
    assert value("nc1_quotient", *around(simplex(6, 8), 0.0)) == pytest.approx(0, abs=1e-25)


@pytest.mark.parametrize("K, d, per_class", [(2, 5, 30), (5, 7, 30), (12, 3, 4), (4, 200, 5), (6, 4, 1)])
def test_equals_the_definition(K, d, per_class, blobs, value):
    X, y = blobs(K, d, per_class)
    assert value("nc1_quotient", X, y) == pytest.approx(plain(X, y), rel=1e-10)


def test_missing_and_one_sample_classes(blobs, value):
    X, y = blobs()
    keep = (y != 3) & ((y != 4) | (np.arange(len(y)) == np.flatnonzero(y == 4)[0]))
    assert value("nc1_quotient", X[keep], y[keep]) == pytest.approx(plain(X[keep], y[keep]), rel=1e-10)


def test_one_sample_has_no_spread_to_compare():
    result = measure("nc1_quotient", np.ones((1, 3)), np.array([0]))
    assert np.isnan(result.value) and result.notes["why"] == "one class"


def test_per_class_spread_is_that_of_each_class(blobs):
    X, y = blobs()
    found = measure("nc1_quotient", X, y, interval=False, null=False).details
    np.testing.assert_allclose(found["per_class"], [X[y == k].var(axis=0).sum() for k in range(5)], rtol=1e-10)


def test_interval_holds_the_value_and_the_null_is_far(digits):
    result = measure("nc1_quotient", *digits)
    assert result.interval[0] < result.value < result.interval[1]
    assert result.null.mean - 5 * result.null.sd > result.interval[1]
