"""From candidates with bounded distances to the exact nearest: float64 distances of the few that can still be among them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

PAIRS_AT_ONCE = 64  # two blocks of vectors that stay in the cache


@dataclass(frozen=True)
class Candidates:
    """Pairs of a row (0..m-1) and the row number of a candidate, with bounds on their squared distance; all (p,)."""

    row: np.ndarray
    candidate: np.ndarray
    lower: np.ndarray
    upper: np.ndarray


def possible(candidates: Candidates, own: np.ndarray, k: int) -> Candidates:
    """The candidates that can be among the k nearest of their row, sorted by row; ``own`` (m,) are the rows themselves, left out."""
    keep = np.flatnonzero(candidates.candidate != own[candidates.row])
    keep = keep[np.argsort(candidates.row[keep].astype(np.uint16), kind="stable")]  # two bytes: a radix sort
    row, upper, lower = candidates.row[keep], candidates.upper[keep], candidates.lower[keep]
    table = _table(row, upper, len(own), np.inf)
    if table.shape[1] > k:
        near = lower <= np.partition(table, k - 1, axis=1)[row, k - 1]
        keep, row, lower, upper = keep[near], row[near], lower[near], upper[near]
    return Candidates(row, candidates.candidate[keep], lower, upper)


def rank_exactly(points: torch.Tensor, own: np.ndarray, candidates: Candidates, k: int) -> tuple[np.ndarray, np.ndarray]:
    """The k nearest candidates of each row by (squared distance, row number): (m, k) int64 and float64.

    ``points`` (n, d) are the original features and ``candidates`` come from :func:`possible`. Where a row has fewer than k, -1 and
    infinity.
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


def _table(row: np.ndarray, values: np.ndarray, rows: int, missing: float, narrowest: int = 0) -> np.ndarray:
    """``values`` of ascending ``row`` as a (rows, longest) table, filled up with ``missing``."""
    counts = np.bincount(row, minlength=rows)
    table = np.full((rows, max(int(counts.max(initial=0)), narrowest)), missing, values.dtype)
    table[row, np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts)] = values
    return table
