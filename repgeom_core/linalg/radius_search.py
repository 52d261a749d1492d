"""All rows within a radius of each row, found by low-precision matrix products, and from them the exact k nearest.

Rows are grouped around a few centres. For x_i of group a and x_j of group b, with u = x_i - c_a and v = x_j - c_b,

    |x_i - x_j|² = |x_i - c_b|² + |x_j - c_a|² - |c_a - c_b|² - 2 u·v ,

where only u·v is taken in low precision, so its error follows the spread *within* groups: an offset costs nothing, and collapsed
classes lose little. The other terms, and minus the squared radius of row i, ride along as a few extra columns of the product (split
into parts that low precision holds exactly), so the *sign* of the product says whether j lies within the radius of i, and rounding the
result cannot change a sign. Cauchy-Schwarz on the measured rounding errors of u and v bounds the error, which is taken off as well: no
row within the radius is missed, and some beyond it are found.

The first radius is the k-th least upper bound among some rows of the nearest groups, so that it holds k rows for certain. It shrinks
as nearer rows are found, and what cannot be among the nearest any more is dropped. Exact distances of the rest, about k + 6 of each
row, decide. Rows with more candidates than can be ranked (almost equal distances) go to the next precision.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from functools import lru_cache, partial

import numpy as np
import torch

from repgeom_core.linalg.groups import group_rows
from repgeom_core.linalg.operand import BFLOAT16, COLUMNS, FLOAT32, FLOAT64, Block, Operand
from repgeom_core.linalg.ranking import Nearest
from repgeom_core.linalg.shortlist import shortlist
from repgeom_core.progress import Progress

FIRST_ROWS = 1_024  # of a group, for the first radius
CANDIDATES = 1_024  # of one row; to rank more of them costs more than a sharper precision
BLOCK = {"cpu": 2_048, "cuda": 8_192}  # rows at once


def search(X: np.ndarray, k: int, device: torch.device, workers: Executor, progress: Progress) -> tuple[np.ndarray, np.ndarray, dict]:
    """Row numbers (n, k) int64 and squared distances (n, k) float64, ties in row order, of finite ``X`` (n, d); 1 <= k < n.

    The last value says how: device, groups, exact distances per row, rows settled by each precision.
    """
    n = len(X)
    groups = group_rows(X, workers)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The given NumPy array is not writable")  # a memory map, say: it is only read
        points = torch.from_numpy(X).to(device)
    indices, squared = np.empty((n, k), np.int64), np.empty((n, k))
    open_rows = np.split(np.arange(n), groups.starts[1:-1])
    settled, taken = dict.fromkeys([BFLOAT16, FLOAT32, FLOAT64], 0), 0
    with _strict_products():
        for precision in settled:
            if precision is BFLOAT16 and not bfloat16_pays(device.type):
                continue
            # In the end every row may be a candidate.
            most = n if precision is FLOAT64 else min(n, max(CANDIDATES, 4 * k))
            size = max(1, min(BLOCK[device.type], 2**22 // most))
            blocks = [part for rows in open_rows if len(rows) for part in np.array_split(rows, -(-len(rows) // size))]
            if not blocks:
                break
            operand = Operand(groups, X, precision, device, workers)
            open_rows = []
            for positions, found in zip(blocks, workers.map(partial(_nearest, operand, points, k, most), blocks), strict=True):
                done = positions[found.settled]
                indices[groups.order[done]], squared[groups.order[done]] = found.indices[found.settled], found.squared[found.settled]
                open_rows.append(positions[~found.settled])
                settled[precision] += len(done)
                taken += found.taken
                progress.update("nearest neighbours", sum(settled.values()), n)
    if sum(settled.values()) < n:
        raise AssertionError("rows have fewer neighbours than proven: the error bound is wrong")
    account = {"settled": {p.name: count for p, count in settled.items() if count}, "ranked_per_row": round(taken / n, 1)}
    return indices, squared, {"device": device.type, "groups": len(groups.centres), **account}


def _nearest(operand: Operand, points: torch.Tensor, k: int, most: int, positions: np.ndarray) -> Nearest:
    """The nearest of a block of rows of one group; those with more than ``most`` candidates are left open."""
    groups, at_once = operand.groups, COLUMNS[operand.device.type]
    block, found = Block(operand, positions), shortlist(groups.order[positions], k, most, operand.precision, operand.device)
    everyone, nothing = np.arange(len(positions)), np.zeros(len(positions))
    by_distance = np.argsort(groups.between[block.group], kind="stable")
    margin, seen, enough = block.margin(nothing), 0, 2 * k
    for group in by_distance:
        for columns in _slices(groups.span(group), at_once, step=max(1, len(groups.span(group)) // max(FIRST_ROWS, enough))):
            product = block.product(everyone, nothing, margin[:, group], group, columns)
            found.bound(product, groups.order[columns], margin[:, group])
            seen += len(groups.order[columns])
        if seen > enough:
            break
    margin = block.margin(found.radius)
    reachable = block.reachable(found.radius, margin)
    for group in by_distance[reachable[:, by_distance].any(axis=0)]:
        rows = np.flatnonzero(reachable[:, group])
        for columns in _slices(groups.span(group), at_once):
            product = block.product(rows, found.radius[rows], margin[rows, group], group, columns)
            found.add(product, groups.order[columns], rows, margin[:, group])
        if found.hopeless:  # no row has met all others
            return Nearest(np.empty((len(positions), k), np.int64), np.empty((len(positions), k)), np.zeros(len(positions), bool), 0)
    return found.nearest(points)


def _slices(span: range, most: int, step: int = 1) -> Iterator[slice]:
    """Every ``step``-th position of ``span``, ``most`` at once."""
    for start in range(span.start, span.stop, most * step):
        yield slice(start, min(start + most * step, span.stop), step)


@lru_cache
def bfloat16_pays(device: str) -> bool:
    """Whether bfloat16 products are clearly faster than float32 here (AMX, AVX512-BF16, tensor cores): a short trial."""
    seconds = {torch.float32: np.inf, torch.bfloat16: np.inf}
    for trial in range(12):  # in turn, and the best of many: the machine may be busy
        for dtype in seconds:
            A = torch.ones((512, 512), dtype=dtype, device=device)
            start = time.perf_counter()
            (A @ A)[0, 0].item()
            seconds[dtype] = min(seconds[dtype], time.perf_counter() - start)
        if trial > 2 and seconds[torch.bfloat16] > 0.02:  # emulated
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
