"""A shortlist in plain tensors and arrays, for devices without compiled loops; from bounded distances to the exact nearest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch

from repgeom_core.linalg.operand import Precision

PAIRS_AT_ONCE = 64  # two blocks of vectors that stay in the cache
NEW_PER_ROW = 64  # candidates per row that may come in before it is seen which of them are still possible


@dataclass(frozen=True)
class Candidates:
    """Pairs of a row (0..m-1) and the row number of a candidate, with bounds on their squared distance; all (p,)."""

    row: np.ndarray
    candidate: np.ndarray
    lower: np.ndarray
    upper: np.ndarray

    def only(self, some: np.ndarray) -> Candidates:
        return Candidates(self.row[some], self.candidate[some], self.lower[some], self.upper[some])


class Nearest(NamedTuple):
    """Of a block of m rows: row numbers (m, k) and squared distances (m, k) of the nearest, whether they are ``settled`` (m,), and how
    many distances were ``taken`` to tell."""

    indices: np.ndarray
    squared: np.ndarray
    settled: np.ndarray
    taken: int


class TensorShortlist:
    """See :class:`repgeom_core.linalg.shortlist.Shortlist`. The radius shrinks only once in a while."""

    def __init__(self, own: np.ndarray, k: int, most: int, precision: Precision) -> None:
        self.own, self.k, self.most, self.out = own, k, most, 1.01 * precision.out
        self.radius: np.ndarray = np.full(len(own), np.inf)
        self._uppers: torch.Tensor | None = None
        self._candidates: list[Candidates] = []
        self._new = 0
        self._too_many = np.zeros(len(own), bool)

    def bound(self, product: torch.Tensor, ids: np.ndarray, margin: np.ndarray) -> None:
        half = product[: len(margin), : len(ids)].to(torch.float32 if product.dtype == torch.bfloat16 else torch.float64)
        upper = 2 * (half + self.out * half.abs() + 2.001 * torch.from_numpy(margin).to(half)[:, None])
        upper[torch.from_numpy(self.own[:, None] == ids).to(half.device)] = torch.inf
        if self._uppers is not None:
            upper = torch.cat([self._uppers, upper], dim=1)
        self._uppers = upper.topk(min(self.k, upper.shape[1]), dim=1, largest=False).values
        if self._uppers.shape[1] == self.k:
            self.radius = self._uppers.amax(dim=1).double().cpu().numpy()

    def add(self, product: torch.Tensor, ids: np.ndarray, rows: np.ndarray, margin: np.ndarray) -> None:
        negative = (product[: len(rows), : len(ids)] < 0).nonzero(as_tuple=True)
        half = product[negative].double().cpu().numpy()
        local, column = (place.cpu().numpy() for place in negative)
        row, error = rows[local], self.out * np.abs(half)
        lower, upper = (self.radius[row] + 2 * bound for bound in (half - error, half + error + 2 * margin[row]))
        other = (ids[column] != self.own[row]) & ~self._too_many[row]
        self._candidates.append(Candidates(row, ids[column], lower, upper).only(np.flatnonzero(other)))
        self._new += len(row)
        if self._new > NEW_PER_ROW * len(self.own):
            self._sort_out()

    @property
    def hopeless(self) -> bool:
        return bool(self._too_many.mean() > 0.5)

    def nearest(self, points: torch.Tensor) -> Nearest:
        candidates = self._sort_out()
        indices, squared = rank_exactly(points, self.own, candidates, self.k)
        return Nearest(indices, squared, ~self._too_many & (indices[:, -1] >= 0), len(candidates.row))

    def _sort_out(self) -> Candidates:
        """The candidates that can still be among the nearest of their row, sorted by row."""
        pieces = [(c.row, c.candidate, c.lower, c.upper) for c in self._candidates]
        found = Candidates(*(np.concatenate(p) for p in zip(*pieces, strict=True)))
        found = found.only(np.argsort(found.row.astype(np.uint16), kind="stable"))  # two bytes: a radix sort
        # The k-th least upper bound, among at most as many candidates as are ranked: a table of all could be far too wide.
        place = _place(found.row, len(self.own))
        some = np.flatnonzero(place < self.most)
        table = _table(found.row[some], found.upper[some], len(self.own), np.inf, self.k)
        self.radius = np.minimum(self.radius, np.partition(table, self.k - 1, axis=1)[:, self.k - 1])
        found = found.only(np.flatnonzero(found.lower <= self.radius[found.row]))
        self._too_many |= np.bincount(found.row, minlength=len(self.own)) > self.most
        found = found.only(np.flatnonzero(~self._too_many[found.row]))
        self._candidates, self._new = [found], 0
        return found


def rank_exactly(points: torch.Tensor, own: np.ndarray, candidates: Candidates, k: int) -> tuple[np.ndarray, np.ndarray]:
    """The k nearest candidates of each row by (squared distance, row number): (m, k) int64 and float64.

    ``points`` (n, d) are the original features. Where a row has fewer than k candidates, -1 and infinity.
    """
    order = np.lexsort((candidates.candidate, candidates.row))
    row, candidate = candidates.row[order], candidates.candidate[order]
    squared = _table(row, squared_distances(points, own[row], candidate), len(own), np.inf, k)
    ids = _table(row, candidate, len(own), -1, k)
    nearest = np.argsort(squared, axis=1, kind="stable")[:, :k]
    return np.take_along_axis(ids, nearest, 1), np.take_along_axis(squared, nearest, 1)


def squared_distances(points: torch.Tensor, i: np.ndarray, j: np.ndarray) -> np.ndarray:
    """|x_i - x_j|² of the pairs (p,), differences and sums in float64."""
    if points.device.type != "cpu":
        return _squared_distances_on_device(points, i, j)
    X, out = points.numpy(), np.empty(len(i))
    for start in range(0, len(i), PAIRS_AT_ONCE):
        some = slice(start, start + PAIRS_AT_ONCE)
        difference = np.subtract(X.take(j[some], axis=0), X.take(i[some], axis=0), dtype=np.float64)
        np.einsum("ij,ij->i", difference, difference, out=out[some])
    return out


def _squared_distances_on_device(points: torch.Tensor, i: np.ndarray, j: np.ndarray) -> np.ndarray:
    left, right = torch.from_numpy(i).to(points.device), torch.from_numpy(j).to(points.device)
    at_once = max(1, 2**27 // points.shape[1])
    pieces = []
    for start in range(0, len(i), at_once):
        some = slice(start, start + at_once)
        difference = points.index_select(0, right[some]).double() - points.index_select(0, left[some]).double()
        pieces.append(difference.square_().sum(dim=1))
    return torch.cat(pieces).cpu().numpy() if pieces else np.empty(0)


def _place(row: np.ndarray, rows: int) -> np.ndarray:
    """Of each entry of ascending ``row``: how many of the same row come before it."""
    counts = np.bincount(row, minlength=rows)
    return np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts)


def _table(row: np.ndarray, values: np.ndarray, rows: int, missing: float, narrowest: int) -> np.ndarray:
    """``values`` of ascending ``row`` as a (rows, longest) table, filled up with ``missing``."""
    place = _place(row, rows)
    table = np.full((rows, max(int(place.max(initial=-1)) + 1, narrowest)), missing, values.dtype)
    table[row, place] = values
    return table
