"""Treemap of a tree's visible clusters: nested rectangles, areas after counts. ``layout.js`` of the canvas does the same, step by step.

Every visible cluster is a *box*, every node above it a *frame* around its two children, which lie side by side or one above the other in
dendrogram order. Boxes' areas are proportional to their counts, but for two bounds: no side is shorter than one thumbnail, and no box
much longer than wide as long as that costs little area. A place that is far larger than its box's share stays empty in part. A frame is
cut in the direction that makes the boxes within less oblong, not blindly across its longer side.

Beside a large cluster, one too small for thumbnails of its own (an outlier, or a link of a chain) would be a sliver along a whole side.
The frame around the two is left out: they lie in the frame above it, where small neighbours are put together, still in dendrogram order.

Which lies in which: ``frames.py``. Where: ``arrangement.py``. Which clusters may be split at all: ``room.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from repgeom_core.errors import GeometryError
from repgeom_core.hierarchy.arrangement import LONGEST, Style, arrange, totals, trim
from repgeom_core.hierarchy.cut import checked_root, cut
from repgeom_core.hierarchy.frames import Plan, plan_of
from repgeom_core.hierarchy.room import Room, last_splits

if TYPE_CHECKING:
    from repgeom_core.hierarchy.tree import Tree


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
    ``padding``: between the outermost frame and what it holds, less for each frame further in. ``strip``: height of label strips;
    frames too low for it have one of 11/18 of it, or none.

    Raises:
        GeometryError: a canvas without room for one thumbnail, or what :func:`repgeom_core.hierarchy.cut.cut` refuses.
    """
    root = checked_root(tree, root)
    if not (thumb > 0 and padding >= 0 and strip >= 0 and width >= thumb and height >= thumb):
        raise GeometryError(f"Expected a canvas of at least one thumbnail, got {width} x {height} pixels for thumbnails of {thumb}.")
    style = Style(float(thumb), float(padding), float(strip))
    refused: set[int] = set()
    while True:
        room = Room(tree, root, float(width), float(height), style, refused)
        plan = plan_of(tree, root, cut(tree, k, root, mode, room.splits), room.one)
        for longest in LONGEST:
            arrange(plan, style, longest, float(width), float(height))
            small = [i for i in range(1, len(plan.node)) if plan.second[i] < 0 and min(plan.w[i], plan.h[i]) < thumb - 1e-9]
            if not small:
                trim(plan, style)
                return _as_layout(tree, plan, root, k)
        # Without the last splits there, others have room, and the next in turn are tried.
        refused.update(last_splits(tree, plan, small, room.turn))


def _as_layout(tree: Tree, plan: Plan, root: int, k: int) -> Layout:
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
    area, target = totals(plan)
    widened = sum(plan.second[i] < 0 and plan.w[i] * plan.h[i] * target > 2 * area * plan.target[i] for i in seen)
    return Layout(nodes, np.array(parents), depth, x, y, w, h, strip, is_box, k, shown, reason, widened)
