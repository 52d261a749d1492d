"""Residuals of a pair: zero in the own subspace, one at right angles, equal to those of least squares."""

from __future__ import annotations

import numpy as np
import pytest

from repgeom_core.analyses.subspaces.pair_residuals import pair_residuals
from repgeom_core.errors import GeometryError


def test_samples_of_orthogonal_planes() -> None:
    rng = np.random.default_rng(0)
    X, y = np.zeros((40, 6)), np.arange(40) % 2
    X[y == 0, :2], X[y == 1, 2:4] = rng.standard_normal((20, 2)), rng.standard_normal((20, 2))
    rows, residuals = pair_residuals(X, y, 0, 1, rank=2)
    np.testing.assert_array_equal(rows, np.arange(40))
    np.testing.assert_allclose(residuals[y == 0], [[0, 1]] * 20, atol=1e-6)
    np.testing.assert_allclose(residuals[y == 1], [[1, 0]] * 20, atol=1e-6)


def test_equal_to_least_squares() -> None:
    rng = np.random.default_rng(1)
    X, y = rng.standard_normal((60, 8)), np.arange(60) % 3
    rows, residuals = pair_residuals(X, y, 2, 1, rank=3)
    basis = np.linalg.svd(X[y == 2], full_matrices=False)[2][:3].T
    for row, found in zip(rows, residuals[:, 0], strict=True):
        fitted = basis @ np.linalg.lstsq(basis, X[row], rcond=None)[0]
        assert found == pytest.approx(np.linalg.norm(X[row] - fitted) / np.linalg.norm(X[row]), rel=1e-6)


def test_centred_residuals_do_not_see_a_translation() -> None:
    rng = np.random.default_rng(2)
    X, y = rng.standard_normal((40, 5)), np.arange(40) % 2
    here, there = (pair_residuals(Z, y, 0, 1, 2, centred=True)[1] for Z in (X, X + 7))
    np.testing.assert_allclose(here, there, atol=1e-9)


def test_a_class_without_samples_is_refused() -> None:
    with pytest.raises(GeometryError, match="Class 4 has no samples"):
        pair_residuals(np.ones((3, 2)), np.zeros(3, int), 0, 4, 1)
