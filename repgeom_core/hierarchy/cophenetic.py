"""Cophenetic distances: at which height two samples meet in a tree, and how that agrees with how far apart they are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from repgeom_core.hierarchy.tree import Tree
from repgeom_core.linalg.rows import finite_rows

ALL_UP_TO = 3_000  # samples of which all pairs are looked at: 4.5 million
SAMPLED = 500_000  # pairs of more samples
AT_ONCE = 1 << 20  # numbers in a temporary array
NEAR = 1e-6  # below this share of the squared lengths, products would cancel


@dataclass(frozen=True)
class Pairs:
    """Pairs ``(i, j)`` (m,) of ``n`` samples: all of them with i < j, row by row, or a random choice, seeded (one may then come twice)."""

    i: np.ndarray
    j: np.ndarray
    n: int

    @property
    def complete(self) -> bool:
        return len(self.i) == self.total

    @property
    def total(self) -> int:
        return self.n * (self.n - 1) // 2


def pairs_of(n: int, seed: int = 0, all_up_to: int = ALL_UP_TO, sampled: int = SAMPLED) -> Pairs:
    """All pairs of up to ``all_up_to`` samples, ``sampled`` random ones of more."""
    if n <= all_up_to:
        i = np.repeat(np.arange(n, dtype=np.int32), np.arange(n - 1, -1, -1))
        start = np.cumsum(np.r_[0, np.arange(n - 1, 0, -1)])
        return Pairs(i, (np.arange(len(i)) - start[i] + i + 1).astype(np.int32), n)
    rng = np.random.default_rng([seed, 4])
    i, j = rng.integers(0, n, sampled, np.int32), rng.integers(0, n - 1, sampled, np.int32)
    return Pairs(i, (j + (j >= i)).astype(np.int32), n)


def lowest_common_ancestors(tree: Tree, i: np.ndarray, j: np.ndarray) -> np.ndarray:
    """The node (m,) at which leaves ``i`` and ``j`` (m,) meet; of a leaf with itself, the leaf.

    Between two places of the dendrogram order stand the merges that separate neighbours; the highest of them is where the two meet.
    It has the greatest number, since children have smaller ones. Greatest numbers of any range come from two overlapping ranges whose
    length is a power of two: O(n log n) memory, O(1) for each pair, whatever the shape of the tree.
    """
    i, j = np.asarray(i), np.asarray(j)
    found = np.array(i, np.int32)
    between = np.empty(max(tree.n - 1, 0), np.int32)
    between[tree.start[tree.right] - 1] = np.arange(tree.n, tree.nodes, dtype=np.int32)
    greatest = [between]
    while 2 << (len(greatest) - 1) <= len(between):
        half = 1 << (len(greatest) - 1)
        greatest.append(np.maximum(greatest[-1][:-half], greatest[-1][half:]))
    table = np.zeros((len(greatest), len(between)), np.int32)
    for level, numbers in enumerate(greatest):
        table[level, : len(numbers)] = numbers
    for first in range(0, len(i), AT_ONCE):
        some = slice(first, first + AT_ONCE)
        here, there = tree.start[i[some]], tree.start[j[some]]
        low, high = np.minimum(here, there), np.maximum(here, there)
        apart = np.flatnonzero(high > low)
        low, high = low[apart], high[apart]
        level = np.frexp(high - low)[1] - 1
        found[first + apart] = np.maximum(table[level, low], table[level, high - (1 << level)])
    return found


def cophenetic_distances(tree: Tree, i: np.ndarray, j: np.ndarray) -> np.ndarray:
    """Height (m,) at which leaves ``i`` and ``j`` (m,) meet, 0 for a leaf with itself; as ``scipy.cluster.hierarchy.cophenet``."""
    return np.asarray(tree.own_height[lowest_common_ancestors(tree, i, j)])


def pair_distances(X: np.ndarray, pairs: Pairs) -> np.ndarray:
    """Euclidean distances (m,) float64 of the pairs of rows of ``X (n, d)``."""
    X = finite_rows(np.asarray(X))
    if pairs.complete:
        return _all_distances(X)
    found = np.empty(len(pairs.i))
    step = max(AT_ONCE // max(X.shape[1], 1), 1)
    for first in range(0, len(found), step):
        found[first : first + step] = _apart(X, pairs.i[first : first + step], pairs.j[first : first + step])
    return found


def _all_distances(X: np.ndarray) -> np.ndarray:
    """From matrix products; where those would cancel, from the rows themselves."""
    n = len(X)
    points = X - X.mean(axis=0, dtype=np.float64)
    squared = np.einsum("ij,ij->i", points, points)
    found, at, first = np.empty(n * (n - 1) // 2), 0, 0
    while first < n - 1:
        last = min(first + max(AT_ONCE // (n - first), 1), n - 1)
        lengths = squared[first:last, None] + squared[None, first + 1 :]
        block = lengths - 2 * points[first:last] @ points[first + 1 :].T
        later = np.arange(first + 1, n)[None, :] > np.arange(first, last)[:, None]
        near = np.nonzero((block < NEAR * lengths) & later)
        block[near] = _apart(X, first + near[0], first + 1 + near[1]) ** 2
        found[at : (at := at + int(later.sum()))] = np.sqrt(block[later])
        first = last
    return found


def _apart(X: np.ndarray, i: np.ndarray, j: np.ndarray) -> np.ndarray:
    return np.asarray(np.linalg.norm(X[i].astype(np.float64) - X[j], axis=1))
