"""The variation of norms equals its definition."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import variation

from repgeom_core.analyses.evaluate import measure


def test_digits(digits, value):
    assert value("nc2_norm_cov", *digits) == pytest.approx(0.17144756, rel=1e-6)


def test_simplex_has_none(simplex, around, value):
    assert value("nc2_norm_cov", *around(simplex(10, 16, 3.0), 0.7)) == pytest.approx(0, abs=1e-12)


def test_two_classes_have_none_whatever_they_are(blobs, value):
    assert value("nc2_norm_cov", *blobs(2)) == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("K, d, per_class", [(5, 7, 30), (12, 3, 4), (4, 200, 5), (6, 4, 1)])
def test_equals_scipy_variation(K, d, per_class, blobs):
    X, y = blobs(K, d, per_class)
    means = np.stack([X[y == k].mean(axis=0) for k in range(K)])
    lengths = np.linalg.norm(means - means.mean(axis=0), axis=1)
    result = measure("nc2_norm_cov", X, y, interval=False, null=False)
    assert result.value == pytest.approx(variation(lengths), rel=1e-10)
    np.testing.assert_allclose(result.details["per_class"], lengths, rtol=1e-10)


def test_missing_class_is_left_out(blobs, value):
    X, y = blobs()
    keep = y != 1
    assert value("nc2_norm_cov", X[keep], y[keep]) == pytest.approx(value("nc2_norm_cov", X[keep], np.where(y > 1, y - 1, y)[keep]))


def test_one_sample_is_one_class():
    assert measure("nc2_norm_cov", np.ones((1, 3)), np.array([0])).notes["why"] == "one class"
