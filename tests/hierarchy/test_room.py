"""Room for thumbnails: which clusters may still be split, and which splits are taken back."""

from __future__ import annotations

import numpy as np
from scipy.cluster.hierarchy import linkage

from repgeom_core.hierarchy.arrangement import Style
from repgeom_core.hierarchy.cut import cut
from repgeom_core.hierarchy.files.scipy_matrix import from_scipy
from repgeom_core.hierarchy.frames import plan_of
from repgeom_core.hierarchy.room import Room, last_splits

TREE = from_scipy(linkage(np.random.default_rng(0).normal(size=(200, 3)), "ward"), "ward")
STYLE = Style(32.0, 2.0, 12.0)


def room(width: float, height: float, refused: set[int] | None = None) -> Room:
    return Room(TREE, TREE.root, width, height, STYLE, refused or set())


def test_two_thumbnails_need_room_for_two_and_what_lies_between() -> None:
    assert room(80, 40).splits(TREE.root)
    assert not room(66, 40).splits(TREE.root)  # 2 · 32 + two paddings + one gap
    assert not room(80, 35).splits(TREE.root)
    assert not room(800, 600, {TREE.root}).splits(TREE.root)


def test_no_more_clusters_than_thumbnails_fit() -> None:
    for side in (70, 150, 300):
        assert len(cut(TREE, 200, splittable=room(side, side).splits)) <= (side / 32) ** 2


def test_of_two_boxes_without_room_the_last_split_above_is_taken_back() -> None:
    splits = room(900, 600)
    visible = cut(TREE, 30, splittable=splits.splits)
    plan = plan_of(TREE, TREE.root, visible, 0.0)
    boxes = [i for i in range(len(plan.node)) if plan.second[i] < 0]
    pair = next((i, j) for i, j in zip(boxes, boxes[1:], strict=False) if plan.parent[i] == plan.parent[j])
    assert last_splits(TREE, plan, list(pair), splits.turn) == [plan.node[plan.parent[pair[0]]]]
    assert len(last_splits(TREE, plan, boxes, splits.turn)) >= len(boxes) // 3
