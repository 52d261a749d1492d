"""Room for thumbnails in a treemap: which clusters may still be split. ``layout.js`` of the canvas does the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from repgeom_core.hierarchy.arrangement import FADING, LEAST_GAP, Style, share_of
from repgeom_core.hierarchy.frames import SLACK, Plan

if TYPE_CHECKING:
    from repgeom_core.hierarchy.tree import Tree


class Room:
    """Whether a node's rectangle, as far as it is known while the cut goes on, has room for two thumbnails."""

    def __init__(self, tree: Tree, root: int, width: float, height: float, style: Style, refused: set[int]) -> None:
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
            first = share_of(length, left, right, style.thumb, style.thumb)
        self.turn[node] = len(self.turn)
        for child, part in zip(children, (first, length - first), strict=True):
            self.sides[child] = (part, h, pad * FADING) if w >= h else (w, part, pad * FADING)
        return True


def last_splits(tree: Tree, plan: Plan, small: list[int], turn: dict[int, int]) -> list[int]:
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
