"""The map of a layer at a checkpoint: computed, aligned with the run's other maps, and kept in the bundle."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from repgeom_core.errors import GeometryError
from repgeom_core.linalg.shared import content, shared_neighbours
from repgeom_core.progress import Progress
from repgeom_core.projections.align import aligned
from repgeom_core.projections.pca import principal_components
from repgeom_core.projections.quality import neighbourhood_preservation, random_rows, sampled_trustworthiness
from repgeom_core.projections.umap import FEWEST_SAMPLES, umap_layout
from repgeom_core.results import StoredResult, versions

if TYPE_CHECKING:
    from repgeom_core.bundle import Bundle

VERSION = 1
METHODS = ("pca", "umap")
PRESERVED_OF = 15  # neighbours that the quality figures look at
TRUST_ROWS = 2_000


@dataclass(frozen=True)
class Projection:
    """A map: ``xy (m, 2)`` float32, centred and within [-1, 1], of the bundle's ``rows (m,)``.

    ``meta``: n, d, seconds, versions, ``scale`` (what ``xy`` is multiplied by to give raw coordinates) and ``aligned_to`` (the
    checkpoint whose PCA this map was turned to); for PCA ``explained_variance_ratio`` of the first two components, which span the map
    (turned within their plane); for UMAP n_neighbors, min_dist, seed, trustworthiness and neighbourhood_preservation.
    """

    xy: np.ndarray
    rows: np.ndarray
    method: str
    meta: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class _Request:
    """Everything that one map depends on."""

    bundle: Bundle
    layer: str
    checkpoint: str
    split: str
    method: str
    seed: int
    n_neighbors: int
    min_dist: float

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise GeometryError(f"Expected one of the methods {', '.join(METHODS)}, got {self.method!r}.")
        if self.method == "umap" and not (self.n_neighbors >= 2 and 0 <= self.min_dist <= 1 and 0 <= self.seed < 2**32):
            raise GeometryError(
                "UMAP takes n_neighbors of at least 2, min_dist from 0 to 1 and a seed from 0 to 2³² - 1; "
                f"got {self.n_neighbors}, {self.min_dist} and {self.seed}."
            )
        least = FEWEST_SAMPLES if self.method == "umap" else 1
        if (n := len(self.rows)) < least:
            raise GeometryError(f"A {self.method.upper()} map needs at least {least} samples; {self.split!r} has {n}.")

    @property
    def rows(self) -> np.ndarray:
        return self.bundle.rows(self.split)

    @property
    def reference(self) -> str:
        """The run's last checkpoint that has this layer: all maps of the layer are turned to its PCA."""
        return [c.name for c in self.bundle.checkpoints if self.layer in c.layers][-1]

    def pca_key(self, checkpoint: str) -> dict[str, Any]:
        where = content(self.bundle, self.layer, checkpoint, self.split)
        return {"kind": "pca", "version": VERSION, "components": 2, "versions": versions("numpy", "scipy"), **where}

    def umap_key(self) -> dict[str, Any]:
        return {
            "kind": "umap",
            "version": VERSION,
            "n_neighbors": int(self.n_neighbors),
            "min_dist": float(self.min_dist),
            "seed": int(self.seed),
            "versions": versions("umap-learn", "numba", "numpy", "scipy", "scikit-learn"),
            "start": content(self.bundle, self.layer, self.reference, self.split)["array"],
            **content(self.bundle, self.layer, self.checkpoint, self.split),
        }


def project(
    bundle: Bundle,
    layer: str,
    checkpoint: str,
    split: str = "all",
    method: str = "umap",
    seed: int = 0,
    n_neighbors: int = 15,
    min_dist: float = 0.1,
    progress: Progress | None = None,
) -> Projection:
    """The map of ``layer`` at ``checkpoint`` over the rows of ``split``, computed unless the bundle holds it already.

    PCA is exact and does not depend on ``seed``; it is turned (orthogonal Procrustes) to the PCA of the run's last checkpoint. UMAP
    starts from that PCA and uses the exact neighbours that all analyses share; ``n_neighbors`` counts the sample itself and is lowered
    to the number of samples. Raises :class:`GeometryError` for bad parameters, too few samples, or numbers that are not finite.
    """
    request = _Request(bundle, layer, checkpoint, split, method, seed, n_neighbors, min_dist)
    progress = progress or Progress()
    own = _pca(request, checkpoint, progress)
    reference = own if request.reference == checkpoint else _pca(request, request.reference, progress)
    if method == "pca":
        return _turned_pca(request, own, reference)
    start = aligned(own.arrays["coordinates"], reference.arrays["coordinates"])
    return _projection(request, request.bundle.results.compute(request.umap_key(), lambda: _umap(request, start, progress), progress))


