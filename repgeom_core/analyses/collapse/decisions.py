"""Decisions of linear rules, block by block: the classifier's, and the nearest class mean's."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from repgeom_core.linalg.class_moments import ClassMoments

AT_ONCE = 2**22  # scores held at once


def highest(X: np.ndarray, rows: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """argmax_k x·rows_k + bias_k (m,) for ``X (m, d)``, in float64; ties go to the lower k."""
    found = np.empty(len(X), np.int64)
    step = max(1, AT_ONCE // len(rows))
    for start in range(0, len(X), step):
        found[start : start + step] = np.argmax(X[start : start + step].astype(np.float64) @ rows.T + bias, axis=1)
    return found


def nearest_mean(X: np.ndarray, moments: ClassMoments) -> np.ndarray:
    """Code (m,) of the class whose mean is nearest; ties go to the lower class."""
    M = moments.centred_means
    # Distances about the mean of all means: an offset of the features costs no digits.
    return np.asarray(moments.classes[highest(X - moments.global_mean, M, -(M**2).sum(axis=1) / 2)])


def nearest_means(blocks: Iterable[tuple[slice, np.ndarray]], n: int, moments: ClassMoments) -> np.ndarray:
    """The same (n,) of row blocks in order."""
    found = np.empty(n, np.int64)
    for where, block in blocks:
        found[where] = nearest_mean(block, moments)
    return found


def share_by_class(hits: np.ndarray, y: np.ndarray, moments: ClassMoments) -> np.ndarray:
    """(K,): the share of a class's samples that are ``hits (n,)``."""
    return np.asarray(np.bincount(y, hits, minlength=int(moments.classes[-1]) + 1)[moments.classes] / moments.counts)
