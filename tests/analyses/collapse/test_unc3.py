"""UNC3 is 0 where all rows are aligned alike, and equals the spread of scipy's cosines."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import cosine

from repgeom_core.analyses.evaluate import measure


def centred(X, y):
    means = np.stack([X[y == k].mean(axis=0) for k in np.unique(y)])
    return means - means.mean(axis=0)


def test_aligned_alike_is_uniform(blobs, simplex, around, value):
    X, y = blobs()
    lengths = np.arange(1, 6)[:, None]
    assert value("unc3", X, y, lengths * centred(X, y)) < 1e-7
    assert value("unc3", X, y, -centred(X, y)) < 1e-7
    M = simplex(6, 9)
    assert value("unc3", *around(M, 0.2), M) < 1e-12


def test_one_row_of_two_turned_round(blobs, value):
    X, y = blobs(2)
    assert value("unc3", X, y, np.array([[1], [-1]]) * centred(X, y)) == pytest.approx(1)


@pytest.mark.parametrize("K, d, per_class", [(5, 7, 30), (12, 3, 4), (4, 200, 5), (6, 4, 1)])
def test_equals_the_spread_of_cosines(K, d, per_class, blobs):
    X, y = blobs(K, d, per_class)
    W = np.random.default_rng(3).standard_normal((K, d))
    cosines = np.array([1 - cosine(w, m) for w, m in zip(W, centred(X, y), strict=True)])
    result = measure("unc3", X, y, W, interval=False, null=False)
    assert result.value == pytest.approx(cosines.std(), rel=1e-9)
    assert result.notes["mean"] == pytest.approx(cosines.mean(), rel=1e-9)


def test_no_direction_is_said(blobs):
    X, y = blobs()
    W = np.ones((5, 7))
    W[3] = 0
    assert measure("unc3", X, y, W).notes["why"] == "a row of the head is 0"
    assert measure("unc3", X[:1], y[:1], W).notes["why"] == "one class"
    assert "no direction" in measure("unc3", np.array([[0.0], [1], [-1]]), np.arange(3), np.ones((3, 1))).notes["why"]
