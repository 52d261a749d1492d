"""Maps of a layer at a checkpoint, cached in the bundle."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np

from repgeom_core.errors import GeometryError
from repgeom_core.linalg.neighbour_cache import shared_neighbours
from repgeom_core.progress import Progress
from repgeom_core.projections.align import orthogonal_alignment
from repgeom_core.projections.pca import principal_plane
from repgeom_core.projections.quality import neighbourhood_preservation, trust_sample, trustworthiness
from repgeom_core.projections.umap import umap_layout
from repgeom_core.results import Results, StoredResult

if TYPE_CHECKING:
    from repgeom_core.bundle import Bundle

VERSION = 1
METHODS = ("pca", "umap")
QUALITY_K = 15


@dataclass(frozen=True)
class Projection:
    """A map: ``xy (m, 2)`` float32, centred, largest coordinate 1; ``rows (m,)`` of the bundle.

    ``meta``: n, d, seed, seconds, scale (multiply ``xy`` by it for the original units); for PCA explained_variance_ratio and solver; for UMAP
    n_neighbors, min_dist, trustworthiness and neighbourhood_preservation (shares at k = 15, on samples of at most 2,000 and 1,000).
    """

    xy: np.ndarray
    rows: np.ndarray
    method: str
    meta: dict[str, Any]


def project(
    bundle: Bundle,
    layer: str,
    checkpoint: str,
    split: str = "all",
    method: str = "pca",
    seed: int = 0,
    n_neighbors: int = 15,
    min_dist: float = 0.1,
    progress: Progress | None = None,
) -> Projection:
    """The map of a layer's features at a checkpoint, from the cache or computed (and then cached).

    A PCA plane is turned to lie like that of the bundle's last checkpoint; UMAP starts from the plane so turned. ``n_neighbors`` (itself
    counted) is lowered to the number of samples where there are fewer; ``meta`` says so.

    Raises :class:`GeometryError` for an unknown method, fewer than 2 samples, or parameters out of bounds.
    """
    _check(method, n_neighbors, min_dist)
    progress = progress or Progress()
    rows = bundle.rows(split)
    if len(rows) < 2:
        raise GeometryError(f"A map needs at least 2 samples; split {split!r} has {len(rows)}.")

    def compute() -> tuple[dict[str, np.ndarray], dict[str, Any]]:
        started = time.perf_counter()
        if method == "pca":
            xy, meta = _pca(bundle, layer, checkpoint, split, seed)
        else:
            xy, meta = _umap(bundle, layer, checkpoint, split, seed, n_neighbors, min_dist, progress)
        xy = xy - xy.mean(axis=0)
        scale = float(np.abs(xy).max()) or 1.0
        d = bundle.features(layer, checkpoint).shape[1]
        meta |= {"n": len(rows), "d": d, "seed": seed, "scale": scale, "seconds": time.perf_counter() - started}
        return {"xy": (xy / scale).astype(np.float32)}, meta

    key = _key(bundle, layer, checkpoint, split, method, seed, n_neighbors, min_dist)
    return _projection(Results(bundle.path / "results").compute(key, compute), rows, method)


def cached_projection(
    bundle: Bundle,
    layer: str,
    checkpoint: str,
    split: str = "all",
    method: str = "pca",
    seed: int = 0,
    n_neighbors: int = 15,
    min_dist: float = 0.1,
) -> Projection | None:
    """The map if it is in the cache; computes nothing."""
    _check(method, n_neighbors, min_dist)
    stored = Results(bundle.path / "results").get(_key(bundle, layer, checkpoint, split, method, seed, n_neighbors, min_dist))
    return None if stored is None else _projection(stored, bundle.rows(split), method)


def _projection(stored: StoredResult, rows: np.ndarray, method: str) -> Projection:
    return Projection(stored.arrays["xy"], rows, method, stored.meta)


def _check(method: str, n_neighbors: int, min_dist: float) -> None:
    if method not in METHODS:
        raise GeometryError(f"Maps are made by {' or '.join(METHODS)}. Got {method!r}.")
    if method == "umap" and n_neighbors < 2:
        raise GeometryError(f"UMAP needs n_neighbors of at least 2 (the sample itself is counted). Got {n_neighbors}.")
    if method == "umap" and not 0 <= min_dist < 1:
        raise GeometryError(f"UMAP needs min_dist in [0, 1). Got {min_dist}.")


def _key(
    bundle: Bundle, layer: str, checkpoint: str, split: str, method: str, seed: int, n_neighbors: int, min_dist: float
) -> dict[str, Any]:
    key: dict[str, Any] = {"what": "projection", "version": VERSION, "method": method, "array": bundle.features(layer, checkpoint).digest}
    key |= {"ids": bundle.ids_digest, "split": split, "seed": seed, "reference": _reference_digest(bundle, layer)}
    if method == "umap":
        key |= {"n_neighbors": n_neighbors, "min_dist": float(min_dist), "umap-learn": version("umap-learn")}
    return key


def _reference(bundle: Bundle, layer: str) -> str | None:
    """The checkpoint whose plane the others are turned to: the last that has this layer."""
    return next((c.name for c in reversed(bundle.checkpoints) if layer in c.layers), None)


def _reference_digest(bundle: Bundle, layer: str) -> str | None:
    reference = _reference(bundle, layer)
    return None if reference is None else bundle.features(layer, reference).digest


def _plane(bundle: Bundle, layer: str, checkpoint: str, split: str, seed: int) -> tuple[np.ndarray, dict[str, Any]]:
    """The plane as PCA gives it; cached, since every other checkpoint is turned to the last one's."""
    X, rows = bundle.features(layer, checkpoint), bundle.rows(split)

    def chunks() -> Iterator[np.ndarray]:
        if len(rows) == bundle.n:
            yield from (piece for _, piece in X.chunks())
        else:
            yield from (X.take(rows[start : start + 16_384]) for start in range(0, len(rows), 16_384))

    def compute() -> tuple[dict[str, np.ndarray], dict[str, Any]]:
        plane = principal_plane(chunks, len(rows), X.shape[1], seed)
        return {"scores": plane.scores}, {"explained_variance_ratio": list(plane.explained_variance_ratio), "solver": plane.solver}

    key = {"what": "principal plane", "version": VERSION, "array": X.digest, "ids": bundle.ids_digest, "split": split, "seed": seed}
    stored = Results(bundle.path / "results").compute(key, compute)
    return stored.arrays["scores"], stored.meta


