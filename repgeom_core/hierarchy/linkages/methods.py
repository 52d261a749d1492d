"""From features to a tree: every way to cluster hierarchically, under one name each."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np

from repgeom_core.errors import GeometryError
from repgeom_core.hierarchy.tree import Tree
from repgeom_core.linalg.rows import finite_rows
from repgeom_core.progress import Progress
from repgeom_core.suggest import did_you_mean


@dataclass(frozen=True)
class Method:
    """A linkage as pages and commands offer it; ``function`` of ``module`` makes the tree, from ``(X, seed, progress, **parameters)``."""

    title: str
    module: str
    function: str

    def load(self) -> Callable[..., Tree]:
        return getattr(import_module(f"repgeom_core.hierarchy.linkages.{self.module}"), self.function)

    @property
    def parameters(self) -> dict[str, Any]:
        """Names and defaults of what only this method takes."""
        named = inspect.signature(self.load()).parameters.values()
        return {p.name: p.default for p in named if p.name not in ("X", "seed", "progress")}


METHODS: dict[str, Method] = {
    "ward": Method("Ward", "ward", "ward"),
    "average": Method("Average", "exact", "average"),
    "complete": Method("Complete", "exact", "complete"),
    "single": Method("Single", "exact", "single"),
    "graph_degree": Method("Graph degree", "graph_degree", "graph_degree"),
    "hierarchical_kmeans": Method("Hierarchical k-means", "hierarchical_kmeans", "hierarchical_kmeans"),
}


def linkage(X: Any, method: str = "ward", seed: int = 0, progress: Progress | None = None, **parameters: Any) -> Tree:
    """The tree of the rows of ``X (n, d)`` by one of :data:`METHODS`; leaf i is row i. One row is a tree of one leaf.

    ``ward``, ``average``, ``complete`` and ``single`` have the heights of ``scipy.cluster.hierarchy.linkage`` (of equal distances another
    may be merged first, and then later heights differ); Ward is approximate above 10,000 distinct rows
    (:func:`repgeom_core.hierarchy.linkages.ward.ward`). ``X`` is an array, a memory map or a bundle's array;
    ``parameters`` are the method's own. Equal seeds give equal trees.

    Raises:
        GeometryError: an unknown method or parameter, no rows, numbers that are not finite, or more rows than the method can hold.
    """
    complete_parameters(method, parameters)
    X = finite_rows(np.asarray(X))
    if len(X) == 0:
        raise GeometryError("A tree needs at least 1 sample, got 0.")
    return METHODS[method].load()(X, seed=seed, progress=progress or Progress(), **parameters)


def complete_parameters(method: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """``parameters`` with the defaults of those not given. Raises :class:`GeometryError` for what ``method`` does not take."""
    if method not in METHODS:
        raise GeometryError(f"There is no linkage {method!r}. {did_you_mean(method, METHODS)}")
    known = METHODS[method].parameters
    if unknown := [name for name in parameters if name not in known]:
        raise GeometryError(f"{method!r} has no parameter {unknown[0]!r}. {did_you_mean(unknown[0], known)}")
    return {**known, **parameters}
