"""The nested nodes of DendroMap's files as one flat tree; nothing recurses."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from repgeom_core.errors import SourceError
from repgeom_core.hierarchy.tree import Tree, renumbered

HIGHEST = 1e300  # of heights: beyond it their squares and sums are infinite
ROUNDING = 1e-3  # how far, relatively, what two siblings say of their merge may differ: files round


@dataclass(frozen=True)
class Leaf:
    """One leaf: its node in the file, its ``instance_index``, and where it is, for messages."""

    node: dict[str, Any]
    instance: int
    where: str

    @property
    def filename(self) -> str:
        return written(str(self.node.get("filename") or ""))


def written(text: str) -> str:
    """Text that can be written to a file: JSON may name halves of characters, which stand for none."""
    return text.encode("utf-8", "replace").decode()


def described(value: Any) -> str:
    """A value of JSON, for people; of what may hold others only how many (they may nest deeper than ``repr`` goes)."""
    if isinstance(value, dict | list):
        return f"{'an object' if isinstance(value, dict) else 'a list'} of {len(value):,}"
    return "nothing" if value is None else f"{value!r:.60}"


def flattened(root: dict[str, Any], where: str, older: bool, method: str = "ward") -> tuple[Tree, list[Leaf]]:
    """The tree below ``root``, with the heights of scipy's Ward, and its leaves in the order of their ``instance_index``.

    Merges are numbered by ``node_index`` where that fits the structure, and always by height.

    Raises:
        SourceError: naming the node and the field, what was expected and what came.
    """
    nodes, left, right = _preorder(root, where)
    inner = [k for k, node in enumerate(nodes) if "children" in node and not _is_leaf(node)]
    outer = [k for k, node in enumerate(nodes) if _is_leaf(node)]
    n = len(outer)
    leaves = _in_order([_leaf(nodes[k], _place(nodes[k], k, where)) for k in outer])
    number = np.empty(len(nodes), np.int64)
    number[[outer[at] for at, _ in leaves]] = np.arange(n)
    heights = [_own_height(nodes, k, left[k], right[k], older, where) for k in inner]
    order = _merge_order(nodes, inner, left, right, n)
    number[[inner[i] for i in order]] = np.arange(n, 2 * n - 1)
    tree = renumbered(
        number[[left[inner[i]] for i in order]],
        number[[right[inner[i]] for i in order]],
        np.array([heights[i] for i in order], np.float64),
        method=method,
    )
    return tree, [leaf for _, leaf in leaves]


def _preorder(root: dict[str, Any], where: str) -> tuple[list[dict[str, Any]], dict[int, int], dict[int, int]]:
    """Nodes with parents before children, the left child's before the right one's; the places of each inner node's two children."""
    nodes: list[dict[str, Any]] = []
    left: dict[int, int] = {}
    right: dict[int, int] = {}
    waiting: list[tuple[Any, int, dict[int, int]]] = [(root, -1, left)]
    while waiting:
        node, parent, side = waiting.pop()
        k = len(nodes)
        if not isinstance(node, dict):
            above = _place(nodes[parent], parent, where)
            raise SourceError(f"{above}: expected the two 'children' to be nodes; got {described(node)}.")
        if parent >= 0:
            side[parent] = k
        nodes.append(node)
        if _is_leaf(node):
            continue
        children = node.get("children")
        if not isinstance(children, list) or len(children) != 2:
            came = f"{len(children):,}" if isinstance(children, list) else "none" if children is None else described(children)
            raise SourceError(f"{_place(node, k, where)}: expected two 'children', or 'leaf': true; got {came}.")
        waiting += [(children[1], k, right), (children[0], k, left)]
    return nodes, left, right


def _is_leaf(node: dict[str, Any]) -> bool:
    return not node.get("children") and (node.get("leaf") is True or "leaf" not in node)


def _place(node: dict[str, Any], k: int, where: str) -> str:
    index = node.get("node_index")
    return f"{where}: node {index}" if type(index) is int else f"{where}: the node at place {k:,} (parents first, counted from 0)"


def _leaf(node: dict[str, Any], where: str) -> Leaf:
    name = "instance_index" if "instance_index" in node else "node_index"
    instance = node.get(name)
    if type(instance) is not int or instance < 0:
        raise SourceError(f"{where}: expected 'instance_index' to be a whole number from 0; got {described(instance)}.")
    filename = node.get("filename")
    if filename is not None and not isinstance(filename, str):
        raise SourceError(f"{where}: expected 'filename' to be text; got {described(filename)}.")
    return Leaf(node, instance, where)


def _in_order(leaves: list[Leaf]) -> list[tuple[int, Leaf]]:
    """Leaves by ``instance_index``, each with its place among those given."""
    found = sorted(enumerate(leaves), key=lambda item: item[1].instance)
    for (_, one), (_, other) in zip(found, found[1:], strict=False):
        if one.instance == other.instance:
            raise SourceError(
                f"{other.where}: every leaf needs an 'instance_index' of its own, but {one.instance} is also that of another."
            )
    return found


def _own_height(nodes: list[dict[str, Any]], k: int, left: int, right: int, older: bool, where: str) -> float:
    """The height at which the node's two children merge."""
    if older:
        return math.sqrt(2 * _distance(nodes[k], k, where))
    told = {_distance(nodes[child], child, where) for child in (left, right) if "merging_distance" in nodes[child]}
    if not told:
        raise SourceError(
            f"{_place(nodes[left], left, where)}: expected a 'merging_distance', the height at which its parent merges; got none."
        )
    if max(told) - min(told) > ROUNDING * max(told):
        raise SourceError(
            f"{_place(nodes[k], k, where)}: expected its two children to have one 'merging_distance', that of their merge; "
            f"got {min(told):g} and {max(told):g}."
        )
    return max(told)


def _distance(node: dict[str, Any], k: int, where: str) -> float:
    value = node.get("merging_distance")
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= HIGHEST:
        raise SourceError(f"{_place(node, k, where)}: expected 'merging_distance' to be a number from 0; got {described(value)}.")
    return float(value)


def _merge_order(nodes: list[dict[str, Any]], inner: list[int], left: dict[int, int], right: dict[int, int], n: int) -> list[int]:
    """Order of the inner nodes, children before parents: that of ``node_index`` where it is one, else the last first."""
    told: list[Any] = [nodes[k].get("node_index") for k in inner]
    if sorted(index for index in told if type(index) is int) == list(range(n, n + len(inner))):
        index = dict(zip(inner, told, strict=True))
        if all(index.get(child, -1) < index[k] for k in inner for child in (left[k], right[k])):
            return sorted(range(len(inner)), key=lambda i: told[i])
    return list(range(len(inner) - 1, -1, -1))
