"""Arrays in memory or on disk as columns of a source."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from repgeom_core.sources.opened import BOOL, NUMBER, OTHER, TEXT, Column

KINDS = {"f": NUMBER, "i": NUMBER, "u": NUMBER, "b": BOOL, "U": TEXT, "S": TEXT, "T": TEXT, "M": TEXT}


def array_column(
    name: str,
    shape: tuple[int, ...],
    dtype: np.dtype[Any],
    load: Callable[[], np.ndarray],
    head: Callable[[int], np.ndarray] | None = None,
) -> Column:
    """An array (n, ...) as a column; ``head`` reads the first rows where that is cheaper than all of it."""
    kind = KINDS.get(dtype.kind, OTHER) if shape else OTHER

    def first(k: int) -> list[Any]:
        values = head(k) if head else load()[:k]
        if dtype.kind == "S":
            values = np.char.decode(values, "utf-8", "replace")
        return values.reshape(len(values)).tolist() if shape[1:] in ((), (1,)) else list(values)

    stored = "text" if dtype.kind in "UST" else str(dtype)
    return Column(name, kind, shape[0] if shape else None, tuple(shape[1:]), stored, first, load)


def values_column(name: str, values: np.ndarray) -> Column:
    """An array that is at hand, in memory or memory-mapped."""
    return array_column(name, values.shape, values.dtype, lambda: values)
