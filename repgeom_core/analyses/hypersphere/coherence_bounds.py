"""Cosines between directions, and the least that their largest can be."""

from __future__ import annotations

from typing import Any

import numpy as np

from repgeom_core.analyses.contract import Outcome
from repgeom_core.linalg.directions import unit_rows

MOST_SHOWN = 3000  # rows up to which the matrix of cosines is kept
AT_ONCE = 2**22  # cosines held at once


def welch_bound(K: int, d: int) -> float:
    """√((K − d)/(d (K − 1))): no K > d directions in d dimensions have a smaller largest |cosine|; 0 where K ≤ d."""
    return float(np.sqrt(max(K - d, 0) / (d * (K - 1))))


def coherence_of(rows: np.ndarray, codes: np.ndarray) -> Outcome:
    """Largest |cosine| between two of ``rows (K, d)``, with mean, bounds and, up to 3000 rows, the matrix; ``codes (K,)`` name the rows."""
    longest = np.linalg.norm(rows, axis=1).max(initial=0)
    kept = np.linalg.norm(rows, axis=1) > 1e-10 * longest
    Z, codes = unit_rows(rows[kept]), codes[kept]
    K, d = Z.shape
    if K < 2:
        return Outcome(float("nan"), notes={"why": "fewer than two rows have a direction"})
    largest, lowest, highest, total = np.zeros(K), 1.0, -1.0, 0.0
    step = max(1, AT_ONCE // K)
    for start in range(0, K, step):
        cosines = Z[start : start + step] @ Z[start:].T  # each pair once, but for the square on the diagonal
        own = np.arange(len(cosines))
        cosines[own, own] = 0
        magnitude = np.abs(cosines)
        largest[start : start + step] = np.maximum(largest[start : start + step], magnitude.max(axis=1))
        largest[start:] = np.maximum(largest[start:], magnitude.max(axis=0))
        total += float(2 * magnitude.sum() - magnitude[:, : len(own)].sum())
        cosines[own, own] = np.nan
        if cosines.shape[1] > 1:
            lowest, highest = min(lowest, float(np.nanmin(cosines))), max(highest, float(np.nanmax(cosines)))
    details: dict[str, Any] = {"per_class": largest, "classes": codes}
    if K <= MOST_SHOWN:
        details["cosines"] = np.clip(Z @ Z.T, -1, 1)
    notes: dict[str, Any] = {
        "mean absolute cosine": total / (K * (K - 1)),
        "smallest cosine": lowest,
        "largest cosine": highest,
        "Welch bound": welch_bound(K, d),
    }
    # Z Zᵀ and ZᵀZ have the same eigenvalues but for zeros; their squares add up to those of all cosines, each with itself included.
    eigenvalues = np.linalg.eigvalsh(Z @ Z.T if d >= K else Z.T @ Z)
    least = 1e-10 * eigenvalues[-1]
    positive = eigenvalues[eigenvalues > least]
    notes["lower frame bound"], notes["upper frame bound"] = float(positive[0]), float(positive[-1])
    notes["frame potential"] = float((eigenvalues**2).sum())
    if d >= K - 1:
        notes["cosine in a simplex ETF"] = -1 / (K - 1)
    if not kept.all():
        notes["rows without a direction"] = int((~kept).sum())
    return Outcome(float(min(largest.max(), 1.0)), details, notes)
