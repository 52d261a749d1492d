"""Arrays that come split by name (``x_train``, ``y_train``, ``x_test``, ``y_test``) as one array each and a column ``split``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from repgeom_core.sources.arrays import values_column
from repgeom_core.sources.image_folder import SPLITS
from repgeom_core.sources.opened import Column


def joined_splits(columns: list[Column]) -> list[Column]:
    """The columns, with those of several splits joined where every split has the same arrays; else unchanged."""
    parts: dict[str, dict[str, Column]] = {}
    rest = []
    for column in columns:
        found = _split_and_base(column.name)
        if found is None or column.n is None:
            rest.append(column)
        else:
            parts.setdefault(found[0], {})[found[1]] = column
    bases = [tuple(arrays) for arrays in parts.values()]
    if len(parts) < 2 or any(set(names) != set(bases[0]) for names in bases):
        return columns
    counts = [next(iter(arrays.values())).n or 0 for arrays in parts.values()]
    together = [[arrays[base] for arrays in parts.values()] for base in bases[0]]
    fitting = all([part.n for part in same] == counts and len({(part.row_shape, part.kind) for part in same}) == 1 for same in together)
    if not fitting:
        return columns
    split = values_column("split", np.repeat(np.array(list(parts)), counts))
    split.hint = "split"
    return [_joined(base, same) for base, same in zip(bases[0], together, strict=True)] + rest + [split]


def _split_and_base(name: str) -> tuple[str, str] | None:
    """``x_train`` and ``train_x`` are (train, x)."""
    before, _, after = name.rpartition("_")
    if before and after.lower() in SPLITS:
        return SPLITS[after.lower()], before
    before, _, after = name.partition("_")
    if after and before.lower() in SPLITS:
        return SPLITS[before.lower()], after
    return None


def _joined(base: str, parts: list[Column]) -> Column:
    first = parts[0]

    def load() -> np.ndarray:
        return np.concatenate([np.asarray(part.load()) for part in parts])

    head: Callable[[int], list[Any]] = first.head
    return Column(base, first.kind, sum(part.n or 0 for part in parts), first.row_shape, first.dtype, head, load)
