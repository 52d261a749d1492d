"""Pairs of classes: all of them up to 3000 classes, above that about a million, so that no K x K matrix is ever formed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

EXACT = 3000  # classes up to which every pair is taken
SAMPLED = 1_000_000  # pairs, about, above it
AT_ONCE = 2**16  # numbers in a block of differences: small enough to stay in the cache
CLOSE = 1e-6  # squared distances below this share of the squared lengths are subtracted directly


@dataclass(frozen=True)
class Pairs:
    """Pairs of different classes, each at most once; ``first (P,)``, ``second (P,)`` are places in 0..K−1."""

    K: int
    first: np.ndarray
    second: np.ndarray

    @property
    def complete(self) -> bool:
        return len(self.first) == self.K * (self.K - 1) // 2

    @property
    def notes(self) -> dict[str, Any]:
        count = f"{len(self.first):,} of {self.K * (self.K - 1) // 2:,}"
        return {"pairs": f"all {len(self.first):,}" if self.complete else f"{count}, drawn at random, the same number for each class"}

    def matrix(self, values: np.ndarray, diagonal: float) -> np.ndarray:
        """(K, K) symmetric from the values (P,) of all pairs."""
        found = np.full((self.K, self.K), diagonal)
        found[self.first, self.second] = found[self.second, self.first] = values
        return found

    def mean_by_class(self, values: np.ndarray) -> np.ndarray:
        """(K,): mean of the values (P,) over the pairs that a class is in."""
        both = np.concatenate([self.first, self.second])
        total = np.bincount(both, np.concatenate([values, values]), minlength=self.K)
        return np.asarray(total / np.bincount(both, minlength=self.K))

    def details(self, name: str, values: np.ndarray, diagonal: float, classes: np.ndarray) -> dict[str, np.ndarray]:
        """``per_class``, ``classes`` and, where all pairs are there, the matrix under ``name``."""
        found = {"per_class": self.mean_by_class(values), "classes": classes}
        return {**found, name: self.matrix(values, diagonal)} if self.complete else found


def class_pairs(K: int, rng: np.random.Generator) -> Pairs:
    """All pairs i < j, or for many classes those that are s places apart on a random circle of classes, for random s.

    On the circle every class is in the same number of pairs, and each pair is as likely as any other.
    """
    if K <= EXACT:
        return Pairs(K, *np.triu_indices(K, 1))
    circle = rng.permutation(K)
    steps = 1 + rng.choice((K - 1) // 2, size=max(1, SAMPLED // K), replace=False)
    return Pairs(K, np.tile(circle, len(steps)), np.concatenate([np.roll(circle, -step) for step in steps]))


def squared_distances(rows: np.ndarray, pairs: Pairs) -> np.ndarray:
    """‖rows_i − rows_j‖² (P,) of ``rows (K, d)``, to full precision also where two rows nearly coincide."""
    if not pairs.complete:
        return _differences(rows, pairs.first, pairs.second)
    gram = rows @ rows.T
    lengths = np.diag(gram)[pairs.first] + np.diag(gram)[pairs.second]
    found = lengths - 2 * gram[pairs.first, pairs.second]
    close = np.flatnonzero(found <= CLOSE * lengths)
    found[close] = _differences(rows, pairs.first[close], pairs.second[close])
    return np.asarray(found)


def _differences(rows: np.ndarray, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    found = np.empty(len(first))
    step = max(1, AT_ONCE // rows.shape[1])
    for start in range(0, len(first), step):
        block = slice(start, start + step)
        apart = rows[first[block]] - rows[second[block]]
        found[block] = np.einsum("ij,ij->i", apart, apart)
    return found
