"""Rectangles of a treemap's frames and boxes: directions first, then weights that make areas proportional. As ``layout.js``.

Loops over the visible nodes (some 200) are written so that JavaScript gives the same numbers: + − · ÷ of doubles in the same order.
"""

from __future__ import annotations

from dataclasses import dataclass

from repgeom_core.hierarchy.frames import Plan

FADING = 0.6  # a frame's padding is this share of its parent's: however deep, all paddings together stay below 2½ of the first
LEAST_GAP = 1.0  # px between two children
TALL, WIDE = 24.0, 6.0  # a label strip stands where a frame is so many times as high and as wide as the strip
LOW, LOW_TALL = 11 / 18, 16.0  # elsewhere one of so much of its height, where a frame is so many times as high as that
LONGEST = (5.0, 10.0)
"""A box so many times as long as wide is widened at its sibling's cost; the second bound is for where that leaves another no room."""
GROWN = 1.25
"""Neither is a box widened to more than so many times its share, nor does it fill a place that is larger, save for one thumbnail."""
CLEAR = 3.0  # a frame so many times as long as wide is cut across its longer side without a trial of the other
ROUNDS = 8  # corrections of the weights for what frames take


@dataclass(frozen=True)
class Style:
    """Lengths in pixels: side of a thumbnail, padding of the outermost frame, height of a label strip."""

    thumb: float
    padding: float
    strip: float

    def pad(self, depth: int) -> float:
        pad = self.padding
        for _ in range(depth):
            pad *= FADING
        return pad

    def strip_of(self, w: float, h: float) -> float:
        if h >= TALL * self.strip and w >= WIDE * self.strip:
            return self.strip
        low = LOW * self.strip
        return low if h >= LOW_TALL * low and w >= WIDE * low else 0.0


def arrange(plan: Plan, style: Style, longest: float, width: float, height: float) -> None:
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


def _better(plan: Plan, style: Style, i: int) -> bool:
    """Whether the children of frame ``i`` lie side by side: with all frames below cut across their longer sides, which is better?"""
    w, h = plan.w[i], plan.h[i] - plan.strip[i]
    long_first = w >= h
    if max(w, h) >= CLEAR * min(w, h):
        return long_first
    usual = _cost(plan, style, i, long_first)
    return long_first if _cost(plan, style, i, not long_first, usual) >= usual else not long_first


def _cost(plan: Plan, style: Style, i: int, across: bool, bound: float = float("inf")) -> float:
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


def _strip(plan: Plan, style: Style, i: int) -> float:
    return style.strip_of(plan.w[i], plan.h[i]) if plan.node[i] >= 0 else 0.0


def _place(plan: Plan, style: Style, i: int, across: bool) -> None:
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
    first = share_of(length, plan.weight[a], plan.weight[b], least, other)
    if across:
        plan.x[a], plan.y[a], plan.w[a], plan.h[a] = x, y, first, h
        plan.x[b], plan.y[b], plan.w[b], plan.h[b] = x + first + gap, y, length - first, h
    else:
        plan.x[a], plan.y[a], plan.w[a], plan.h[a] = x, y, w, first
        plan.x[b], plan.y[b], plan.w[b], plan.h[b] = x, y + first + gap, w, length - first


def share_of(length: float, weight: float, other: float, least: float, other_least: float) -> float:
    """What the first child gets of a length: after the weights, but at least what each needs while there is enough."""
    if least + other_least > length:
        return length * least / (least + other_least)
    first, most = length * weight / (weight + other), length - other_least
    return least if first < least else most if first > most else first


def _reweigh(plan: Plan) -> None:
    """Boxes whose area is too large for their count weigh less in the next round."""
    area, target = totals(plan)
    for i in range(len(plan.node) - 1, -1, -1):
        if plan.second[i] < 0:
            plan.weight[i] *= (plan.target[i] / target) / max(plan.w[i] * plan.h[i] / area, 1e-9)
        else:
            plan.weight[i] = plan.weight[i + 1] + plan.weight[plan.second[i]]


def trim(plan: Plan, style: Style) -> None:
    """A box larger than ``GROWN`` times its share leaves the rest of its place empty, its long side's first; one thumbnail fits still."""
    area, target = totals(plan)
    for i in range(len(plan.node)):
        if plan.second[i] < 0:
            most = GROWN * area * plan.target[i] / target
            long, short = (plan.w, plan.h) if plan.w[i] > plan.h[i] else (plan.h, plan.w)
            long[i] = min(long[i], max(style.thumb, most / short[i]))
            short[i] = min(short[i], max(style.thumb, most / long[i]))


def totals(plan: Plan) -> tuple[float, float]:
    """Area and count of all boxes."""
    area, target = 0.0, 0.0
    for i in range(len(plan.node)):
        if plan.second[i] < 0:
            area += plan.w[i] * plan.h[i]
            target += plan.target[i]
    return area, target
