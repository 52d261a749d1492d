"""One flat binary tree over samples: what every linkage gives, and what cuts, layouts, statistics and files are made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from repgeom_core.errors import GeometryError


@dataclass(frozen=True)
class Tree:
    """A binary tree over the leaves ``0..n-1``.

    Node ``n + i`` is merge ``i``; its children are nodes with smaller numbers; the root is ``2n - 2``. ``left``, ``right (n - 1,)`` int32
    are the children of each merge (the left one comes first in dendrogram order), ``height (n - 1,)`` float64 the height at which they
    merge: the node's *own* height. ``approximate (n - 1,)`` bool marks merges that were not found exactly. ``method`` is the linkage's
    name; ``meta`` holds its parameters and what it says of its quality.

    Heights are those of the method: Euclidean distances for ``single``, ``complete`` and ``average``, and
    √(2ab/(a+b))·‖c_A − c_B‖ for ``ward``, as scipy. :func:`renumbered` gives trees in merge order, lowest first.

    Raises:
        GeometryError: arrays of other shapes, a child that is missing, used twice or not below its parent, or a height that is not finite.
    """

    left: np.ndarray
    right: np.ndarray
    height: np.ndarray
    method: str = "ward"
    approximate: np.ndarray | None = None
    meta: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        merges = len(self.left)
        for name, dtype in (("left", np.int32), ("right", np.int32), ("height", np.float64)):
            array = np.ascontiguousarray(getattr(self, name), dtype)
            if array.shape != (merges,):
                raise GeometryError(f"Expected {merges} values of {name!r}, one for each merge, got shape {array.shape}.")
            array.setflags(write=False)
            object.__setattr__(self, name, array)
        marks = np.zeros(merges, bool) if self.approximate is None else np.ascontiguousarray(self.approximate, bool)
        if marks.shape != (merges,):
            raise GeometryError(f"Expected {merges} marks 'approximate', one for each merge, got shape {marks.shape}.")
        object.__setattr__(self, "approximate", marks)
        own = np.arange(self.n, self.nodes)
        if ((self.left < 0) | (self.right < 0) | (self.left >= own) | (self.right >= own)).any():
            raise GeometryError("Every child of a merge must be a leaf or an earlier merge.")
        if (np.bincount(np.concatenate([self.left, self.right]), minlength=self.nodes)[:-1] != 1).any():
            raise GeometryError("Every node but the root must be the child of exactly one merge.")
        if not np.isfinite(self.height).all():
            raise GeometryError("Heights of merges must be finite.")

    @property
    def n(self) -> int:
        """Number of leaves."""
        return len(self.left) + 1

    @property
    def nodes(self) -> int:
        return 2 * len(self.left) + 1

    @property
    def root(self) -> int:
        return self.nodes - 1

    @cached_property
    def parent(self) -> np.ndarray:
        """Parent (2n - 1,) int32 of each node; -1 for the root."""
        parent = np.full(self.nodes, -1, np.int32)
        parent[self.left] = parent[self.right] = np.arange(self.n, self.nodes, dtype=np.int32)
        return parent

    @cached_property
    def count(self) -> np.ndarray:
        """Number of leaves (2n - 1,) int32 under each node."""
        return self._ranges[0]

    @cached_property
    def start(self) -> np.ndarray:
        """Place (2n - 1,) int32 of each node's first leaf in dendrogram order: its leaves are ``order[start : start + count]``."""
        return self._ranges[1]

    @cached_property
    def order(self) -> np.ndarray:
        """Leaves (n,) int32 in dendrogram order."""
        order = np.empty(self.n, np.int32)
        order[self.start[: self.n]] = np.arange(self.n, dtype=np.int32)
        return order

    @cached_property
    def _ranges(self) -> tuple[np.ndarray, np.ndarray]:
        from repgeom_core.hierarchy.walks import ranges

        count, start = ranges(self.left, self.right)
        return count, start

    @cached_property
    def own_height(self) -> np.ndarray:
        """Height (2n - 1,) at which each node's own children merge; 0 for leaves."""
        return np.concatenate([np.zeros(self.n), self.height])

    def children(self, node: int) -> tuple[int, int] | None:
        """Left and right child; None for a leaf."""
        return None if node < self.n else (int(self.left[node - self.n]), int(self.right[node - self.n]))

    def members(self, node: int) -> np.ndarray:
        """Leaves under a node, in dendrogram order."""
        first = int(self.start[node])
        return self.order[first : first + int(self.count[node])]

    def ancestors(self, node: int) -> list[int]:
        """Nodes above a node, the root first."""
        found: list[int] = []
        while (node := int(self.parent[node])) >= 0:
            found.append(node)
        return found[::-1]

    def sums(self, values: np.ndarray) -> np.ndarray:
        """Sums (2n - 1, ...) over each node's leaves of ``values (n, ...)``, one pass for all nodes: exact for integers and booleans."""
        values = np.asarray(values)
        if values.dtype.kind not in "biu":  # differences of a running sum would carry one huge value's rounding to all other nodes
            from repgeom_core.hierarchy.walks import totals

            found = totals(self.left, self.right, np.ascontiguousarray(values, np.float64).reshape(self.n, -1))
            return np.asarray(found.reshape(self.nodes, *values.shape[1:]))
        total = np.zeros((self.n + 1, *values.shape[1:]), np.int64)
        np.cumsum(values[self.order], axis=0, out=total[1:])
        return total[self.start + self.count] - total[self.start]


def renumbered(left: np.ndarray, right: np.ndarray, height: np.ndarray, **named: Any) -> Tree:
    """The tree of merges whose numbers are not sorted by height: heights are raised to those of their children where a method inverts
    (``meta["raised"]`` says how many were), then merges are sorted by height, children before parents.

    ``left``, ``right (n - 1,)`` name leaves ``0..n-1`` and merges ``n + i``, each after its children. ``named`` goes to :class:`Tree`;
    ``approximate`` is sorted along.
    """
    from repgeom_core.hierarchy.walks import raise_to_children

    left, right = np.asarray(left, np.int64), np.asarray(right, np.int64)
    n, height = len(left) + 1, np.array(height, np.float64)
    raised = int(raise_to_children(left, right, height))
    by_height = np.argsort(height, kind="stable")  # stable: of equal heights children stay before parents
    new = np.arange(2 * n - 1)
    new[n + by_height] = np.arange(n, 2 * n - 1)
    if named.get("approximate") is not None:
        named["approximate"] = np.asarray(named["approximate"])[by_height]
    named["meta"] = {**named.get("meta", {}), "raised": raised}
    return Tree(new[left[by_height]], new[right[by_height]], height[by_height], **named)
