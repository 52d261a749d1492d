"""Treemap of a tree's visible clusters: nested rectangles, areas after counts. ``layout.js`` of the canvas does the same, step by step.

Every visible cluster is a *box*, every node above it a *frame* around its two children, which lie side by side or one above the other in
dendrogram order. Boxes' areas are proportional to their counts, but for two bounds: no side is shorter than one thumbnail, and no box
much longer than wide as long as that costs little area. A place that is far larger than its box's share stays empty in part. A frame is
cut in the direction that makes the boxes within less oblong, not blindly across its longer side.

Beside a large cluster, one too small for thumbnails of its own (an outlier, or a link of a chain) would be a sliver along a whole side.
The frame around the two is left out: they lie in the frame above it, where small neighbours are put together, still in dendrogram order.

Loops over the visible nodes (some 200) are written so that JavaScript gives the same numbers: + − · ÷ of doubles in the same order.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from repgeom_core.errors import GeometryError
from repgeom_core.hierarchy.cut import checked_root, cut

if TYPE_CHECKING:
    from repgeom_core.hierarchy.tree import Tree

FADING = 0.6  # a frame's padding is this share of its parent's: however deep, all paddings together stay below 2½ of the first
LEAST_GAP = 1.0  # px between two children
TALL, WIDE = 24.0, 6.0  # a label strip stands where a frame is so many times as high and as wide as the strip
LONGEST = (5.0, 10.0)
"""A box so many times as long as wide is widened at its sibling's cost; the second bound is for where that leaves another no room."""
GROWN = 1.25
"""Neither is a box widened to more than so many times its share, nor does it fill a place that is larger, save for one thumbnail."""
CLEAR = 3.0  # a frame so many times as long as wide is cut across its longer side without a trial of the other
SLACK = 1.25  # many small boxes do not tile a rectangle without rest
ROUNDS = 8  # corrections of the weights for what frames take


@dataclass(frozen=True)
class Layout:
    """Rectangles (m,), frames before what they hold, all in dendrogram order; lengths in pixels from the canvas's upper left corner.

    ``node (m,)``; ``parent (m,)``: place in these arrays of the frame around it (some nodes have none, see above), −1 for the first;
    ``depth (m,)``: frames around it;
    ``x, y, w, h (m,)``; ``strip (m,)``: height of the label strip at its upper edge, 0 where there is none; ``is_box (m,)``: a visible
    cluster, else a frame. ``asked`` and ``shown`` clusters, and the ``reason`` where they differ; ``widened``: how many of them have more
    than twice their share of the boxes' area, since a thumbnail needs it.
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
    widened: int

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
    style = _Style(float(thumb), float(padding), float(strip))
    refused: set[int] = set()
    while True:
        room = _Room(tree, root, float(width), float(height), style, refused)
        plan = _plan(tree, root, cut(tree, k, root, mode, room.splits), room.one)
        for longest in LONGEST:
            _arrange(plan, style, longest, float(width), float(height))
            small = [i for i in range(1, len(plan.node)) if plan.second[i] < 0 and min(plan.w[i], plan.h[i]) < thumb - 1e-9]
            if not small:
                _trim(plan, style)
                return _as_layout(tree, plan, root, k)
        # Without the last splits there, others have room, and the next in turn are tried.
        refused.update(_last_splits(tree, plan, small, room.turn))


def _last_splits(tree: Tree, plan: _Plan, small: list[int], turn: dict[int, int]) -> list[int]:
    """For every two boxes without room in one frame, the last split under that frame."""
    crowded: dict[int, int] = {}
    for i in small:
        frame = plan.parent[i]
        while plan.node[frame] < 0:
            frame = plan.parent[frame]
        crowded[plan.node[frame]] = crowded.get(plan.node[frame], 0) + 1
    found: set[int] = set()
    for frame, many in crowded.items():
        first, last = tree.start[frame], tree.start[frame] + tree.count[frame]
        under = [node for node in turn if node <= frame and first <= tree.start[node] < last]
        found.update(sorted(under, key=lambda node: -turn[node])[: (many + 1) // 2])
    return sorted(found)


@dataclass(frozen=True)
class _Style:
    thumb: float
    padding: float
    strip: float

    def pad(self, depth: int) -> float:
        pad = self.padding
        for _ in range(depth):
            pad *= FADING
        return pad

    def strip_of(self, w: float, h: float) -> float:
        return self.strip if h >= TALL * self.strip and w >= WIDE * self.strip else 0.0


@dataclass
class _Plan:
    """Frames and boxes in preorder: a frame at i, its first part at i + 1, its second at ``second[i]`` (−1: a box), its end at ``end[i]``.

    ``node`` −1: no frame that is seen, but a step on the way from one that is to more than two parts.
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
    longest: float = LONGEST[0]


