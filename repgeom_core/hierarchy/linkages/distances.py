"""Condensed squared distances from matrix products, compiled; near rows are compared number by number."""

from __future__ import annotations

import numpy as np

from repgeom_core.linalg.machine_code import compiled

NEAR = 1e-6  # below this share of the squared lengths products would cancel: 1e-16 of those is 1e-10 of a squared distance above it


@compiled()
def fill(distances, products, squared, X, scale, row, column):  # type: ignore[no-untyped-def]
    """Writes the squared distances of some units, from ``row`` on, to some later ones, from ``column`` on, condensed row by row.

    products (a, b): of the a centred units with the b ones. squared (u,): squared lengths of all centred units. X (u, d): the units before
    they were centred and scaled.
    """
    n, end = len(squared), column + products.shape[1]
    for i in range(row, row + products.shape[0]):
        at = n * i - i * (i + 1) // 2 - i - 1
        for j in range(max(i + 1, column), end):  # vectorised: it has no branch
            distances[at + j] = squared[i] + squared[j] - 2 * products[i - row, j - column]
        for j in range(max(i + 1, column), end):
            if distances[at + j] < NEAR * (squared[i] + squared[j]):
                distance = 0.0
                for c in range(X.shape[1]):
                    difference = scale * np.float64(X[i, c]) - scale * np.float64(X[j, c])
                    distance += difference * difference
                distances[at + j] = distance


@compiled()
def weigh(distances, counts):  # type: ignore[no-untyped-def]
    """Condensed squared distances times 2ab/(a + b): the squared Ward distances of units that hold ``counts (u,)`` samples."""
    n, at = len(counts), 0
    for i in range(n):
        for j in range(i + 1, n):
            distances[at] *= 2 * counts[i] * counts[j] / (counts[i] + counts[j])
            at += 1
