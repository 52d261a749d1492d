"""The neighbour graph of a layer, computed once and shared by all that need one: maps, their quality, analyses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from repgeom_core.errors import GeometryError
from repgeom_core.linalg.neighbours import NeighbourGraph, neighbours
from repgeom_core.progress import Progress

if TYPE_CHECKING:
    from repgeom_core.bundle import Bundle

VERSION = 1
FEWEST = 30  # kept even where fewer are asked for, so that one graph serves all


def content(bundle: Bundle, layer: str, checkpoint: str, split: str = "all", rows: np.ndarray | None = None) -> dict[str, Any]:
    """What a result about the rows of ``split``, or ``rows``, in one array depends on, for its key."""
    from repgeom_core.bundle.digest import new_hash

    digest = new_hash()
    digest.update(np.ascontiguousarray(bundle.rows(split) if rows is None else rows, dtype="<i8").tobytes())
    return {"array": bundle.features(layer, checkpoint).digest, "ids": bundle.ids_digest, "rows": digest.hexdigest()}


def shared_neighbours(
    bundle: Bundle, layer: str, checkpoint: str, split: str = "all", k: int = FEWEST, progress: Progress | None = None
) -> NeighbourGraph:
    """The ``k`` nearest neighbours of each row of ``split`` among the rows of ``split``; ``indices`` count within the split.

    Exact (:func:`repgeom_core.linalg.neighbours.neighbours`), cached in the bundle's results.
    """
    rows = bundle.rows(split)
    kept = FEWEST
    while kept < k:
        kept *= 2
    kept = min(kept, len(rows) - 1)
    if not 1 <= k <= kept:
        raise GeometryError(f"Expected k from 1 to {len(rows) - 1} for the {len(rows)} samples of {split!r}, got {k}.")

    def compute() -> tuple[dict[str, np.ndarray], dict[str, Any]]:
        X = bundle.features(layer, checkpoint)
        graph = neighbours(X if len(rows) == bundle.n else X.take(rows), kept, progress=progress)
        return {"indices": graph.indices, "distances": graph.distances}, graph.meta

    key = {"kind": "neighbours", "version": VERSION, "metric": "euclidean", "k": kept, **content(bundle, layer, checkpoint, split)}
    stored = bundle.results.compute(key, compute, progress)
    return NeighbourGraph(stored.arrays["indices"], stored.arrays["distances"], stored.meta).nearest(k)
