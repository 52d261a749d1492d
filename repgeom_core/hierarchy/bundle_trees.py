"""The tree of a layer at a checkpoint: computed once and kept in the bundle."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from repgeom_core.errors import GeometryError
from repgeom_core.hierarchy.linkages.methods import complete_parameters, linkage
from repgeom_core.hierarchy.tree import Tree
from repgeom_core.linalg.shared import content
from repgeom_core.progress import Progress
from repgeom_core.results import StoredResult, versions

if TYPE_CHECKING:
    from repgeom_core.bundle import Bundle

VERSION = 2  # raise it when a linkage gives other trees


@dataclass(frozen=True)
class BundleTree:
    """A tree over samples of a bundle: leaf i is sample ``rows[i]``; ``rows (n,)`` ascend."""

    tree: Tree
    rows: np.ndarray


def bundle_tree(
    bundle: Bundle,
    layer: str,
    checkpoint: str,
    split: str = "all",
    rows: np.ndarray | None = None,
    method: str = "ward",
    seed: int = 0,
    progress: Progress | None = None,
    **parameters: Any,
) -> BundleTree:
    """The tree of ``layer`` at ``checkpoint``, computed unless the bundle holds it already.

    Over the rows of ``split``, or over ``rows`` (row numbers of the bundle or a mask, such as a class or a selection). ``method``,
    ``seed`` and ``parameters`` are those of :func:`repgeom_core.hierarchy.linkages.methods.linkage`, which also says what is refused.
    """
    chosen = _chosen(bundle, split, rows)

    def compute() -> tuple[dict[str, np.ndarray], dict[str, Any]]:
        X = bundle.features(layer, checkpoint)
        tree = linkage(X if len(chosen) == bundle.n else X.take(chosen), method, seed, progress, **parameters)
        assert tree.approximate is not None
        arrays = {"left": tree.left, "right": tree.right, "height": tree.height, "approximate": tree.approximate}
        return arrays, {"method": tree.method, "tree": dict(tree.meta)}

    key = _key(bundle, layer, checkpoint, chosen, method, seed, parameters)
    return _made(bundle.results.compute(key, compute, progress), chosen)


def cached_tree(
    bundle: Bundle,
    layer: str,
    checkpoint: str,
    split: str = "all",
    rows: np.ndarray | None = None,
    method: str = "ward",
    seed: int = 0,
    **parameters: Any,
) -> BundleTree | None:
    """What :func:`bundle_tree` would give, if nothing had to be computed for it; else None."""
    chosen = _chosen(bundle, split, rows)
    stored = bundle.results.get(_key(bundle, layer, checkpoint, chosen, method, seed, parameters))
    return None if stored is None else _made(stored, chosen)


def _chosen(bundle: Bundle, split: str, rows: np.ndarray | None) -> np.ndarray:
    if rows is None:
        return bundle.rows(split)
    rows = np.asarray(rows)
    if rows.dtype == bool and rows.shape != (bundle.n,):
        raise GeometryError(f"Expected a mask of {bundle.n} marks, one for each sample, got shape {rows.shape}.")
    chosen = np.flatnonzero(rows) if rows.dtype == bool else np.unique(rows).astype(np.int64)
    if len(chosen) and (chosen[0] < 0 or chosen[-1] >= bundle.n):
        raise GeometryError(f"Rows are numbered 0 to {bundle.n - 1}, got {chosen[0]} to {chosen[-1]}.")
    return chosen


def _key(
    bundle: Bundle, layer: str, checkpoint: str, chosen: np.ndarray, method: str, seed: int, parameters: dict[str, Any]
) -> dict[str, Any]:
    return {
        "kind": "tree",
        "version": VERSION,
        "method": method,
        "parameters": json.loads(json.dumps(complete_parameters(method, parameters))),
        "seed": int(seed),
        "versions": versions("numpy", "scipy", "numba", "torch"),
        **content(bundle, layer, checkpoint, rows=chosen),
    }


def _made(stored: StoredResult, rows: np.ndarray) -> BundleTree:
    return BundleTree(Tree(**stored.arrays, method=stored.meta["method"], meta=stored.meta["tree"]), rows)
