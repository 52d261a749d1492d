"""Rows grouped around a few centres, so that products of residuals are small wherever distances are."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np
import torch

MOST_GROUPS = 32
MANY_GROUPS = 256
ROWS_OF_MANY = 64  # at least, on average
ROWS_TO_FIT = 4_096
ROUNDS = 8
FAR = 3.0  # times the median distance to the centre
ROWS_AT_ONCE = 4_096


@dataclass(frozen=True)
class Groups:
    """n rows in g groups; "position" is a row's place in ``order``, where groups follow each other.

    All lengths are in scaled units: x is taken as (x - shift)·scale, with a power of two that makes the numbers about 1.

    order (n,): the row at each position, by distance to its centre within a group. starts (g + 1,): where groups start. centres (g, d).
    to_centre (n, g): squared distance of the row at a position to each centre. between (g, g): distance of centres.
    rounding: bound on the rounding error of a scaled row in float64, as a length.
    """

    shift: np.ndarray
    scale: float
    order: np.ndarray
    starts: np.ndarray
    centres: np.ndarray
    to_centre: np.ndarray
    between: np.ndarray
    rounding: float

    def of(self, position: int) -> int:
        return int(np.searchsorted(self.starts, position, side="right")) - 1

    def span(self, group: int) -> range:
        return range(self.starts[group], self.starts[group + 1])

    def pieces(self) -> list[tuple[int, slice]]:
        """(group, some of its positions), all in all."""
        spans = [(group, self.span(group)) for group in range(len(self.centres))]
        return [(g, slice(at, min(at + ROWS_AT_ONCE, span.stop))) for g, span in spans for at in range(span.start, span.stop, ROWS_AT_ONCE)]

    def residuals(self, X: np.ndarray, group: int, positions: slice) -> np.ndarray:
        """x - centre in float64, (m, d), of some positions of a group."""
        return _scaled(X[self.order[positions]], self.shift, self.scale) - self.centres[group]


def group_rows(X: np.ndarray, workers: Executor, seed: int = 0) -> Groups:
    """Groups ``X (n, d)`` by its nearest k-means centre; any centres give right results, good ones give fast ones."""
    n, d = X.shape
    chunks = [slice(start, start + ROWS_AT_ONCE) for start in range(0, n, ROWS_AT_ONCE)]
    fit = X[np.sort(np.random.default_rng(seed).permutation(n)[:ROWS_TO_FIT])].astype(np.float64)
    shift = np.median(fit, axis=0)  # outliers must not move it
    lowest, highest = zip(*workers.map(lambda some: (X[some].min(axis=0), X[some].max(axis=0)), chunks), strict=True)
    lowest, highest = np.min(lowest, axis=0).astype(np.float64), np.max(highest, axis=0).astype(np.float64)
    largest = float(np.maximum(highest - shift, shift - lowest).max())
    scale = float(2.0 ** -np.ceil(np.log2(largest))) if largest > 0 else 1.0
    centres = _centres(_scaled(fit, shift, scale).astype(np.float32), n, workers, seed)
    count = len(centres)
    between = np.sqrt(((centres[:, None] - centres) ** 2).sum(axis=2))
    to_centre, label, own = np.empty((n, count)), np.empty(n, np.int64), np.empty(n)
    rounded, half_squared = centres.astype(np.float32), ((centres**2).sum(axis=1) / 2).astype(np.float32)

    def measure(some: slice) -> None:
        u = _scaled(X[some], shift, scale)
        label[some] = nearest = (half_squared - _products(u.astype(np.float32), rounded)).argmin(axis=1)
        # From residuals, whose rounding errors are as small as they are: |u + c_a - c_b|², and exactly |u|² for the own group.
        u -= centres[nearest]
        own[some] = np.einsum("ij,ij->i", u, u)
        products = _products(u, centres)
        along = np.take_along_axis(products, nearest[:, None], 1) - products
        to_centre[some] = np.maximum(own[some, None] + 2 * along + between[nearest] ** 2, 0)

    list(workers.map(measure, chunks))
    typical = np.array([np.median(own[label == c]) if (label == c).any() else 0.0 for c in range(count)])
    # Errors are bounded by the longest residual of a group: far rows are a group of their own around the same centre.
    label = 2 * label + (own > FAR**2 * typical[label])
    used, label = np.unique(label, return_inverse=True)
    order = np.lexsort((own, label))
    starts = np.concatenate([[0], np.cumsum(np.bincount(label))])
    used //= 2
    centres, between = centres[used], between[np.ix_(used, used)]
    biggest = scale * float(np.maximum(np.abs(lowest), np.abs(highest)).max(initial=0))
    rounding = 2.0**-52 * (d + 8) * np.sqrt(d) * (biggest + 1)
    return Groups(shift, scale, order, starts, centres, to_centre[np.ix_(order, used)], between, rounding)


def _scaled(X: np.ndarray, shift: np.ndarray, scale: float) -> np.ndarray:
    block = np.subtract(X, shift, dtype=np.float64)
    block *= scale
    return block


def _centres(fit: np.ndarray, n: int, workers: Executor, seed: int) -> np.ndarray:
    """Few centres, for large products; many where they hold much less spread, as in collapsed classes, most of which are out of reach."""
    few, many = int(np.clip(np.sqrt(n) // 14, 1, MOST_GROUPS)), min(MANY_GROUPS, n // ROWS_OF_MANY)
    counts = [few, many] if many > 4 * few else [few]
    found = list(workers.map(lambda count: _k_means(fit, count, seed), counts))
    best = found[-1] if found[-1][1] < found[0][1] / 4 else found[0]
    return best[0].astype(np.float64)


def _k_means(fit: np.ndarray, count: int, seed: int) -> tuple[np.ndarray, float]:
    """Centres (count, d) and inertia after a few rounds of k-means. (scikit-learn's sets threads for all of the process meanwhile.)"""
    centres = _spread_rows(fit, count, seed)
    for _ in range(ROUNDS):
        nearest = ((centres**2).sum(axis=1) / 2 - _products(fit, centres)).argmin(axis=1)
        members = np.bincount(nearest, minlength=count)
        sums = torch.zeros(centres.shape).index_add_(0, torch.from_numpy(nearest), torch.from_numpy(fit)).numpy()
        centres = np.where(members[:, None] > 0, sums / np.maximum(members, 1)[:, None], centres).astype(np.float32)
    return centres, float(((fit - centres[nearest]) ** 2).sum())


def _products(X: np.ndarray, Y: np.ndarray) -> np.ndarray:
    return (torch.from_numpy(X) @ torch.from_numpy(Y).T).numpy()


def _spread_rows(fit: np.ndarray, count: int, seed: int) -> np.ndarray:
    """``count`` rows, far ones sooner, as k-means++ draws them, but as many at once as there are already (Bahmani et al. 2012): a few
    matrix products instead of one pass for each centre."""
    rng = np.random.default_rng(seed)
    chosen = rng.integers(0, len(fit), 1)
    lengths = np.einsum("ij,ij->i", fit, fit)
    squared, newest = np.full(len(fit), np.inf), chosen
    while len(chosen) < count:
        near = lengths[:, None] + lengths[newest] - 2 * (_products(fit, fit[newest]))
        squared = np.minimum(squared, np.maximum(near.min(axis=1), 0))
        squared[chosen] = 0
        wanted, free = min(len(chosen), count - len(chosen)), np.flatnonzero(squared)
        if len(free) < wanted:  # no places left: any rows
            return fit[np.concatenate([chosen, rng.integers(0, len(fit), count - len(chosen))])]
        weights = squared[free].astype(np.float64)
        newest = rng.choice(free, wanted, replace=False, p=weights / weights.sum())
        chosen = np.concatenate([chosen, newest])
    return fit[chosen]
