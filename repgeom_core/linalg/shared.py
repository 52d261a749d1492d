"""The neighbour graph of a layer, computed once and shared by all that need one: maps, their quality, analyses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from repgeom_core.errors import GeometryError
from repgeom_core.linalg.neighbours import NeighbourGraph, neighbours
from repgeom_core.progress import Progress

if TYPE_CHECKING:
    from repgeom_core.bundle import Bundle
    from repgeom_core.results import StoredResult

VERSION = 1
FEWEST = 30  # kept even where fewer are asked for, so that one graph serves all


def content(bundle: Bundle, layer: str, checkpoint: str, split: str = "all", rows: np.ndarray | None = None) -> dict[str, Any]:
    """What a result about the rows of ``split``, or ``rows``, in one array depends on, for its key."""
    from repgeom_core.bundle.digest import new_hash

    digest = new_hash()
    digest.update(np.ascontiguousarray(bundle.rows(split) if rows is None else rows, dtype="<i8").tobytes())
    return {"array": bundle.features(layer, checkpoint).digest, "ids": bundle.ids_digest, "rows": digest.hexdigest()}


def shared_neighbours(
    bundle: Bundle,
    layer: str,
    checkpoint: str,
    split: str = "all",
    k: int = FEWEST,
    progress: Progress | None = None,
    rows: np.ndarray | None = None,
) -> NeighbourGraph:
    """The ``k`` nearest neighbours of each row of ``split``, or of ``rows (m,)``, among them; ``indices`` count within them.

    Exact (:func:`repgeom_core.linalg.neighbours.neighbours`), cached in the bundle's results.
    """
    chosen = bundle.rows(split) if rows is None else np.asarray(rows)
    kept = _kept(chosen, split, k)

    def compute() -> tuple[dict[str, np.ndarray], dict[str, Any]]:
        X = bundle.features(layer, checkpoint)
        whole = len(chosen) == bundle.n and bool((np.diff(chosen) > 0).all())
        graph = neighbours(X if whole else X.take(chosen), kept, progress=progress)
        return {"indices": graph.indices, "distances": graph.distances}, graph.meta

    stored = bundle.results.compute(_key(bundle, layer, checkpoint, chosen, kept), compute, progress)
    return _graph(stored, k)


def cached_neighbours(
    bundle: Bundle, layer: str, checkpoint: str, split: str = "all", k: int = FEWEST, rows: np.ndarray | None = None
) -> NeighbourGraph | None:
    """What :func:`shared_neighbours` would give, if nothing had to be computed for it; else None."""
    chosen = bundle.rows(split) if rows is None else np.asarray(rows)
    stored = bundle.results.get(_key(bundle, layer, checkpoint, chosen, _kept(chosen, split, k)))
    return None if stored is None else _graph(stored, k)


def _kept(rows: np.ndarray, split: str, k: int) -> int:
    """How many neighbours are kept where ``k`` are asked for."""
    kept = FEWEST
    while kept < k:
        kept *= 2
    kept = min(kept, len(rows) - 1)
    if not 1 <= k <= kept:
        raise GeometryError(f"Expected k from 1 to {len(rows) - 1} for the {len(rows)} samples of {split!r}, got {k}.")
    return kept


def _key(bundle: Bundle, layer: str, checkpoint: str, rows: np.ndarray, kept: int) -> dict[str, Any]:
    where = content(bundle, layer, checkpoint, rows=rows)
    return {"kind": "neighbours", "version": VERSION, "metric": "euclidean", "k": kept, **where}


def _graph(stored: StoredResult, k: int) -> NeighbourGraph:
    return NeighbourGraph(stored.arrays["indices"], stored.arrays["distances"], stored.meta).nearest(k)
