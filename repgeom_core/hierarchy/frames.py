"""Frames and boxes of a treemap: which lies in which, before any has a place. ``layout.js`` of the canvas does the same."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    from repgeom_core.hierarchy.tree import Tree

SLACK = 1.25  # many small boxes do not tile a rectangle without rest


@dataclass
class Plan:
    """Frames and boxes in preorder: a frame at i, its first part at i + 1, its second at ``second[i]`` (−1: a box), its end at ``end[i]``.

    ``node`` −1: no frame that is seen, but a step on the way from one that is to more than two parts. ``boxes``: how many lie in it;
    ``places``: thumbnails it needs room for; ``target``: count of its samples. :mod:`repgeom_core.hierarchy.arrangement` fills the rest.
    """

    node: list[int] = field(default_factory=list)
    parent: list[int] = field(default_factory=list)
    depth: list[int] = field(default_factory=list)
    second: list[int] = field(default_factory=list)
    end: list[int] = field(default_factory=list)
    boxes: list[int] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    target: list[float] = field(default_factory=list)
    weight: list[float] = field(default_factory=list)
    across: list[bool] = field(default_factory=list)
    pad: list[float] = field(default_factory=list)
    x: list[float] = field(default_factory=list)
    y: list[float] = field(default_factory=list)
    w: list[float] = field(default_factory=list)
    h: list[float] = field(default_factory=list)
    strip: list[float] = field(default_factory=list)
    longest: float = 0.0


def plan_of(tree: Tree, root: int, visible: np.ndarray, one: float) -> Plan:
    """``one``: the count whose share of the canvas is one thumbnail."""
    boxes = _boxes_under(tree, root, visible)
    plan = Plan()
    waiting = [([root], -1, 0)]
    while waiting:
        parts, parent, depth = waiting.pop()
        i = len(plan.node)
        if parent >= 0 and i > parent + 1:
            plan.second[parent] = i
        seen = len(parts) == 1
        plan.node.append(parts[0] if seen else -1)
        plan.parent.append(parent)
        plan.depth.append(depth)
        plan.second.append(-1)
        plan.target.append(float(sum(int(tree.count[part]) for part in parts)))
        plan.boxes.append(sum(boxes[part] for part in parts))
        if seen and boxes[parts[0]] == 1:
            continue
        if seen:
            parts = _parts(tree, parts[0], boxes, one)
            depth += 1
        half = _half([max(float(tree.count[part]), boxes[part] * one) for part in parts])
        waiting += [(parts[half:], i, depth), (parts[:half], i, depth)]
    m = len(plan.node)
    plan.end = [i + 1 for i in range(m)]
    for i in range(m - 1, -1, -1):
        if plan.second[i] >= 0:
            plan.end[i] = plan.end[plan.second[i]]
    plan.places = [math.floor(boxes * SLACK) for boxes in plan.boxes]
    plan.across = [False] * m
    plan.x, plan.y, plan.w, plan.h, plan.strip = [0.0] * m, [0.0] * m, [0.0] * m, [0.0] * m, [0.0] * m
    return plan


def _boxes_under(tree: Tree, root: int, visible: np.ndarray) -> dict[int, int]:
    """How many visible clusters lie under each visible node."""
    boxes = {int(node): 1 for node in visible}
    inner, waiting = [], [root]
    while waiting:
        node = waiting.pop()
        if node not in boxes:
            inner.append(node)
            waiting += tree.children(node) or ()
    for node in reversed(inner):
        left, right = tree.children(node) or (node, node)
        boxes[node] = boxes[left] + boxes[right]
    return boxes


def _parts(tree: Tree, node: int, boxes: dict[int, int], one: float) -> list[int]:
    """What lies in the frame of ``node``: its children, and in place of those whose own frame is left out, what lies in that."""
    found, waiting = [], list(reversed(tree.children(node) or ()))
    while waiting:
        part = waiting.pop()
        left, right = tree.children(part) or (part, part)
        small = left if tree.count[left] < tree.count[right] else right
        if boxes[part] > 1 and float(tree.count[small]) < boxes[small] * one:
            waiting += [right, left]
        else:
            found.append(part)
    return found


def _half(weights: list[float]) -> int:
    """Where to cut a row of weights so that both sides weigh most alike: the first of equally good places."""
    total, before, best, half = 0.0, 0.0, float("inf"), 1
    for weight in weights:
        total += weight
    for place in range(1, len(weights)):
        before += weights[place - 1]
        apart = abs(total - 2 * before)
        if apart < best:
            best, half = apart, place
    return half
