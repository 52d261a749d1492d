"""Trees put together: subtrees of units (micro-clusters, equal rows) hung under a tree whose leaves are the units."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from repgeom_core.hierarchy.tree import Tree, renumbered


class Merges(NamedTuple):
    """Merge ``i`` joins ``left[i]`` and ``right[i]`` at ``height[i]``: leaves ``0..n-1``, merges ``n + i``, each after its children."""

    left: np.ndarray
    right: np.ndarray
    height: np.ndarray


class Forest(NamedTuple):
    """Merges over n leaves that do not reach one root yet; ``roots (units,)`` are the nodes without a parent."""

    n: int
    merges: Merges
    roots: np.ndarray


def forest(n: int, subtrees: Iterable[tuple[np.ndarray, Merges]]) -> Forest:
    """Of ``n`` leaves; a subtree is the leaves it is over and its merges, which count within those."""
    roots: list[int] = []
    left, right, height, done = [], [], [], n
    for leaves, merges in subtrees:
        node = np.concatenate([leaves, np.arange(done, done + len(merges.left))])
        left.append(node[merges.left])
        right.append(node[merges.right])
        height.append(merges.height)
        roots.append(node[-1])
        done += len(merges.left)
    return Forest(n, Merges(*(np.concatenate(parts) for parts in (left, right, height))), np.array(roots))


def equal_rows(group: np.ndarray) -> Forest:
    """Leaves of the same ``group (n,)`` merged at height 0, balanced; root g is that of group g."""
    node = np.argsort(group, kind="stable")
    group, n = group[node], len(group)
    left, right, done = [], [], n
    while len(again := np.flatnonzero(group[1:] == group[:-1])):
        rank = np.arange(len(group)) - np.searchsorted(group, group)
        first = again[rank[again] % 2 == 0]
        left.append(node[first])
        right.append(node[first + 1])
        node[first] = np.arange(done, done + len(first))
        done += len(first)
        node, group = np.delete(node, first + 1), np.delete(group, first + 1)
    nothing = [np.empty(0, np.int64)]
    return Forest(n, Merges(np.concatenate(left or nothing), np.concatenate(right or nothing), np.zeros(done - n)), node)


def under(top: Merges, below: Forest) -> Merges:
    """The merges over the leaves of ``below`` when its roots are the leaves of ``top``."""
    own = np.arange(below.n + len(below.merges.left), 2 * below.n - 1)
    node = np.concatenate([below.roots, own])
    parts = (below.merges.left, node[top.left]), (below.merges.right, node[top.right]), (below.merges.height, top.height)
    return Merges(*(np.concatenate(part) for part in parts))


def tree_of(merges: Merges, method: str, meta: Mapping[str, Any], approximate: np.ndarray | None = None) -> Tree:
    """The tree with merges by height and, as in scipy, the child of the smaller number on the left."""
    tree = renumbered(*merges, method=method, meta=meta, approximate=approximate)
    return replace(tree, left=np.minimum(tree.left, tree.right), right=np.maximum(tree.left, tree.right))
