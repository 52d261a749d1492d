"""Label sharpness K_F: how close the nearest samples of different classes are."""

from __future__ import annotations

import numpy as np

from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.inputs import Inputs

NEIGHBOURS = 10  # the nearest pair of two classes is nearly always among these; where it need not be, all pairs in question are read
ROWS = 1024


@analysis(
    title="Label sharpness",
    needs=("neighbours", "labels"),
    invariant_to=("rotation", "translation"),
    null="shuffled labels",
    interval="none",
    cost="one neighbour graph; O(m² d) more for m samples deep inside dense classes",
    cap=20_000,
    unit="1 / distance",
    bounds=(0, None),
    formula="K_F = max over y_i ≠ y_j of 1 / ‖x_i − x_j‖",
    reference="Konz & Mazurowski, ICLR 2024 (the authors' code compares equal labels where different ones are meant); exact, not sampled",
    oracle="all pairs by scipy.spatial.distance.cdist",
    truths="classes δ apart: 1/δ; doubles when distances halve; digits .847998 between samples 242 and 1714",
)
def label_sharpness(data: Inputs) -> Outcome:
    """How abruptly labels change: one over the distance of the nearest two samples of different classes.

    It has the unit of one over a distance: compare only layers of the same scale. ``pair`` in the details are the two rows; ``per_sample``
    is the same for each sample where a sample of another class is among its 10 nearest, else NaN. A maximum over pairs: it grows with n
    and hangs on two samples, so it has no interval. NaN with one class, or where samples of two classes coincide.
    """
    y = data.y
    if (y == y[0]).all():
        return Outcome(float("nan"), notes={"why": "there is one class only"})
    graph = data.neighbours(min(NEIGHBOURS, data.n - 1))
    X = data.X.astype(np.float64)
    to_other = np.where(y[graph.indices] != y[:, None], graph.distances, np.inf)
    nearest = to_other.min(axis=1)
    first = int(nearest.argmin())
    pair = (first, int(graph.indices[first, to_other[first].argmin()]))
    # Of a nearer pair that the graph does not hold, both samples have nothing but nearer samples of their own class in it.
    open_rows = np.flatnonzero(np.isinf(nearest) & (graph.distances[:, -1] < nearest[first]))
    pair = _nearer_pair(X, y, open_rows, pair)
    distance = float(np.linalg.norm(X[pair[0]] - X[pair[1]])) if y[pair[0]] != y[pair[1]] else np.inf
    per_sample = np.where(np.isfinite(nearest) & (nearest > 0), 1 / np.where(nearest > 0, nearest, 1).astype(np.float64), np.nan)
    details = {"pair": np.array(sorted(pair)), "per_sample": per_sample}
    if distance == 0:
        why = f"samples {min(pair)} and {max(pair)} are equal and of different classes: no bound holds"
        return Outcome(float("nan"), details=details, notes={"why": why})
    return Outcome(1 / distance, details=details, notes={"distance": distance})


def _nearer_pair(X: np.ndarray, y: np.ndarray, rows: np.ndarray, best: tuple[int, int]) -> tuple[int, int]:
    """The nearest two of ``rows`` with different labels where they are nearer than ``best``."""
    least = float(((X[best[0]] - X[best[1]]) ** 2).sum()) if y[best[0]] != y[best[1]] else np.inf
    if len(rows) < 2:
        return best
    Z = X[rows] - X[rows].mean(axis=0)
    squares = (Z**2).sum(axis=1)
    for start in range(0, len(rows), ROWS):
        part = slice(start, start + ROWS)
        squared = squares[part, None] + squares - 2 * Z[part] @ Z.T
        squared[y[rows[part], None] == y[rows]] = np.inf
        i, j = np.unravel_index(squared.argmin(), squared.shape)
        if squared[i, j] < least:
            least, best = float(squared[i, j]), (int(rows[start + i]), int(rows[j]))
    return best
