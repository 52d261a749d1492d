"""All rows within a radius of each row, found by low-precision matrix products, and from them the exact k nearest.

Rows are grouped around a few centres. For x_i of group a and x_j of group b, with u = x_i - c_a and v = x_j - c_b,

    |x_i - x_j|² = |x_i - c_b|² + |x_j - c_a|² - |c_a - c_b|² - 2 u·v ,

where only u·v is taken in low precision, so its error follows the spread *within* groups: an offset costs nothing, and collapsed
classes lose little. The other terms, and minus the squared radius of row i, ride along as a few extra columns of the product (split
into parts that low precision holds exactly), so the *sign* of the product says whether j lies within the radius of i, and rounding the
result cannot change a sign. Cauchy-Schwarz on the measured rounding errors of u and v bounds the error; the radius is widened by it.

The radius is a guess from a random sample of rows. It is certified afterwards, by at least k exact distances within it; the few rows
where the guess was too small are searched again with a radius that the sample proves sufficient. Rows with more candidates than can be
ranked (almost equal distances) go to the next precision.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from itertools import repeat
from typing import Any

import numpy as np
import torch

from repgeom_core.linalg.groups import MOST_GROUPS, Groups, group_rows
from repgeom_core.linalg.operand import BFLOAT16, FLOAT32, FLOAT64, Operand, Precision
from repgeom_core.linalg.ranking import Candidates, possible, rank_exactly
from repgeom_core.progress import Progress

SAMPLE = 2_048  # rows that the radius is guessed from
CANDIDATES_PER_ROW = 1_024  # beyond this, on average, a sharper precision is cheaper than ranking
COLUMNS_AT_ONCE = 4_096
FEWEST_ROWS = 256  # in a block that is made smaller than it must be
BLOCK = {"cpu": 2_048, "cuda": 8_192}  # rows at once


def search(X: np.ndarray, k: int, device: str, progress: Progress) -> tuple[np.ndarray, np.ndarray, dict[str, Any]]:
    """Row numbers (n, k) int64 and squared distances (n, k) float64, ties in row order, of finite ``X`` (n, d); 1 <= k < n.

    The last value says how: device, groups, exact distances per row, rows searched again, rows settled by each precision.
    """
    where = torch.device(("cuda" if torch.cuda.is_available() else "cpu") if device == "auto" else device)
    with _strict_products():
        groups = group_rows(X)
        precisions = [BFLOAT16, FLOAT32, FLOAT64] if bfloat16_pays(where.type) else [FLOAT32, FLOAT64]
        finder = Finder(X, groups, k, precisions, where)
        indices, squared = np.empty((len(X), k), np.int64), np.empty((len(X), k))
        done = 0
        with _workers(where) as workers:
            for group in range(len(groups.centres)):
                for positions, found, found_squared in finder.nearest(group, workers):
                    rows = groups.order[positions]
                    indices[rows], squared[rows] = found, found_squared
                    done += len(rows)
                    progress.update("nearest neighbours", done, len(X))
    return indices, squared / groups.scale**2, {"device": where.type, "groups": len(groups.centres), **finder.account()}


@dataclass(frozen=True)
class Found:
    """What one precision made of a block: neighbours of the ``settled`` rows, and the ``open`` ones that need a sharper one."""

    settled: np.ndarray
    neighbours: np.ndarray
    squared: np.ndarray
    open: np.ndarray
    ranked: int
    searched_again: int


class Finder:
    """The exact nearest neighbours of one group of rows after another. Rows are given as positions in group order."""

    def __init__(self, X: np.ndarray, groups: Groups, k: int, precisions: list[Precision], device: torch.device) -> None:
        self.X, self.groups, self.k, self.precisions, self.device = X, groups, k, precisions, device
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "The given NumPy array is not writable")  # a memory map, say: it is only read
            self.points = torch.from_numpy(X).to(device)
        self.sample = groups.sample(max(SAMPLE, 8 * (k + 1)))
        self.sample_size = sum(len(range(columns.start, columns.stop, columns.step)) for _, columns in self.sample)
        self._operands: dict[int, Operand] = {}
        self._settled = [0] * len(precisions)
        self._ranked = self._searched_again = 0

    def account(self) -> dict[str, Any]:
        settled = {p.name: count for p, count in zip(self.precisions, self._settled, strict=True) if count}
        per_row = round(self._ranked / len(self.X), 1)
        return {"settled": settled, "searched_again": self._searched_again, "ranked_per_row": per_row}

    def nearest(self, group: int, workers: ThreadPoolExecutor) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
        """Blocks of (rows, row numbers of their neighbours in ``X`` (m, k), scaled squared distances), in all the whole group."""
        left = np.asarray(self.groups.span(group))
        for level in range(len(self.precisions)):
            if not len(left):
                return
            if level not in self._operands:
                self._operands[level] = Operand(self.groups, self.X, self.precisions[level], self.device)
            operand = self._operands[level]
            operand.face(group)
            last = level == len(self.precisions) - 1
            most = max(1, 2**22 // len(self.X)) if last else BLOCK[self.device.type]  # in the end every row may be a candidate
            sharper = None if last else self.precisions[level + 1]
            still_open = []
            blocks = np.array_split(left, _block_count(len(left), most, workers._max_workers))
            for found in workers.map(self._settle, blocks, repeat(operand), repeat(sharper)):
                self._settled[level] += len(found.settled)
                self._ranked += found.ranked
                self._searched_again += found.searched_again
                still_open.append(found.open)
                if len(found.settled):
                    yield found.settled, found.neighbours, found.squared
            left = np.concatenate(still_open)
        if len(left):
            raise AssertionError(f"{len(left)} rows have fewer neighbours than proven: the error bound is wrong")

    def _settle(self, rows: np.ndarray, operand: Operand, sharper: Precision | None) -> Found:
        radius, sufficient = self._radii(operand, rows)
        found, squared = np.empty((len(rows), self.k), np.int64), np.full((len(rows), self.k), np.inf)
        left, ranked, again = np.arange(len(rows)), 0, 0
        for attempt in range(2):
            candidates = self._within(operand, rows[left], radius[left], sharper)
            if candidates is None:
                break
            ranked += len(candidates.row)
            found[left], squared[left] = rank_exactly(self.points, self.groups.order[rows[left]], candidates, self.k)
            squared[left] *= self.groups.scale**2
            left = left[squared[left, -1] > radius[left]]
            if attempt or not len(left):
                break
            again = len(left)
            radius[left] = np.minimum(sufficient[left], np.nextafter(squared[left, -1], np.inf))
        settled = np.setdiff1d(np.arange(len(rows)), left)
        return Found(rows[settled], found[settled], squared[settled], rows[left], ranked, again)

    def _radii(self, operand: Operand, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Squared radii (m,) that probably, and that certainly, hold k other rows; judged by a random sample of all rows."""
        k, n, size = self.k + 1, len(self.X), self.sample_size  # one more: the row itself may be in the sample
        zero = np.zeros(len(rows))
        margin, left = operand.margin(rows, zero), operand.left(rows)
        terms = operand.parts(self.groups.to_centre[rows] / 2 - margin)
        halves, seen = [], 0
        for count, nearby in enumerate(np.argsort(self.groups.between[self.groups.of(rows[0])], kind="stable")):
            if count >= MOST_GROUPS and seen >= k:  # what is far is not among the nearest; if it is, the radius is merely too large
                break
            group, columns = self.sample[nearby]
            half = operand.product(left, terms[:, group], columns)
            half = half.double() if half.dtype == torch.float64 else half.float()
            margins = torch.from_numpy(margin[:, [group]]).to(half)
            seen += half.shape[1]
            halves.append(half + 1.01 * operand.precision.out * half.abs() + 2.001 * margins)
        nearest = 2 * torch.cat(halves, dim=1).topk(k, dim=1, largest=False).values.double().cpu().numpy()
        if size == n:
            return nearest[:, -1], nearest[:, -1].copy()
        expected = k * size / n  # rank in the sample of the k-th neighbour; three deviations more, so that few rows fall short
        rank = int(np.ceil(expected + 3 * np.sqrt(expected) + 1))
        return nearest[:, min(rank, k) - 1].copy(), nearest[:, -1]

    def _within(self, operand: Operand, rows: np.ndarray, radius: np.ndarray, sharper: Precision | None) -> Candidates | None:
        """The rows within the squared ``radius`` (m,) of each row that may be among its nearest k.

        None where the products of the ``sharper`` precision cost less than ranking what this one cannot tell apart.
        """
        groups = self.groups
        margin, factors = operand.margin(rows, radius), operand.left(rows)
        terms = operand.parts((groups.to_centre[rows] - radius[:, None]) / 2 - margin)
        slack = 2 * margin + 8 * groups.rounding
        reachable = np.sqrt(groups.to_centre[rows]) - operand.group_length <= np.sqrt(radius[:, None] + slack) + 8 * groups.rounding
        pieces, found, columns_seen = [], 0, 0
        for group in range(len(groups.centres)):
            some = np.flatnonzero(reachable[:, group])
            if not len(some):
                continue
            left = factors if len(some) == len(rows) else operand.left(rows[some])
            span = groups.span(group)
            for start in range(span.start, span.stop, COLUMNS_AT_ONCE):
                columns = slice(start, min(start + COLUMNS_AT_ONCE, span.stop))
                product = operand.product(left, terms[some, group], columns, padded=True)
                local, column = np.divmod(_negative(product), product.shape[1])
                half = product[torch.from_numpy(local).to(self.device), torch.from_numpy(column).to(self.device)].double().cpu().numpy()
                row = some[local]
                rounding = operand.precision.out * np.abs(half) * 1.01
                lower = radius[row] + 2 * (half - rounding)
                upper = radius[row] + 2 * (half + rounding + 2 * margin[row, group])
                pieces.append((row, groups.order[columns][column], lower, upper))
                found += len(local)
                columns_seen += product.numel()
                if sharper and found > CANDIDATES_PER_ROW * len(rows):
                    return None
        row, candidate, lower, upper = (np.concatenate(p) for p in zip(*pieces, strict=True))
        if sharper and len(rows) * np.bincount(row).max() > 2**24:  # the table that sorts them out would be too large
            return None
        candidates = possible(Candidates(row, candidate, lower, upper), groups.order[rows], self.k)
        if sharper and len(candidates.row) > 4 * self.k * len(rows) + columns_seen / sharper.columns_per_pair:
            return None
        return candidates


