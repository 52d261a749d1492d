"""Keeping only the strongest activations of each sample."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np


def counts_of_units(d: int) -> np.ndarray:
    """1, 2, 4, ... and d: how many units are kept along the curve."""
    return np.unique(np.append(2 ** np.arange(int(np.log2(d)) + 1), d))


def thresholds(X: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """``(n, c)``: the k-th largest |x| of each row of ``X (n, d)`` for each of ``counts``."""
    places = X.shape[1] - np.asarray(counts)
    magnitude = np.abs(X)
    # Only the places asked for need be in order.
    ordered = np.partition(magnitude, places, axis=1) if len(counts) == 1 else np.sort(magnitude, axis=1)
    return np.asarray(ordered[:, places])


def truncated(X: np.ndarray, counts: np.ndarray, least: np.ndarray | None = None) -> Iterator[np.ndarray]:
    """For each of ``counts``: ``X (n, d)`` in float64 with all but the k largest |x| of each row set to 0; ties of the k-th stay.

    ``least``: the :func:`thresholds`, where they are known.
    """
    least = thresholds(X, counts) if least is None else least
    X = X.astype(np.float64)
    magnitude = np.abs(X)
    for at in range(len(counts)):
        yield np.where(magnitude >= least[:, at : at + 1], X, 0.0)
