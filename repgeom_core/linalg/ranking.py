"""From candidates with bounded distances to the exact nearest: float64 distances of the few that can still be among them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

PAIRS_AT_ONCE = 256  # two blocks of vectors that stay in the cache


@dataclass(frozen=True)
class Candidates:
    """Pairs of a row (0..m-1) and the row number of a candidate, with bounds on their squared distance; all (p,)."""

    row: np.ndarray
    candidate: np.ndarray
    lower: np.ndarray
    upper: np.ndarray


def rank_exactly(points: torch.Tensor, own: np.ndarray, candidates: Candidates, k: int) -> tuple[np.ndarray, np.ndarray]:
    """The k nearest candidates of each row by (squared distance, row number): (m, k) int64 and float64.

    ``points`` (n, d) are the original features and ``own`` (m,) the numbers of the rows asked about, which are never their own
    neighbours. Where fewer than k candidates are left, -1 and infinity.
    """
    keep = candidates.candidate != own[candidates.row]
    row, candidate = candidates.row[keep], candidates.candidate[keep]
    order = np.argsort(row.astype(np.uint16), kind="stable")  # two bytes: a radix sort
    row, candidate = row[order], candidate[order]
    lower, upper = candidates.lower[keep][order], candidates.upper[keep][order]
    if (table := _table(row, upper, len(own), np.inf)).shape[1] > k:
        possible = lower <= np.partition(table, k - 1, axis=1)[row, k - 1]
        row, candidate = row[possible], candidate[possible]
    order = np.lexsort((candidate, row))
    row, candidate = row[order], candidate[order]
    squared = _table(row, squared_distances(points, own[row], candidate), len(own), np.inf, k)
    ids = _table(row, candidate, len(own), -1, k)
    nearest = np.argsort(squared, axis=1, kind="stable")[:, :k]
    return np.take_along_axis(ids, nearest, 1), np.take_along_axis(squared, nearest, 1)


def squared_distances(points: torch.Tensor, i: np.ndarray, j: np.ndarray) -> np.ndarray:
    """|x_i - x_j|² of the pairs (p,), differences and sums in float64."""
    at_once = PAIRS_AT_ONCE if points.device.type == "cpu" else 2**22 // points.shape[1] + 1
    left, right = torch.from_numpy(i).to(points.device), torch.from_numpy(j).to(points.device)
    out = torch.empty(len(i), dtype=torch.float64, device=points.device)
    for start in range(0, len(i), at_once):
        some = slice(start, start + at_once)
        difference = points.index_select(0, right[some]).double().sub_(points.index_select(0, left[some]))
        torch.sum(difference.square_(), dim=1, out=out[some])
    return out.cpu().numpy()


def _table(row: np.ndarray, values: np.ndarray, rows: int, missing: float, narrowest: int = 0) -> np.ndarray:
    """``values`` of ascending ``row`` as a (rows, longest) table, filled up with ``missing``."""
    counts = np.bincount(row, minlength=rows)
    table = np.full((rows, max(int(counts.max(initial=0)), narrowest)), missing, values.dtype)
    table[row, np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts)] = values
    return table
