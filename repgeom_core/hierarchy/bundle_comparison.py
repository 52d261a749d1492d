"""The comparison of two trees over samples of a bundle: its slow part computed once and kept in the bundle."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np

from repgeom_core.hierarchy.compare import Agreement, Comparison, TreeCorrelation, agreement_by_k, assembled, tree_correlation
from repgeom_core.progress import Progress
from repgeom_core.results import StoredResult, versions

if TYPE_CHECKING:
    from repgeom_core.bundle import Bundle
    from repgeom_core.hierarchy.tree import Tree

VERSION = 1


def bundle_comparison(
    bundle: Bundle, tree_a: Tree, tree_b: Tree, k: int = 20, seed: int = 0, progress: Progress | None = None
) -> Comparison:
    """What :func:`repgeom_core.hierarchy.compare.compare` finds, computed unless the bundle holds it already, whatever ``k`` it was asked
    with. Leaf i of both trees is the same sample (:func:`repgeom_core.hierarchy.compare.aligned`)."""

    def compute() -> tuple[dict[str, np.ndarray], dict[str, Any]]:
        correlation = tree_correlation(tree_a, tree_b, seed, progress)
        agreement = agreement_by_k(tree_a, tree_b, seed=seed, progress=progress)
        return dataclasses.asdict(agreement), {"correlation": dataclasses.asdict(correlation)}

    return _made(bundle.results.compute(_key(tree_a, tree_b, seed), compute, progress), tree_a, tree_b, k, seed)


def cached_comparison(bundle: Bundle, tree_a: Tree, tree_b: Tree, k: int = 20, seed: int = 0) -> Comparison | None:
    """What :func:`bundle_comparison` would give, if nothing had to be computed for it; else None."""
    stored = bundle.results.get(_key(tree_a, tree_b, seed))
    return None if stored is None else _made(stored, tree_a, tree_b, k, seed)


def _key(tree_a: Tree, tree_b: Tree, seed: int) -> dict[str, Any]:
    trees = {"a": _digest(tree_a), "b": _digest(tree_b)}
    return {"kind": "comparison of trees", "version": VERSION, "seed": int(seed), "versions": versions("numpy", "numba"), **trees}


def _digest(tree: Tree) -> str:
    from repgeom_core.bundle.digest import new_hash

    digest = new_hash()
    for array, dtype in ((tree.left, "<i8"), (tree.right, "<i8"), (tree.height, "<f8")):
        digest.update(np.ascontiguousarray(array, dtype).tobytes())
    return str(digest.hexdigest())


def _made(stored: StoredResult, tree_a: Tree, tree_b: Tree, k: int, seed: int) -> Comparison:
    told = dict(stored.meta["correlation"])
    told["interval"] = None if told["interval"] is None else tuple(told["interval"])
    return assembled(TreeCorrelation(**told), Agreement(**stored.arrays), tree_a, tree_b, k, seed)
