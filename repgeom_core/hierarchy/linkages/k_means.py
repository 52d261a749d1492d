"""k-means with thousands of centres: a few rounds of matrix products, for micro-clusters."""

from __future__ import annotations

from itertools import repeat

import numpy as np
import torch

from repgeom_core.hierarchy.linkages.frame import frame
from repgeom_core.linalg.threads import row_workers
from repgeom_core.progress import Progress

ROUNDS = 8
ROWS_AT_ONCE = 2_048


def k_means(X: np.ndarray, count: int, seed: int, progress: Progress) -> np.ndarray:
    """Label (n,) of each row after at most ``ROUNDS`` rounds from ``count`` rows drawn at random; some labels may hold no row."""
    n = len(X)
    centre, scale = frame(X)
    blocks = [slice(start, min(start + ROWS_AT_ONCE, n)) for start in range(0, n, ROWS_AT_ONCE)]
    chosen = np.sort(np.random.default_rng(seed).choice(n, min(count, n), replace=False))
    centres = torch.from_numpy(np.float32((X[chosen] - centre) * scale))
    label = torch.full((n,), -1)

    def assign(rows: slice, half_squared: torch.Tensor, centres: torch.Tensor) -> torch.Tensor:
        points = torch.from_numpy(np.float32((X[rows] - centre) * scale))
        label[rows] = torch.addmm(half_squared, points, centres.T, alpha=-1).argmin(dim=1)
        return points

    with row_workers(torch.device("cpu")) as workers:
        for round_ in range(ROUNDS + 1):
            before, half_squared, sums = label.clone(), (centres**2).sum(dim=1) / 2, torch.zeros_like(centres)
            for done, points in enumerate(workers.map(assign, blocks, repeat(half_squared), repeat(centres))):
                progress.update("micro-clusters", round_ * len(blocks) + done, (ROUNDS + 1) * len(blocks))
                sums.index_add_(0, label[blocks[done]], points)
            if torch.equal(label, before):
                break
            members = torch.bincount(label, minlength=len(centres))[:, None]
            centres = torch.where(members > 0, sums / members.clamp(min=1), centres)
    return label.numpy()
