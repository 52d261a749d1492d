"""Samples that cannot be used: NaN or infinite values, and images that are none."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from repgeom_core.errors import SourceError
from repgeom_core.sources.rows import RowArray

CHUNK = 32 * 1024 * 1024  # values looked at together, so that a memory map is never read whole


class InvalidRows:
    """Rows with a reason to leave them out."""

    def __init__(self) -> None:
        self.reasons: list[str] = []
        self._rows: set[int] = set()

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def rows(self) -> np.ndarray:
        return np.array(sorted(self._rows), dtype=np.int64)

    def add(self, what: str, rows: np.ndarray) -> None:
        if len(rows):
            self._rows.update(rows.tolist())
            count = "1 row has" if len(rows) == 1 else f"{len(rows):,} rows have"
            self.reasons.append(f"{count} NaN or infinite values in {what} (the first is row {rows[0]}, counted from 0)")

    def add_broken(self, broken: Mapping[int, str]) -> None:
        if broken:
            self._rows.update(broken)
            more = f" (and {len(broken) - 1:,} more images)" if len(broken) > 1 else ""
            self.reasons.append(next(iter(broken.values())) + more)

    def summary(self, where: str) -> str:
        return f"{where}: " + "; ".join(self.reasons)

    def refuse_unless(self, drop: bool, where: str, n: int) -> None:
        """A :class:`SourceError` that names the first of them, unless they are to be dropped or there are none."""
        if self._rows and not drop:
            which = "this one" if len(self) == 1 else f"these {len(self):,}"
            raise SourceError(
                f"{self.summary(where)}. Correct the file, or leave out {which} of {n:,} samples:",
                options="--drop-invalid.",
                widgets="tick the box that drops such rows.",
            )


def invalid_rows(arrays: Mapping[str, RowArray]) -> InvalidRows:
    """Rows where an array (n, ...) of floats holds NaN or an infinite value."""
    found = InvalidRows()
    for name, array in arrays.items():
        if array.dtype.kind == "f":
            step = max(1, CHUNK // max(1, int(np.prod(array.shape[1:]))))
            parts = [_not_finite(np.asarray(array[start : start + step])) + start for start in range(0, array.shape[0], step)]
            found.add(f"{name!r}", np.concatenate(parts) if parts else np.empty(0, np.int64))
    return found


def _not_finite(rows: np.ndarray) -> np.ndarray:
    return np.flatnonzero(~np.isfinite(rows.reshape(len(rows), -1)).all(axis=1))
