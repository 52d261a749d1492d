"""Treemap of a tree's visible clusters: nested rectangles, areas after counts. ``layout.js`` of the canvas does the same, step by step.

Every visible cluster is a *box*, every node above it a *frame* around its two children, which lie side by side or one above the other in
dendrogram order. Boxes' areas are proportional to their counts, but for two bounds: no side is shorter than one thumbnail, and no box
much longer than wide. A frame is cut in the direction that makes the boxes within less oblong, not blindly across its longer side.

Loops over the visible nodes (some 200) are written so that JavaScript gives the same numbers: + − · ÷ of doubles in the same order.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from repgeom_core.errors import GeometryError
from repgeom_core.hierarchy.cut import checked_root, cut

if TYPE_CHECKING:
    from repgeom_core.hierarchy.tree import Tree

FADING = 0.75  # a frame's padding is this share of its parent's: however deep, all paddings together stay below 4 of the first
LEAST_GAP = 1.0  # px between two children
TALL, WIDE = 20.0, 6.0  # a label strip stands where a frame is so many times as high and as wide as the strip
LONGEST = (
    5.0,
    10.0,
    20.0,
    1e9,
)  # a box so many times as long as wide is widened at its sibling's cost; the next bound where that leaves some out
ROUNDS = 8  # corrections of the weights for what frames take


@dataclass(frozen=True)
class Layout:
    """Rectangles (m,), frames before what they hold, all in dendrogram order; lengths in pixels from the canvas's upper left corner.

    ``node (m,)``; ``parent (m,)``: place of the frame around it in these arrays, −1 for the first; ``depth (m,)``: frames around it;
    ``x, y, w, h (m,)``; ``strip (m,)``: height of the label strip at its upper edge, 0 where there is none; ``is_box (m,)``: a visible
    cluster, else a frame. ``asked`` and ``shown`` clusters, and the ``reason`` where they differ.
    """

    node: np.ndarray
    parent: np.ndarray
    depth: np.ndarray
    x: np.ndarray
    y: np.ndarray
    w: np.ndarray
    h: np.ndarray
    strip: np.ndarray
    is_box: np.ndarray
    asked: int
    shown: int
    reason: str | None

    @property
    def boxes(self) -> np.ndarray:
        """Nodes (shown,) of the visible clusters in dendrogram order."""
        return self.node[self.is_box]


def layout(
    tree: Tree,
    k: int,
    width: float,
    height: float,
    root: int | None = None,
    mode: str = "height",
    thumb: float = 32.0,
    padding: float = 2.0,
    strip: float = 12.0,
) -> Layout:
    """The ``k`` clusters of :func:`repgeom_core.hierarchy.cut.cut` under ``root`` on a canvas of ``width`` x ``height`` pixels.

    ``thumb``: side of a thumbnail; a cluster is not split where a part would have no room for one, and the next in turn is split instead.
    ``padding``: between the outermost frame and what it holds, less for each frame further in. ``strip``: height of label strips.

    Raises:
        GeometryError: a canvas without room for one thumbnail, or what :func:`repgeom_core.hierarchy.cut.cut` refuses.
    """
    root = checked_root(tree, root)
    if not (thumb > 0 and padding >= 0 and strip >= 0 and width >= thumb and height >= thumb):
        raise GeometryError(f"Expected a canvas of at least one thumbnail, got {width} x {height} pixels for thumbnails of {thumb}.")
    wanted, best = min(k, int(tree.count[root])), _Plan()
    for longest in LONGEST:
        style = _Style(float(thumb), float(padding), float(strip), longest)
        plan = _with_room(tree, root, k, mode, float(width), float(height), style)
        if len(plan.node) > len(best.node):
            best = plan
        if len(best.node) == 2 * wanted - 1:
            break
    return _as_layout(tree, best, root, k)


def _with_room(tree: Tree, root: int, k: int, mode: str, width: float, height: float, style: _Style) -> _Plan:
    """The arrangement of as many of ``k`` clusters as have room for a thumbnail."""
    refused: set[int] = set()
    while True:
        room = _Room(tree, root, width, height, style, refused)
        plan = _plan(tree, root, cut(tree, k, root, mode, room.splits))
        _arrange(plan, style, width, height)
        least = style.thumb - 1e-9
        small = [i for i in range(1, len(plan.node)) if plan.second[i] < 0 and min(plan.w[i], plan.h[i]) < least]
        if not small:
            return plan
        # Neighbours that were split later have taken its room: without these splits, the next in turn are tried.
        refused.update(plan.node[plan.parent[i]] for i in small)


@dataclass(frozen=True)
class _Style:
    thumb: float
    padding: float
    strip: float
    longest: float

    def pad(self, depth: int) -> float:
        pad = self.padding
        for _ in range(depth):
            pad *= FADING
        return pad

    def strip_of(self, w: float, h: float) -> float:
        return self.strip if h >= TALL * self.strip and w >= WIDE * self.strip else 0.0


@dataclass
class _Plan:
    """The visible nodes in preorder: a frame at i, its first child at i + 1, its second at ``second[i]`` (−1: a box), its end
    at ``end[i]``."""

    node: list[int] = field(default_factory=list)
    parent: list[int] = field(default_factory=list)
    depth: list[int] = field(default_factory=list)
    second: list[int] = field(default_factory=list)
    end: list[int] = field(default_factory=list)
    boxes: list[int] = field(default_factory=list)
    target: list[float] = field(default_factory=list)
    weight: list[float] = field(default_factory=list)
    across: list[bool] = field(default_factory=list)
    pad: list[float] = field(default_factory=list)
    x: list[float] = field(default_factory=list)
    y: list[float] = field(default_factory=list)
    w: list[float] = field(default_factory=list)
    h: list[float] = field(default_factory=list)
    strip: list[float] = field(default_factory=list)


def _plan(tree: Tree, root: int, visible: np.ndarray) -> _Plan:
    shown, plan = set(visible.tolist()), _Plan()
    waiting = [(root, -1, 0)]
    while waiting:
        node, parent, depth = waiting.pop()
        i = len(plan.node)
        if parent >= 0 and i > parent + 1:
            plan.second[parent] = i
        plan.node.append(node)
        plan.parent.append(parent)
        plan.depth.append(depth)
        plan.second.append(-1)
        if node not in shown:
            left, right = tree.children(node) or (node, node)
            waiting += [(right, i, depth + 1), (left, i, depth + 1)]
    m = len(plan.node)
    plan.end, plan.boxes = [i + 1 for i in range(m)], [1] * m
    plan.target = [float(tree.count[node]) for node in plan.node]
    plan.weight = list(plan.target)
    for i in range(m - 1, -1, -1):
        if plan.second[i] >= 0:
            plan.end[i] = plan.end[plan.second[i]]
            plan.boxes[i] = plan.boxes[i + 1] + plan.boxes[plan.second[i]]
    plan.across = [False] * m
    plan.x, plan.y, plan.w, plan.h, plan.strip = [0.0] * m, [0.0] * m, [0.0] * m, [0.0] * m, [0.0] * m
    return plan


def _arrange(plan: _Plan, style: _Style, width: float, height: float) -> None:
    """Rectangles of all nodes: directions first, then weights so that the boxes' areas are their targets."""
    m = len(plan.node)
    pads = [style.pad(depth) for depth in range(max(plan.depth) + 1)]
    plan.pad = [pads[depth] for depth in plan.depth]
    plan.w[0], plan.h[0] = width, height
    for i in range(m):
        plan.strip[i] = style.strip_of(plan.w[i], plan.h[i])
        if plan.second[i] >= 0:
            plan.across[i] = _better(plan, style, i)
            _place(plan, style, i, plan.across[i])
    for _ in range(ROUNDS):
        _reweigh(plan)
        for i in range(m):
            plan.strip[i] = style.strip_of(plan.w[i], plan.h[i])
            if plan.second[i] >= 0:
                _place(plan, style, i, plan.across[i])


