"""The line that cuts a dendrogram: between which heights it moves, and where it can be put so that every number of clusters is reached."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from repgeom_core.hierarchy.cut import checked_root, cut, merges_above

if TYPE_CHECKING:
    from repgeom_core.hierarchy.tree import Tree

MOST = 100  # clusters
DEEP = 5.0  # from so many times its lowest height to its highest on, the line moves on a log scale
STEPS = 400
BELOW = 0.1  # room under the lowest merge, where none that is not split gives the line a lowest height; a share of the scale


@dataclass(frozen=True)
class CutLine:
    """``heights (most,)``, descending: with a threshold ``heights[k - 1] <= t < heights[k - 2]`` there are ``k`` clusters."""

    heights: np.ndarray

    @property
    def top(self) -> float:
        """Height of the root."""
        return float(self.heights[0])

    @property
    def low(self) -> float:
        """The lowest that the line goes; positive unless all merges are at height 0."""
        low, split = float(self.heights[-1]), self.heights[:-1][self.heights[:-1] > 0]
        if not len(split) or low > 0:
            return low
        lowest = float(split[-1])
        if self.top > DEEP * lowest:
            return lowest * (lowest / self.top) ** BELOW
        return max(lowest - BELOW * ((self.top - lowest) or lowest), lowest / 2)

    @property
    def log(self) -> bool:
        """Whether its scale, and the axis it moves along, is a log one."""
        return bool(self.top > DEEP * self.low > 0)

    def between(self, k: int) -> tuple[float, float] | None:
        """The heights between which there are ``k`` clusters; None where merges of equal height lie between: then no line gives ``k``."""
        if not 2 <= k <= len(self.heights):
            return None
        low, high = max(float(self.heights[k - 1]), self.low), float(self.heights[k - 2])
        return (low, high) if low < high else None

    def choices(self) -> list[int]:
        """The numbers of clusters that the line can give."""
        return [k for k in range(2, len(self.heights) + 1) if self.between(k) is not None]

    def stops(self, steps: int = STEPS) -> list[float]:
        """Heights at even steps of its scale, rounded, and one more for each number of clusters that they would miss; ascending."""
        scale = np.geomspace if self.log else np.linspace
        even = {float(f"{height:.5g}") for height in scale(self.low, self.top, steps + 1)}
        found = {height for height in even if self.low <= height < self.top}
        for k in self.choices():
            low, high = self.between(k) or (0.0, 0.0)
            if not any(low <= height < high for height in found):
                found.add(_rounded(low, high))
        return sorted(found)

    def stop(self, k: int) -> float | None:
        """The stop in the middle of those that give ``k`` clusters."""
        within = self.between(k)
        if within is None:
            return None
        found = [height for height in self.stops() if within[0] <= height < within[1]]
        return found[len(found) // 2]


def cut_line(tree: Tree, root: int | None = None, most: int = MOST) -> CutLine:
    """Under ``root`` (default: of the tree), for up to ``most`` clusters."""
    root = checked_root(tree, root)
    nodes = cut(tree, most, root)
    split = np.sort(tree.own_height[merges_above(tree, nodes, root)])[::-1]
    return CutLine(np.append(split, tree.own_height[nodes].max()).astype(np.float64))


def _rounded(low: float, high: float) -> float:
    """A height in ``low <= height < high`` of as few digits as there can be."""
    middle = (low + high) / 2
    return next((short for digits in range(4, 17) if low <= (short := float(f"{middle:.{digits}g}")) < high), low)
