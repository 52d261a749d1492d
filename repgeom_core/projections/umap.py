"""UMAP from a given neighbour graph and a given start."""

from __future__ import annotations

import re
import warnings
from contextlib import suppress

import numpy as np

from repgeom_core.errors import GeometryError
from repgeom_core.linalg.neighbours import NeighbourGraph
from repgeom_core.progress import Progress

FEWEST_SAMPLES = 4


def umap_layout(
    graph: NeighbourGraph, start: np.ndarray, n_neighbors: int, min_dist: float, seed: int, progress: Progress | None = None
) -> np.ndarray:
    """UMAP coordinates (n, 2) float64 of the rows of ``graph``, beginning at ``start`` (n, 2), reproducible for one ``seed``.

    ``n_neighbors`` counts the sample itself, as umap-learn does, so the graph must hold ``n_neighbors - 1``.
    """
    progress = progress or Progress()
    if graph.n < FEWEST_SAMPLES:
        raise GeometryError(f"UMAP needs at least {FEWEST_SAMPLES} samples, got {graph.n}. Use PCA.")
    progress.update("starting UMAP", 0, 1)
    import umap

    _keep_compiled()
    others = graph.nearest(n_neighbors - 1)
    own = np.arange(graph.n, dtype=np.int32)[:, None]
    indices = np.concatenate([own, others.indices], axis=1)
    distances = np.concatenate([np.zeros_like(own, dtype=np.float32), others.distances], axis=1)
    # As umap-learn starts from its own PCA: largest coordinate 10, and noise so that no two points coincide.
    largest = np.abs(start).max()
    begin = start * (10 / largest if largest > 0 else 1) + np.random.default_rng(seed).normal(scale=1e-4, size=start.shape)
    begin = begin.astype(np.float32)
    reducer = umap.UMAP(
        n_neighbors=n_neighbors,
        min_dist=min_dist,
        init=begin,
        random_state=seed,
        n_jobs=1,
        precomputed_knn=(indices, distances),
        tqdm_kwds={"file": _Epochs(progress), "disable": False, "bar_format": "{n}/{total}", "mininterval": 0.1},
    )
    with warnings.catch_warnings():
        # No search index comes with our graph, and none is needed: nothing is transformed later.
        warnings.filterwarnings("ignore", module="umap")
        # The graph is given, so umap-learn takes only the number of rows from its first argument.
        return np.asarray(reducer.fit_transform(begin), dtype=np.float64)


def _keep_compiled() -> None:
    """Of umap-learn's loops numba keeps the machine code for later processes: compiling them takes four times as long as a small map."""
    from umap import layouts, umap_

    loops = (umap_.smooth_knn_dist, umap_.compute_membership_strengths, layouts._nb_optimize_layout_euclidean_single_epoch)
    for loop in loops:
        with suppress(RuntimeError):  # no folder can be written: every process compiles anew
            loop.enable_caching()


class _Epochs:
    """The file that umap-learn's progress bar writes to; cancelling raises from here."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress

    def write(self, text: str) -> None:
        if found := re.search(r"(\d+)/(\d+)", text):
            self._progress.update("UMAP layout", int(found[1]), int(found[2]))

    def flush(self) -> None: ...