def _plan(tree: Tree, root: int, visible: np.ndarray, one: float) -> _Plan:
    """``one``: the count whose share of the canvas is one thumbnail."""
    boxes = _boxes_under(tree, root, visible)
    plan = _Plan()
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


def _arrange(plan: _Plan, style: _Style, longest: float, width: float, height: float) -> None:
    """Rectangles of all nodes: directions first, then weights so that the boxes' areas are their targets."""
    m = len(plan.node)
    plan.longest, plan.weight = longest, list(plan.target)
    pads = [style.pad(depth) for depth in range(max(plan.depth) + 1)]
    plan.pad = [pads[depth] if node >= 0 else 0.0 for node, depth in zip(plan.node, plan.depth, strict=True)]
    plan.w[0], plan.h[0] = width, height
    for i in range(m):
        plan.strip[i] = _strip(plan, style, i)
        if plan.second[i] >= 0:
            plan.across[i] = _better(plan, style, i)
            _place(plan, style, i, plan.across[i])
    for _ in range(ROUNDS):
        _reweigh(plan)
        for i in range(m):
            if plan.second[i] >= 0:
                _place(plan, style, i, plan.across[i])


def _better(plan: _Plan, style: _Style, i: int) -> bool:
    """Whether the children of frame ``i`` lie side by side: with all frames below cut across their longer sides, which is better?"""
    w, h = plan.w[i], plan.h[i] - plan.strip[i]
    long_first = w >= h
    if max(w, h) >= CLEAR * min(w, h):
        return long_first
    usual = _cost(plan, style, i, long_first)
    return long_first if _cost(plan, style, i, not long_first, usual) >= usual else not long_first


def _cost(plan: _Plan, style: _Style, i: int, across: bool, bound: float = float("inf")) -> float:
    """Sum over the boxes below of (long side / short side)²; no longer exact once above ``bound``."""
    cost, second, all_w, all_h, strip = 0.0, plan.second, plan.w, plan.h, plan.strip
    _place(plan, style, i, across)
    for j in range(i + 1, plan.end[i]):
        w, h = all_w[j], all_h[j]
        if second[j] >= 0:
            strip[j] = _strip(plan, style, j)
            _place(plan, style, j, w >= h - strip[j])
        else:
            long, short = (w, h) if w > h else (h, w)
            aspect = long / short if short > 1e-3 else long / 1e-3
            cost += aspect * aspect
            if cost >= bound:
                break
    return cost


def _strip(plan: _Plan, style: _Style, i: int) -> float:
    return style.strip_of(plan.w[i], plan.h[i]) if plan.node[i] >= 0 else 0.0