def _better(plan: _Plan, style: _Style, i: int) -> bool:
    """Whether the children of frame ``i`` lie side by side: with all frames below cut across their longer sides, which is better?"""
    long_first = plan.w[i] >= plan.h[i] - plan.strip[i]
    if _cost(plan, style, i, not long_first) < _cost(plan, style, i, long_first):
        return not long_first
    return long_first


def _cost(plan: _Plan, style: _Style, i: int, across: bool) -> float:
    """Sum over the boxes below of (long side / short side)²."""
    cost = 0.0
    _place(plan, style, i, across)
    for j in range(i + 1, plan.end[i]):
        w, h = plan.w[j], plan.h[j]
        if plan.second[j] >= 0:
            plan.strip[j] = style.strip_of(w, h)
            _place(plan, style, j, w >= h - plan.strip[j])
        else:
            side = max(min(w, h), 1e-3)
            aspect = max(w, h) / side
            cost += aspect * aspect
    return cost


def _place(plan: _Plan, style: _Style, i: int, across: bool) -> None:
    """Rectangles of the two children of frame ``i``, side by side or one above the other."""
    a, b = i + 1, plan.second[i]
    pad, gap = plan.pad[i], max(plan.pad[i], LEAST_GAP)
    x, y = plan.x[i] + pad, plan.y[i] + pad + plan.strip[i]
    w, h = max(plan.w[i] - 2 * pad, 0.0), max(plan.h[i] - 2 * pad - plan.strip[i], 0.0)
    length, breadth = (w, h) if across else (h, w)
    length = max(length - gap, 0.0)
    first = _share(length, plan.weight[a], plan.weight[b], _least(style, breadth, plan.boxes[a]), _least(style, breadth, plan.boxes[b]))
    if across:
        plan.x[a], plan.y[a], plan.w[a], plan.h[a] = x, y, first, h
        plan.x[b], plan.y[b], plan.w[b], plan.h[b] = x + first + gap, y, length - first, h
    else:
        plan.x[a], plan.y[a], plan.w[a], plan.h[a] = x, y, w, first
        plan.x[b], plan.y[b], plan.w[b], plan.h[b] = x, y + first + gap, w, length - first


