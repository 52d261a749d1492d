"""Reading features row block by row block, for whatever cannot or need not hold all of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from repgeom_core.errors import GeometryError


def row_chunks(X: Any, rows: int = 16_384) -> Iterator[tuple[slice, np.ndarray]]:
    """``(slice, block)`` over the rows of ``X`` in order; ``X`` is an array or has ``chunks()``, as the arrays of a bundle do."""
    if hasattr(X, "chunks"):
        yield from X.chunks(rows)
        return
    for start in range(0, len(X), rows):
        yield slice(start, min(start + rows, len(X))), np.asarray(X[start : start + rows])


def chosen_chunks(X: Any, chosen: np.ndarray, rows: int = 16_384) -> Iterator[tuple[slice, np.ndarray]]:
    """The rows ``chosen`` (ascending row numbers) of ``X`` as finite blocks; the slices count within ``chosen``."""
    for where, block in row_chunks(X, rows):
        first, last = np.searchsorted(chosen, [where.start, where.stop])
        if last > first:
            within = chosen[first:last] - where.start
            yield slice(int(first), int(last)), finite_rows(block if len(within) == len(block) else block[within], chosen[first:last])


def finite_rows(X: np.ndarray, names: np.ndarray | None = None) -> np.ndarray:
    """``X (n, d)`` as float32 or float64, whichever holds it exactly; a :class:`GeometryError` names the first row that is not finite.

    ``names`` (n,) are the row numbers to name, by default 0..n-1.
    """
    if X.ndim != 2 or X.shape[1] == 0:
        raise GeometryError(f"Expected features of shape (n, d), got shape {X.shape}.")
    X = X.astype(np.float32 if X.dtype in (np.float16, np.float32) else np.float64, copy=False)
    # A sum is finite only if its terms are, which spares a mask of the size of X in the usual case.
    with np.errstate(invalid="ignore", over="ignore"):
        suspicious = np.flatnonzero(~np.isfinite(X.sum(axis=1)))
    bad = suspicious[~np.isfinite(X[suspicious]).all(axis=1)]
    if len(bad):
        count, first = int((~np.isfinite(X[bad])).sum()), bad[0] if names is None else names[bad[0]]
        raise GeometryError(f"Expected finite features; {count} numbers are NaN or infinite, the first in row {first}. Drop those rows.")
    return X
