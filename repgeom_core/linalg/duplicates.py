"""Equal rows: searched once, then given back to each of their copies."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class DistinctRows:
    """``first`` (u,): the first row of each group of equal rows, ascending. ``group`` (n,): the group of each row."""

    first: np.ndarray
    group: np.ndarray

    @property
    def trivial(self) -> bool:
        return len(self.first) == len(self.group)


def distinct_rows(X: np.ndarray, workers: Executor | None = None, rows: int = 4_096) -> DistinctRows:
    """Groups the equal rows of ``X (n, d)`` float32 or float64 (0.0 and -0.0 are equal)."""
    word = np.uint32 if X.dtype == np.float32 else np.uint64
    weights = np.random.default_rng(0).integers(1, 2**63, X.shape[1], dtype=np.uint64) | np.uint64(1)
    digest = np.empty(len(X), np.uint64)

    def sums(start: int) -> None:
        # Adding 0 turns -0.0 into 0.0. Integer sums wrap, so equal rows have equal digests whatever the order of the sum.
        words = np.ascontiguousarray(X[start : start + rows] + X.dtype.type(0)).view(word).astype(np.uint64)
        words ^= words >> np.uint64(29)
        digest[start : start + rows] = words @ weights

    list((workers.map if workers else map)(sums, range(0, len(X), rows)))
    _, first, group = np.unique(digest, return_index=True, return_inverse=True)
    if len(first) == len(X):
        return DistinctRows(np.arange(len(X)), np.arange(len(X)))
    representative = first[group]
    copies = np.flatnonzero(representative != np.arange(len(X)))
    for start in range(0, len(copies), rows):  # a digest is no proof
        some = copies[start : start + rows]
        differ = some[(X[some] != X[representative[some]]).any(axis=1)]
        representative[differ] = differ
    first, group = np.unique(representative, return_inverse=True)
    return DistinctRows(first, group)


def expand_duplicates(distinct: DistinctRows, indices: np.ndarray, squared: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Neighbours among all rows, (n, k), from those among the distinct ones, (u, min(k, u - 1)).

    The k nearest groups hold the k nearest rows: each brings at least its first row, and a group left out comes after those.
    """
    n, u = len(distinct.group), len(distinct.first)
    members = np.argsort(distinct.group, kind="stable")  # rows by group, ascending within each
    starts = np.searchsorted(distinct.group[members], np.arange(u + 1))
    out, out_squared = np.empty((n, k), np.int64), np.empty((n, k))
    if indices.shape[1] == k:  # right wherever no group with copies is involved
        out[distinct.first], out_squared[distinct.first] = distinct.first[indices], squared
    repeated = np.diff(starts) > 1
    for g in np.flatnonzero(repeated | repeated[indices].any(axis=1) | (indices.shape[1] < k)):
        own = members[starts[g] : starts[g + 1]]
        groups = np.concatenate([[g], indices[g]])
        # One more than k of the own group, because each row leaves itself out.
        found = [members[starts[h] : min(starts[h + 1], starts[h] + k + 1)] for h in groups]
        rows = np.concatenate(found)
        lengths = np.repeat(np.concatenate([[0.0], squared[g]]), [len(f) for f in found])
        order = np.lexsort((rows, lengths))[: k + 1]
        rows, lengths = rows[order], lengths[order]
        for row in own:
            keep = np.flatnonzero(rows != row)[:k]
            out[row], out_squared[row] = rows[keep], lengths[keep]
    return out, out_squared
