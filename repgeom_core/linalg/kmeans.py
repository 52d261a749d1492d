"""k-means with thousands of centres, by products of blocks of rows: starts and Lloyd's rounds.

The libraries' k-means can neither tell how far they are nor be cancelled, and scikit-learn's start passes over all rows for each centre.
"""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass
from itertools import repeat

import numpy as np
import torch

from repgeom_core.linalg.frame import frame
from repgeom_core.linalg.machine_code import compiled
from repgeom_core.linalg.threads import row_workers
from repgeom_core.progress import Progress

ROWS_AT_ONCE = 512  # products with thousands of centres then stay in the cache until their least is found
CANDIDATES, LEAST = 4, 2_000  # rows for each centre from which the spread start is chosen, and at least
CHOICES_AT_ONCE = 50  # between two reports
SAME = {torch.float32: 1e-5, torch.float64: 1e-13}  # squared distances below this share of squared lengths are rounding


@dataclass(frozen=True)
class Rows:
    """``X (n, d)`` in a frame in which numbers are small, block by block: X itself is not copied.

    ``dtype`` is that of blocks and products; float32 takes half the time, and for float64 features twice the exactness is kept.
    """

    X: np.ndarray
    centre: np.ndarray
    scale: float
    dtype: torch.dtype

    def __len__(self) -> int:
        return len(self.X)

    def __getitem__(self, rows: slice | np.ndarray) -> torch.Tensor:
        return torch.from_numpy((self.X[rows] - self.centre) * self.scale).to(self.dtype)

    def blocks(self) -> list[slice]:
        return [slice(start, min(start + ROWS_AT_ONCE, len(self))) for start in range(0, len(self), ROWS_AT_ONCE)]

    def unframed(self, centres: torch.Tensor) -> np.ndarray:
        """Centres (k, d) float64 where the features are."""
        return centres.double().numpy() / self.scale + self.centre


def framed(X: np.ndarray, dtype: torch.dtype = torch.float32) -> Rows:
    return Rows(X, *frame(X), dtype)


def lloyd(
    rows: Rows, centres: torch.Tensor, rounds: int, tolerance: float, stage: str, progress: Progress
) -> tuple[torch.Tensor, np.ndarray]:
    """``centres (k, d)`` after at most ``rounds`` rounds of Lloyd's algorithm, and the nearest of them (n,) to each row, int64.

    It ends sooner where no row changes its centre, or where moving the centres lowers the sum of squared distances by less than
    ``tolerance`` of itself. A centre without rows stays where it is.
    """
    blocks = rows.blocks()
    label, nearest = torch.full((len(rows),), -1), torch.empty(len(rows), dtype=rows.dtype)

    def assign(some: slice, half_squared: torch.Tensor, centres: torch.Tensor) -> torch.Tensor:
        points = rows[some]
        least, label[some] = torch.addmm(half_squared, points, centres.T, alpha=-1).min(dim=1)
        nearest[some] = torch.einsum("ij,ij->i", points, points) + 2 * least
        return points

    with row_workers(torch.device("cpu")) as workers:
        for round_ in range(rounds + 1):
            before, half_squared, total = label.clone(), (centres**2).sum(dim=1) / 2, np.zeros(centres.shape)
            for done, points in enumerate(workers.map(assign, blocks, repeat(half_squared), repeat(centres))):
                progress.update(stage, round_ * len(blocks) + done, (rounds + 1) * len(blocks))
                _add_rows(total, label[blocks[done]].numpy(), points.numpy())
            if round_ == rounds or torch.equal(label, before):
                break
            members = torch.bincount(label, minlength=len(centres))[:, None]
            moved = torch.where(members > 0, torch.from_numpy(total) / members.clamp(min=1), centres).to(rows.dtype)
            gained = float((members * (moved - centres) ** 2).sum())  # in the squared distances of rows that keep their centre
            if gained < tolerance * float(nearest.clamp(min=0).sum(dtype=torch.float64)):
                break
            centres = moved
    return centres, label.numpy()


@compiled()
def _add_rows(total, label, points):  # type: ignore[no-untyped-def]
    for i in range(len(label)):
        row = total[label[i]]
        for j in range(points.shape[1]):
            row[j] += points[i, j]


def random_start(rows: Rows, k: int, rng: np.random.Generator) -> torch.Tensor:
    """``min(k, n)`` rows."""
    return rows[np.sort(rng.choice(len(rows), min(k, len(rows)), replace=False))]


