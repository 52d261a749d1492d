"""One neighbour graph per layer, checkpoint and split: computed once, kept in the bundle, shared by all that need it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from repgeom_core.linalg.neighbours import NeighbourGraph, neighbours
from repgeom_core.progress import Progress
from repgeom_core.results import Results

if TYPE_CHECKING:
    from repgeom_core.bundle import Bundle

VERSION = 1
USUAL_K = 30  # asked for even where fewer are needed now: the next analysis then finds them


def shared_neighbours(
    bundle: Bundle, layer: str, checkpoint: str, split: str = "all", k: int = 15, progress: Progress | None = None
) -> NeighbourGraph:
    """The ``k`` nearest neighbours of every sample of the split (k at most m − 1), by position among the split's rows."""
    X, rows = bundle.features(layer, checkpoint), bundle.rows(split)
    k = min(k, len(rows) - 1)
    stored_k = min(max(k, USUAL_K), len(rows) - 1)
    key = {"what": "neighbours", "version": VERSION, "array": X.digest, "split": split, "ids": bundle.ids_digest, "k": stored_k}

    def compute() -> tuple[dict[str, np.ndarray], dict]:
        graph = neighbours(X if len(rows) == bundle.n else X.take(rows), stored_k, progress=progress)
        return {"indices": graph.indices, "distances": graph.distances}, graph.meta

    stored = Results(bundle.path / "results").compute(key, compute)
    return NeighbourGraph(stored.arrays["indices"], stored.arrays["distances"], stored.meta).nearest(k)