def _place(plan: _Plan, style: _Style, i: int, across: bool) -> None:
    """Rectangles of the two parts of frame ``i``, side by side or one above the other."""
    a, b, pad, strip = i + 1, plan.second[i], plan.pad[i], plan.strip[i]  # comparisons below: max() is slow here
    gap = pad if pad > LEAST_GAP else LEAST_GAP
    x, y = plan.x[i] + pad, plan.y[i] + pad + strip
    w, h = plan.w[i] - 2 * pad, plan.h[i] - 2 * pad - strip
    w, h = w if w > 0 else 0.0, h if h > 0 else 0.0
    length, breadth = (w - gap, h) if across else (h - gap, w)
    length = length if length > 0 else 0.0
    # What each part needs: lines of thumbnails across it, one in each box, and no box too oblong where that is cheap.
    side = style.thumb + LEAST_GAP
    in_line = int((breadth + LEAST_GAP) / side + 1e-9) or 1
    least, other = -(-plan.places[a] // in_line) * side - LEAST_GAP, -(-plan.places[b] // in_line) * side - LEAST_GAP
    wide, other_wide = breadth / (plan.longest * plan.boxes[a]), breadth / (plan.longest * plan.boxes[b])
    grown = GROWN * length / (plan.target[a] + plan.target[b])
    most, other_most = grown * plan.target[a], grown * plan.target[b]
    wide, other_wide = wide if wide < most else most, other_wide if other_wide < other_most else other_most
    least, other = wide if wide > least else least, other_wide if other_wide > other else other
    first = _share(length, plan.weight[a], plan.weight[b], least, other)
    if across:
        plan.x[a], plan.y[a], plan.w[a], plan.h[a] = x, y, first, h
        plan.x[b], plan.y[b], plan.w[b], plan.h[b] = x + first + gap, y, length - first, h
    else:
        plan.x[a], plan.y[a], plan.w[a], plan.h[a] = x, y, w, first
        plan.x[b], plan.y[b], plan.w[b], plan.h[b] = x, y + first + gap, w, length - first


def _share(length: float, weight: float, other: float, least: float, other_least: float) -> float:
    """What the first child gets of a length: after the weights, but at least what each needs while there is enough."""
    if least + other_least > length:
        return length * least / (least + other_least)
    first, most = length * weight / (weight + other), length - other_least
    return least if first < least else most if first > most else first


def _reweigh(plan: _Plan) -> None:
    """Boxes whose area is too large for their count weigh less in the next round."""
    area, target = _totals(plan)
    for i in range(len(plan.node) - 1, -1, -1):
        if plan.second[i] < 0:
            plan.weight[i] *= (plan.target[i] / target) / max(plan.w[i] * plan.h[i] / area, 1e-9)
        else:
            plan.weight[i] = plan.weight[i + 1] + plan.weight[plan.second[i]]


def _trim(plan: _Plan, style: _Style) -> None:
    """A box larger than ``GROWN`` times its share leaves the rest of its place empty, its long side's first; one thumbnail fits still."""
    area, target = _totals(plan)
    for i in range(len(plan.node)):
        if plan.second[i] < 0:
            most = GROWN * area * plan.target[i] / target
            long, short = (plan.w, plan.h) if plan.w[i] > plan.h[i] else (plan.h, plan.w)
            long[i] = min(long[i], max(style.thumb, most / short[i]))
            short[i] = min(short[i], max(style.thumb, most / long[i]))


def _totals(plan: _Plan) -> tuple[float, float]:
    """Area and count of all boxes."""
    area, target = 0.0, 0.0
    for i in range(len(plan.node)):
        if plan.second[i] < 0:
            area += plan.w[i] * plan.h[i]
            target += plan.target[i]
    return area, target


class _Room:
    """Whether a node's rectangle, as far as it is known while the cut goes on, has room for two thumbnails."""

    def __init__(self, tree: Tree, root: int, width: float, height: float, style: _Style, refused: set[int]) -> None:
        self.tree, self.style, self.refused = tree, style, refused
        self.sides = {root: (width, height, style.padding)}
        self.turn: dict[int, int] = {}  # of the nodes that were split
        self.one = style.thumb * style.thumb * float(tree.count[root]) / (width * height)

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
        if min(left, right) < self.one:  # they will lie in the frame above: a thumbnail's area is all that the small one takes
            first = style.thumb * min(style.thumb * SLACK / breadth, 1.0)
            if right < left:
                first = length - first
        else:
            first = _share(length, left, right, style.thumb, style.thumb)
        self.turn[node] = len(self.turn)
        for child, part in zip(children, (first, length - first), strict=True):
            self.sides[child] = (part, h, pad * FADING) if w >= h else (w, part, pad * FADING)
        return True


def _as_layout(tree: Tree, plan: _Plan, root: int, k: int) -> Layout:
    seen = [i for i in range(len(plan.node)) if plan.node[i] >= 0]
    place = {i: at for at, i in enumerate(seen)}
    parents = []
    for i in seen:
        above = plan.parent[i]
        while above >= 0 and plan.node[above] < 0:
            above = plan.parent[above]
        parents.append(place.get(above, -1))
    is_box = np.array([plan.second[i] < 0 for i in seen])
    shown = int(is_box.sum())
    reason = None
    if shown < k:
        few = int(tree.count[root]) == shown
        reason = "every sample is a cluster of its own" if few else "the canvas has no room for thumbnails in more"
    x, y, w, h, strip = (np.array([values[i] for i in seen]) for values in (plan.x, plan.y, plan.w, plan.h, plan.strip))
    nodes, depth = np.array([plan.node[i] for i in seen]), np.array([plan.depth[i] for i in seen])
    area, target = _totals(plan)
    widened = sum(plan.second[i] < 0 and plan.w[i] * plan.h[i] * target > 2 * area * plan.target[i] for i in seen)
    return Layout(nodes, np.array(parents), depth, x, y, w, h, strip, is_box, k, shown, reason, widened)