def _pca(bundle: Bundle, layer: str, checkpoint: str, split: str, seed: int) -> tuple[np.ndarray, dict[str, Any]]:
    scores, meta = _plane(bundle, layer, checkpoint, split, seed)
    reference = _reference(bundle, layer)
    if reference not in (None, checkpoint):
        scores = scores @ orthogonal_alignment(scores, _plane(bundle, layer, str(reference), split, seed)[0])
    return scores, dict(meta)


def _umap(
    bundle: Bundle, layer: str, checkpoint: str, split: str, seed: int, n_neighbors: int, min_dist: float, progress: Progress
) -> tuple[np.ndarray, dict[str, Any]]:
    rows = bundle.rows(split)
    used = min(n_neighbors, len(rows))
    k = min(QUALITY_K, len(rows) - 1)
    progress.update("principal plane", 0, 3)
    start, _ = _pca(bundle, layer, checkpoint, split, seed)
    progress.update("neighbours", 1, 3)
    graph = shared_neighbours(bundle, layer, checkpoint, split, max(used - 1, k), progress)
    progress.update("layout", 2, 3)
    xy = umap_layout(graph, start, used, min_dist, seed)
    # UMAP's own orientation is arbitrary within what its start left open.
    xy = (xy - xy.mean(axis=0)) @ orthogonal_alignment(xy, start)
    some = trust_sample(len(rows), seed)
    meta = {
        "n_neighbors": used,
        "min_dist": min_dist,
        "trustworthiness": trustworthiness(bundle.features(layer, checkpoint).take(rows[some]), xy[some], k),
        "neighbourhood_preservation": neighbourhood_preservation(graph, xy, k, seed),
        "quality_k": k,
        "umap-learn": version("umap-learn"),
    }
    progress.update("layout", 3, 3)
    return xy, meta
