"""Condensed squared distances from matrix products, compiled; near rows are compared number by number."""

from __future__ import annotations

import numpy as np

from repgeom_core.linalg.machine_code import compiled

NEAR = 1e-6  # below this share of the squared lengths products would cancel: 1e-16 of those is 1e-10 of a squared distance above it


@compiled()
def fill_rows(distances, products, squared, X, scale, first):  # type: ignore[no-untyped-def]
    """Writes the squared distances of some units, from ``first`` on, to all later ones, condensed row by row.

    products (m, u - first - 1): of the m centred units with those after ``first``. squared (u,): squared lengths of the centred units.
    X (u, d): the units before they were centred and scaled.
    """
    n = len(squared)
    for i in range(first, first + len(products)):
        row = n * i - i * (i + 1) // 2 - i - 1
        for j in range(i + 1, n):  # vectorised: it has no branch
            distances[row + j] = squared[i] + squared[j] - 2 * products[i - first, j - first - 1]
        for j in range(i + 1, n):
            if distances[row + j] < NEAR * (squared[i] + squared[j]):
                distance = 0.0
                for c in range(X.shape[1]):
                    difference = scale * np.float64(X[i, c]) - scale * np.float64(X[j, c])
                    distance += difference * difference
                distances[row + j] = distance


@compiled()
def weigh(distances, counts):  # type: ignore[no-untyped-def]
    """Condensed squared distances times 2ab/(a + b): the squared Ward distances of units that hold ``counts (u,)`` samples."""
    n, at = len(counts), 0
    for i in range(n):
        for j in range(i + 1, n):
            distances[at] *= 2 * counts[i] * counts[j] / (counts[i] + counts[j])
            at += 1
