"""Directional CDNV equals its definition with covariance matrices, and is blind to spread across the line."""

from __future__ import annotations

import numpy as np
import pytest

from repgeom_core.analyses.collapse import cdnv_directional
from repgeom_core.analyses.evaluate import measure


def plain(X, y):
    classes = np.unique(y)
    means = {k: X[y == k].mean(axis=0) for k in classes}
    covariances = {k: np.atleast_2d(np.cov(X[y == k].T, bias=True)) for k in classes}
    values = []
    for a, i in enumerate(classes):
        for j in classes[a + 1 :]:
            apart = means[i] - means[j]
            u = apart / np.linalg.norm(apart)
            values.append(u @ (covariances[i] + covariances[j]) @ u / (2 * apart @ apart))
    return np.array(values)


def test_simplex_with_isotropic_spread(simplex, around, value):
    X, y = around(simplex(10, 16, 3.0), 0.7)
    assert value("cdnv_directional", X, y) == pytest.approx(0.49 * 9 / (2 * 9 * 10), rel=1e-10)
    assert value("cdnv_directional", X, y) == pytest.approx(value("cdnv", X, y) / 16, rel=1e-10)


def test_spread_across_the_line_does_not_count(value):
    X = np.array([[0, 5], [0, -5], [1, 3], [1, -3]], float)
    assert value("cdnv_directional", X, np.array([0, 0, 1, 1])) == pytest.approx(0, abs=1e-25)


@pytest.mark.parametrize("K, d, per_class", [(2, 5, 30), (5, 7, 30), (12, 3, 4), (4, 200, 5)])
def test_equals_the_double_loop(K, d, per_class, blobs, monkeypatch):
    X, y = blobs(K, d, per_class)
    result = measure("cdnv_directional", X, y, interval=False, null=False)
    np.testing.assert_allclose(result.details["cdnv"][np.triu_indices(K, 1)], plain(X, y), rtol=1e-9)
    assert result.value == pytest.approx(plain(X, y).mean(), rel=1e-9)
    monkeypatch.setattr(cdnv_directional, "AT_ONCE", 40)
    assert measure("cdnv_directional", X, y, interval=False, null=False).value == pytest.approx(result.value, rel=1e-12)


def test_missing_class_and_one_sample_class(blobs, value):
    X, y = blobs()
    keep = (y != 1) & ((y != 4) | (np.arange(len(y)) == np.flatnonzero(y == 4)[0]))
    expected = []
    for i, j in ((0, 2), (0, 3), (2, 3)):
        expected.append(plain(X[(y == i) | (y == j)], y[(y == i) | (y == j)])[0])
    for i in (0, 2, 3):  # the class of one sample has no spread
        own, other = X[y == i], X[keep & (y == 4)][0]
        apart = own.mean(axis=0) - other
        expected.append(((own - own.mean(axis=0)) @ apart).var() / (2 * (apart @ apart) ** 2))
    assert value("cdnv_directional", X[keep], y[keep]) == pytest.approx(np.mean(expected), rel=1e-9)


def test_undefined_is_said(monkeypatch, blobs):
    assert measure("cdnv_directional", np.ones((1, 3)), np.array([0])).notes["why"] == "one class"
    X = np.array([[0.1, 1], [0.1, -1], [0.1, 2], [0.1, -2], [5, 0]])
    assert "coincide" in measure("cdnv_directional", X, np.array([0, 0, 3, 3, 4])).notes["why"]
    monkeypatch.setattr(cdnv_directional, "EXACT", 4)
    assert measure("cdnv_directional", *blobs()).notes["why"] == "more than 4 classes"