def cached_projection(
    bundle: Bundle,
    layer: str,
    checkpoint: str,
    split: str = "all",
    method: str = "umap",
    seed: int = 0,
    n_neighbors: int = 15,
    min_dist: float = 0.1,
) -> Projection | None:
    """What :func:`project` would give, if nothing had to be computed for it; else None."""
    request = _Request(bundle, layer, checkpoint, split, method, seed, n_neighbors, min_dist)
    if method == "umap":
        stored = request.bundle.results.get(request.umap_key())
        return None if stored is None else _projection(request, stored)
    own, reference = (request.bundle.results.get(request.pca_key(name)) for name in (checkpoint, request.reference))
    return None if own is None or reference is None else _turned_pca(request, own, reference)


def _pca(request: _Request, checkpoint: str, progress: Progress) -> StoredResult:
    key = request.pca_key(checkpoint)

    def compute() -> tuple[dict[str, np.ndarray], dict[str, Any]]:
        started = time.perf_counter()
        X = request.bundle.features(request.layer, checkpoint)
        found = principal_components(X, request.rows, 2, progress)
        meta = {
            "explained_variance_ratio": found.explained_variance_ratio.tolist(),
            "total_variance": found.total_variance,
            "n": len(request.rows),
            "d": X.shape[1],
            "versions": key["versions"],
            "seconds": time.perf_counter() - started,
        }
        return {"coordinates": found.coordinates}, meta

    return request.bundle.results.compute(key, compute, progress)


def _umap(request: _Request, start: np.ndarray, progress: Progress) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    started = time.perf_counter()
    X, n = request.bundle.features(request.layer, request.checkpoint), len(request.rows)
    n_neighbors = min(request.n_neighbors, n)
    asked = min(max(n_neighbors - 1, PRESERVED_OF), n - 1)
    graph = shared_neighbours(request.bundle, request.layer, request.checkpoint, request.split, asked, progress)
    xy = umap_layout(graph, start, n_neighbors, request.min_dist, request.seed, progress)
    progress.update("quality of the map", 0, 1)
    rows = random_rows(n, TRUST_ROWS, seed=0)
    meta = {
        "n_neighbors": n_neighbors,
        "min_dist": request.min_dist,
        "seed": request.seed,
        "n": n,
        "d": X.shape[1],
        "trustworthiness": sampled_trustworthiness(X.take(request.rows[rows]), xy, rows, PRESERVED_OF),
        "neighbourhood_preservation": neighbourhood_preservation(graph, xy, PRESERVED_OF),
        "versions": request.umap_key()["versions"],
        "seconds": time.perf_counter() - started,
    }
    progress.update("quality of the map", 1, 1)
    return {"coordinates": xy}, meta


def _turned_pca(request: _Request, own: StoredResult, reference: StoredResult) -> Projection:
    coordinates = own.arrays["coordinates"]
    if request.checkpoint != request.reference:
        coordinates = aligned(coordinates, reference.arrays["coordinates"])
    return _projection(request, StoredResult({"coordinates": coordinates}, own.meta))


def _projection(request: _Request, stored: StoredResult) -> Projection:
    coordinates = stored.arrays["coordinates"]
    middle = (coordinates.min(axis=0) + coordinates.max(axis=0)) / 2
    centred = coordinates - middle
    scale = float(np.abs(centred).max()) or 1.0
    meta = {**stored.meta, "scale": scale, "aligned_to": request.reference}
    return Projection((centred / scale).astype(np.float32), request.rows, request.method, meta)
