"""k-means with thousands of centres: a few rounds of matrix products, for micro-clusters."""

from __future__ import annotations

from itertools import repeat

import numpy as np
import torch

from repgeom_core.linalg.threads import row_workers
from repgeom_core.progress import Progress

ROUNDS = 3
ROWS_AT_ONCE = 2_048
CENTRE_ROWS = 2_048


def k_means(X: np.ndarray, count: int, seed: int, progress: Progress) -> np.ndarray:
    """Label (n,) of each row after ``ROUNDS`` rounds that start at ``count`` rows drawn at random; some labels may hold no row."""
    n, d = X.shape
    shift = np.median(X[:: -(-n // CENTRE_ROWS)], axis=0)
    largest = float(max((X.max(axis=0) - shift).max(), (shift - X.min(axis=0)).max()))
    scale = float(2.0 ** -np.ceil(np.log2(largest))) if largest > 0 else 1.0
    blocks = [slice(start, min(start + ROWS_AT_ONCE, n)) for start in range(0, n, ROWS_AT_ONCE)]
    chosen = np.sort(np.random.default_rng(seed).choice(n, min(count, n), replace=False))
    centres = torch.from_numpy(np.float32((X[chosen] - shift) * scale))
    label = torch.empty(n, dtype=torch.int64)

    def assign(rows: slice, half_squared: torch.Tensor, centres: torch.Tensor) -> torch.Tensor:
        points = torch.from_numpy(np.float32((X[rows] - shift) * scale))
        label[rows] = torch.addmm(half_squared, points, centres.T, alpha=-1).argmin(dim=1)
        return points

    with row_workers(torch.device("cpu")) as workers:
        for round_ in range(ROUNDS + 1):
            half_squared = (centres**2).sum(dim=1) / 2
            sums = torch.zeros_like(centres)
            for done, points in enumerate(workers.map(assign, blocks, repeat(half_squared), repeat(centres))):
                progress.update("micro-clusters", round_ * len(blocks) + done, (ROUNDS + 1) * len(blocks))
                sums.index_add_(0, label[blocks[done]], points)
            members = torch.bincount(label, minlength=len(centres))[:, None]
            centres = torch.where(members > 0, sums / members.clamp(min=1), centres)
    return label.numpy()