def _negative(product: torch.Tensor) -> np.ndarray:
    """Flat positions of the entries below 0, which are few."""
    if product.device.type != "cpu":
        return (product < 0).reshape(-1).nonzero().view(-1).cpu().numpy()
    if product.dtype == torch.bfloat16:  # the sign bit, which numpy tests four times as fast as torch compares bfloat16
        product = product.view(torch.int16)
    return np.flatnonzero(product.numpy() < 0)


def _block_count(rows: int, most: int, workers: int) -> int:
    """Blocks of at most ``most`` rows, as many for each worker: the next group waits for the slowest."""
    count = -(-rows // most)
    even = -(-count // workers) * workers
    return even if rows >= even * FEWEST_ROWS else count


@lru_cache
def bfloat16_pays(device: str) -> bool:
    """Whether bfloat16 products are clearly faster than float32 here (AMX, AVX512-BF16, tensor cores): a short trial."""
    seconds = {torch.float32: np.inf, torch.bfloat16: np.inf}
    for _ in range(12):  # in turn, and the best of many: the machine may be busy
        for dtype in seconds:
            A = torch.ones((512, 512), dtype=dtype, device=device)
            start = time.perf_counter()
            (A @ A)[0, 0].item()
            seconds[dtype] = min(seconds[dtype], time.perf_counter() - start)
        if seconds[torch.bfloat16] > 0.02:  # emulated
            break
    return seconds[torch.bfloat16] < 0.7 * seconds[torch.float32]


@contextmanager
def _strict_products() -> Iterator[None]:
    """The error bound assumes full products and float32 sums, whatever the caller chose for the rest of the process."""
    matmul = torch.backends.cuda.matmul
    before = torch.get_float32_matmul_precision(), matmul.allow_bf16_reduced_precision_reduction
    try:
        torch.set_float32_matmul_precision("highest")
        matmul.allow_bf16_reduced_precision_reduction = False
        yield
    finally:
        torch.set_float32_matmul_precision(before[0])
        matmul.allow_bf16_reduced_precision_reduction = before[1]


@contextmanager
def _workers(device: torch.device) -> Iterator[ThreadPoolExecutor]:
    """As many threads as torch may use, each computing alone: blocks need no waiting for each other as the parts of one product do."""
    threads = torch.get_num_threads()
    if device.type != "cpu" or threads == 1:
        with ThreadPoolExecutor(1) as pool:
            yield pool
        return
    try:
        with ThreadPoolExecutor(threads, initializer=torch.set_num_threads, initargs=(1,)) as pool:
            yield pool
    finally:
        torch.set_num_threads(threads)  # a worker's setting is its own, but also what threads begun later would inherit
