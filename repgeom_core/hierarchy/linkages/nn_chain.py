"""The nearest-neighbour chain (Murtagh 1983) with Lance-Williams updates: agglomerative clustering in the memory of its distances."""

from __future__ import annotations

import numpy as np

from repgeom_core.linalg.machine_code import compiled

SINGLE, COMPLETE, AVERAGE, WARD = range(4)
RULES = {"single": SINGLE, "complete": COMPLETE, "average": AVERAGE, "ward": WARD}


class Chain:
    """Agglomerative clustering of units that hold ``counts (u,)`` samples each.

    ``distances (u(u - 1)/2,)`` float64, condensed row by row as scipy's, are overwritten; for ``WARD`` they are squared. After ``merge``
    was called for all of the u - 1 merges, merge ``i`` joins the nodes ``left[i]`` and ``right[i]`` (units ``0..u-1``, merges ``u + i``)
    at ``height[i]``. Merges are in the order in which the chain finds them: after their children, not sorted by height.
    """

    def __init__(self, distances: np.ndarray, counts: np.ndarray, rule: int) -> None:
        units = len(counts)
        self.left, self.right = np.empty(max(units - 1, 0), np.int64), np.empty(max(units - 1, 0), np.int64)
        self.height = np.empty(max(units - 1, 0))
        self.done = 0
        self._distances, self._rule = distances, rule
        # Of the cluster at each place of the distances:
        self._count, self._node = np.array(counts, np.float64), np.arange(units)
        self._living = np.arange(units)  # places, ascending, whose cluster is not yet part of another
        self._chain = np.empty(0, np.int64)  # of places, each the nearest to the one before

    def merge(self, some: int) -> None:
        """Does the next ``some`` merges."""
        until = min(self.done + some, len(self.left))
        merged = self.left[self.done : until], self.right[self.done : until], self.height[self.done : until]
        first = len(self.left) + 1 + self.done
        self._living, self._chain = _merges(self._distances, self._rule, self._count, self._node, self._living, self._chain, first, *merged)
        self.done = until
        if 2 * len(self._living) < len(self._count):
            self._close_gaps()

    def _close_gaps(self) -> None:
        """Moves what is left of the distances together: soon it fits the processor's caches."""
        _move_together(self._distances, len(self._count), self._living)
        self._chain = np.searchsorted(self._living, self._chain)
        self._count, self._node = self._count[self._living], self._node[self._living]
        self._living = np.arange(len(self._living))


@compiled()
def _place(n, i, j):  # type: ignore[no-untyped-def]
    """Where the distance of i and j > i lies among the condensed distances of n."""
    return n * i - i * (i + 1) // 2 + j - i - 1


@compiled()
def _move_together(distances, n, kept):  # type: ignore[no-untyped-def]
    """Condensed distances of the places ``kept`` (ascending) to the head of the array."""
    to = 0
    for a in range(len(kept)):
        for b in range(a + 1, len(kept)):
            distances[to] = distances[_place(n, kept[a], kept[b])]  # never written before it is read: to is not beyond
            to += 1


@compiled()
def _merges(distances, rule, count, node, living, chain_so_far, first, left, right, height):  # type: ignore[no-untyped-def]
    """Fills ``left``, ``right`` and ``height`` with the next merges, which are the nodes ``first``, ...; what lives and the chain then."""
    n, alive, length = len(count), len(living), len(chain_so_far)
    living = living.copy()
    chain = np.empty(alive + 1, np.int64)
    chain[:length] = chain_so_far
    for merge in range(len(left)):
        if length == 0:
            chain[0] = living[0]
            length = 1
        while True:
            x = chain[length - 1]
            # Of equally near clusters the one before in the chain is taken: otherwise the chain could go in circles.
            if length > 1:
                y = chain[length - 2]
                nearest = distances[_place(n, min(x, y), max(x, y))]
            else:
                y, nearest = -1, np.inf
            a = 0
            while living[a] < x:
                distance = distances[_place(n, living[a], x)]
                if distance < nearest:
                    y, nearest = living[a], distance
                a += 1
            row = _place(n, x, 0)
            for b in range(a + 1, alive):
                distance = distances[row + living[b]]
                if distance < nearest:
                    y, nearest = living[b], distance
            if length > 1 and y == chain[length - 2]:
                break
            chain[length] = y
            length += 1
        length -= 2
        if x > y:
            x, y = y, x
        left[merge], right[merge], height[merge] = min(node[x], node[y]), max(node[x], node[y]), nearest
        # The union takes y's place.
        alive = _without(living, alive, x)
        of_x, of_y = count[x], count[y]
        for a in range(alive):
            other = living[a]
            if other == y:
                continue
            from_x = distances[_place(n, min(other, x), max(other, x))]
            at = _place(n, min(other, y), max(other, y))
            from_y = distances[at]
            if rule == SINGLE:
                distances[at] = min(from_x, from_y)
            elif rule == COMPLETE:
                distances[at] = max(from_x, from_y)
            elif rule == AVERAGE:
                distances[at] = (of_x * from_x + of_y * from_y) / (of_x + of_y)
            else:
                third = count[other]
                distances[at] = ((of_x + third) * from_x + (of_y + third) * from_y - third * nearest) / (of_x + of_y + third)
        count[y] = of_x + of_y
        node[y] = first + merge
    return living[:alive].copy(), chain[:length].copy()


@compiled()
def _without(living, alive, place):  # type: ignore[no-untyped-def]
    """Takes ``place`` out of the ascending ``living``; how many are left."""
    at = np.searchsorted(living[:alive], place)
    for a in range(at, alive - 1):
        living[a] = living[a + 1]
    return alive - 1
