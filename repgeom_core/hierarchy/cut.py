"""Which clusters of a tree are shown: cuts by number of clusters, and by height. ``cut.js`` of the canvas does the same."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from repgeom_core.errors import GeometryError
from repgeom_core.suggest import did_you_mean

if TYPE_CHECKING:
    from repgeom_core.hierarchy.tree import Tree

MODES = ("height", "breadth", "count")


def cut(tree: Tree, k: int, root: int | None = None, mode: str = "height", splittable: Callable[[int], bool] | None = None) -> np.ndarray:
    """Nodes (k,) int64 under ``root`` (default: of the tree) that share its leaves among them, in dendrogram order.

    Starting from the root, one visible node after the other is replaced by its children, until there are ``k``:

    - ``height``: the one of greatest own height (the later merge of equal ones), which is the dendrogram's cut and equals scipy's
      ``fcluster(criterion="maxclust")`` where heights differ;
    - ``breadth``: the one fewest merges below the root (the first of equal ones in dendrogram order);
    - ``count``: the one with most leaves (the first of equal ones).

    ``splittable(node)`` may refuse; then the next one is split instead. Fewer than ``k`` nodes come back only where nothing is left to
    split: all are leaves or refused.
    """
    root = checked_root(tree, root)
    if k < 1:
        raise GeometryError(f"Expected at least 1 cluster, got k={k}.")
    if mode not in MODES:
        raise GeometryError(f"Unknown mode of cutting {mode!r}. {did_you_mean(mode, MODES)}")

    def turn(node: int, depth: int) -> tuple[float, int, int]:
        if mode == "height":
            return -float(tree.height[node - tree.n]), -node, depth
        return float(depth if mode == "breadth" else -tree.count[node]), int(tree.start[node]), depth

    shown, waiting = {root}, []
    if root >= tree.n:
        waiting.append((turn(root, 0), root))
    while waiting and len(shown) < k:
        (_, _, depth), node = heapq.heappop(waiting)
        if splittable is not None and not splittable(node):
            continue
        shown.remove(node)
        for child in tree.children(node) or ():
            shown.add(child)
            if child >= tree.n:
                heapq.heappush(waiting, (turn(child, depth + 1), child))
    return in_order(tree, list(shown))


def cut_at(tree: Tree, height: float, root: int | None = None) -> np.ndarray:
    """The largest nodes under ``root`` in which no merge is higher than ``height``, int64, in dendrogram order: the clusters of scipy's
    ``fcluster(criterion="distance")``."""
    root = checked_root(tree, root)
    highest = np.concatenate([np.full(tree.n, -np.inf), _highest(tree)])
    above = np.where(tree.parent >= 0, highest[tree.parent], np.inf)
    above[root] = np.inf
    first = tree.start[root]
    inside = (tree.start >= first) & (tree.start + tree.count <= first + tree.count[root])
    return in_order(tree, np.flatnonzero(inside & (highest <= height) & (above > height)))


def heights_of_cut(tree: Tree, k: int, root: int | None = None) -> tuple[float, float]:
    """``(low, high)``: with a threshold ``low <= t < high``, :func:`cut_at` gives the ``k`` clusters of the height cut.

    ``high`` is infinite for one cluster, and the two are equal where merges of equal height lie between: then no threshold gives ``k``.
    """
    visible = cut(tree, k, root)
    low = float(tree.own_height[visible].max())
    if len(visible) == 1:
        return low, float("inf")
    return low, float(tree.own_height[tree.parent[visible]].min())


def cluster_labels(tree: Tree, nodes: Sequence[int] | np.ndarray) -> np.ndarray:
    """Place (n,) int32 in ``nodes`` of the node that each leaf lies under; −1 outside all of them.

    Raises:
        GeometryError: one of the nodes lies under another.
    """
    labels = np.full(tree.n, -1, np.int32)
    for place, node in enumerate(nodes):
        first = tree.start[node]
        part = labels[first : first + tree.count[node]]
        if (part >= 0).any():
            raise GeometryError(f"Clusters must not share samples: node {node} shares some with node {nodes[int(part.max())]}.")
        part[:] = place
    found = np.empty_like(labels)
    found[tree.order] = labels
    return found


def merges_above(tree: Tree, nodes: Sequence[int] | np.ndarray, root: int | None = None) -> list[int]:
    """The merges under ``root`` that join the clusters ``nodes`` of its cut, children before parents."""
    visible = {int(node) for node in nodes}
    found: list[int] = []
    waiting = [checked_root(tree, root)]
    while waiting:
        node = waiting.pop()
        if node not in visible:
            found.append(node)
            waiting += tree.children(node) or ()
    return sorted(found)


def in_order(tree: Tree, nodes: Sequence[int] | np.ndarray) -> np.ndarray:
    """Nodes sorted by the place of their first leaf in dendrogram order."""
    nodes = np.asarray(nodes, np.int64)
    return nodes[np.argsort(tree.start[nodes], kind="stable")]


def checked_root(tree: Tree, root: int | None) -> int:
    """The root of the tree for None; refuses what is no node."""
    if root is None:
        return tree.root
    if not 0 <= root < tree.nodes:
        raise GeometryError(f"Expected a root between 0 and {tree.root}, got {root}.")
    return int(root)


def _highest(tree: Tree) -> np.ndarray:
    """Height (n - 1,) of the highest merge under each merge: its own, unless the method inverts."""
    if (tree.height[1:] >= tree.height[:-1]).all():
        return tree.height
    from repgeom_core.hierarchy.walks import raise_to_children

    height = tree.height.copy()
    raise_to_children(tree.left, tree.right, height)
    return height