def spread_start(rows: Rows, k: int, rng: np.random.Generator, stage: str, progress: Progress) -> torch.Tensor:
    """At most ``k`` rows, far ones sooner: k-means++ with several trials for each (Arthur & Vassilvitskii 2007), among candidates that
    count as many rows as they are nearest to. These are drawn far ones sooner too, each time as many as there are (Bahmani et al. 2012):
    a few products with all rows, not one pass for each centre. Fewer than ``k`` where the rows have fewer places.
    """
    with row_workers(torch.device("cpu")) as workers:
        candidates, weights = _candidates(rows, max(CANDIDATES * k, LEAST), rng, workers, stage, progress)
        # In a worker, on one thread: thousands of small products, before each of which threads would wait for each other.
        return workers.submit(_chosen, candidates, weights, k, rng, stage, progress).result()


def _chosen(
    candidates: torch.Tensor, weights: torch.Tensor, k: int, rng: np.random.Generator, stage: str, progress: Progress
) -> torch.Tensor:
    squared = torch.einsum("ij,ij->i", candidates, candidates)
    trials, chosen = 2 + int(np.log(k)), [_drawn(weights, rng, 1)]
    nearest = _squared_distances(candidates, squared, chosen[0])[:, 0]
    for done in range(1, k):
        if done % CHOICES_AT_ONCE == 0:
            progress.update(stage, done, k)
        potential = nearest.double() * weights
        if not potential.any():
            break
        drawn = _drawn(potential, rng, trials)
        then = torch.minimum(_squared_distances(candidates, squared, drawn), nearest[:, None])
        best = int((weights @ then.double()).argmin())
        nearest = then[:, best].contiguous()
        chosen.append(drawn[best : best + 1])
    return candidates[torch.cat(chosen)]


def _candidates(
    rows: Rows, count: int, rng: np.random.Generator, workers: Executor, stage: str, progress: Progress
) -> tuple[torch.Tensor, torch.Tensor]:
    """At most ``count`` rows, and how many rows (float64) each is nearest to."""
    n, blocks = len(rows), rows.blocks()
    if n <= count:
        return rows[np.arange(n)], torch.ones(n, dtype=torch.float64)
    label, nearest = torch.zeros(n, dtype=torch.int64), torch.full((n,), torch.inf, dtype=rows.dtype)

    def measure(some: slice, first: int, newest: torch.Tensor, squared: torch.Tensor) -> None:
        points = rows[some]
        least, at = torch.addmm(squared, points, newest.T, alpha=-2).min(dim=1)
        own = torch.einsum("ij,ij->i", points, points)
        least = torch.where(least + own > SAME[rows.dtype] * (own + squared[at]), least + own, 0)
        label[some] = torch.where(least < nearest[some], at + first, label[some])
        nearest[some] = torch.minimum(least, nearest[some])

    chosen, drawn = np.empty(0, np.int64), rng.integers(0, n, 1)
    while len(drawn):
        newest = rows[drawn]
        squared = torch.einsum("ij,ij->i", newest, newest)
        for done, _ in enumerate(workers.map(measure, blocks, repeat(len(chosen)), repeat(newest), repeat(squared))):
            progress.update(stage, done, len(blocks))
        chosen = np.concatenate([chosen, drawn])
        left = nearest.double().numpy()
        left[chosen] = 0
        free = np.flatnonzero(left)
        wanted = min(len(chosen), count - len(chosen), len(free))
        drawn = rng.choice(free, wanted, replace=False, p=left[free] / left[free].sum()) if wanted else np.empty(0, np.int64)
    return rows[chosen], torch.bincount(label, minlength=len(chosen)).double()


def _drawn(weights: torch.Tensor, rng: np.random.Generator, count: int) -> torch.Tensor:
    """``count`` places, likely after their weights."""
    sums = torch.cumsum(weights, 0)
    return torch.searchsorted(sums, torch.from_numpy(rng.random(count)) * sums[-1], right=True).clamp_(max=len(weights) - 1)


def _squared_distances(points: torch.Tensor, squared: torch.Tensor, to: torch.Tensor) -> torch.Tensor:
    """(m, t) of ``points (m, d)``, with squared lengths ``squared (m,)``, to those at the places ``to (t,)``; 0 for what is rounding."""
    lengths = squared[:, None] + squared[to]
    found = torch.addmm(lengths, points, points[to].T, alpha=-2)
    return torch.where(found > SAME[points.dtype] * lengths, found, 0)