def _least(style: _Style, breadth: float, boxes: int) -> float:
    """The length that a child with so many boxes needs: room for a thumbnail in each, and no box too oblong."""
    side = style.thumb + LEAST_GAP
    return max(style.thumb, (boxes - 1) * side * side / max(breadth, side), breadth / (style.longest * boxes))


def _share(length: float, weight: float, other: float, least: float, other_least: float) -> float:
    """What the first child gets of a length: after the weights, but at least what each needs while there is enough."""
    if least + other_least > length:
        return length * least / (least + other_least)
    return min(max(length * weight / (weight + other), least), length - other_least)


def _reweigh(plan: _Plan) -> None:
    """Boxes whose area is too large for their count weigh less in the next round."""
    m, area, target = len(plan.node), 0.0, 0.0
    for i in range(m):
        if plan.second[i] < 0:
            area += plan.w[i] * plan.h[i]
            target += plan.target[i]
    for i in range(m - 1, -1, -1):
        if plan.second[i] < 0:
            plan.weight[i] *= (plan.target[i] / target) / max(plan.w[i] * plan.h[i] / area, 1e-9)
        else:
            plan.weight[i] = plan.weight[i + 1] + plan.weight[plan.second[i]]


class _Room:
    """Whether a node's rectangle, as far as it is known while the cut goes on, has room for two thumbnails."""

    def __init__(self, tree: Tree, root: int, width: float, height: float, style: _Style, refused: set[int]) -> None:
        self.tree, self.style, self.refused = tree, style, refused
        self.sides = {root: (width, height, style.padding)}

    def splits(self, node: int) -> bool:
        if node in self.refused:
            return False
        w, h, pad = self.sides[node]
        gap, style = max(pad, LEAST_GAP), self.style
        w, h = w - 2 * pad, h - 2 * pad - style.strip_of(w, h)
        length, breadth = max(w, h) - gap, min(w, h)
        if breadth < style.thumb or length < 2 * style.thumb:
            return False
        children = self.tree.children(node) or (node, node)
        left, right = (float(self.tree.count[child]) for child in children)
        least = _least(style, breadth, 1)
        first = _share(length, left, right, least, least)
        for child, part in zip(children, (first, length - first), strict=True):
            self.sides[child] = (part, h, pad * FADING) if w >= h else (w, part, pad * FADING)
        return True


def _as_layout(tree: Tree, plan: _Plan, root: int, k: int) -> Layout:
    is_box = np.array([second < 0 for second in plan.second])
    shown = int(is_box.sum())
    reason = None
    if shown < k:
        few = int(tree.count[root]) == shown
        reason = "every sample is a cluster of its own" if few else "the canvas has no room for thumbnails in more"
    lengths = (np.array(getattr(plan, name)) for name in ("x", "y", "w", "h", "strip"))
    return Layout(np.array(plan.node), np.array(plan.parent), np.array(plan.depth), *lengths, is_box, k, shown, reason)
