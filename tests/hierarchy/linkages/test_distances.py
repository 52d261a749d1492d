"""Condensed distances from products."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import pdist

from repgeom_core.hierarchy.linkages.distances import fill, weigh


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_near_rows_are_compared_number_by_number(dtype: type) -> None:
    X = np.random.default_rng(0).normal(size=(12, 5)).astype(dtype)
    X[1] = X[0]
    X[1, 0] = np.nextafter(X[0, 0], dtype(9))
    exact = X.astype(np.float64)
    distances = np.full(66, np.nan)
    for rows, columns in (([0, 4], [0, 7]), ([0, 4], [7, 12]), ([4, 12], [4, 9]), ([4, 12], [9, 12])):
        products = exact[slice(*rows)] @ exact[slice(*columns)].T
        fill(distances, products, (exact**2).sum(axis=1), X, 1.0, rows[0], columns[0])
    np.testing.assert_allclose(distances, pdist(exact) ** 2, rtol=1e-9)
    assert distances[0] == (exact[1, 0] - exact[0, 0]) ** 2 > 0


def test_weights_are_those_of_ward() -> None:
    distances = np.ones(3)
    weigh(distances, np.array([1.0, 2, 6]))
    np.testing.assert_allclose(distances, [2 * 2 / 3, 2 * 6 / 7, 2 * 12 / 8])
