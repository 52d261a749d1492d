"""Thumbnails in a box: the grid, how many there is room for, and which members fill it. ``slots.js`` of the canvas does the same."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

SMALLEST, LARGEST = 15, 64  # px, sides of thumbnails that may be asked for
LEAST, MOST = 0.85, 1.25  # of the side that was asked for: what a box's thumbnails may have so as to fill it
GROWN = 4  # times the side that was asked for: what thumbnails may grow to in a box that holds them all
CARRY = 0.4  # this part of a cell makes one more column or row; with it thumbnails come out as large as asked on average


class Grid(NamedTuple):
    """``columns`` x ``rows`` square cells of ``side`` pixels."""

    columns: int
    rows: int
    side: float

    @property
    def slots(self) -> int:
        return self.columns * self.rows

    def corner(self, slot: int, width: float, height: float) -> tuple[float, float]:
        """Upper left corner of a cell in its box: cells are spread evenly, row by row."""
        x, y = slot % self.columns, slot // self.columns
        return (x + 0.5) * width / self.columns - self.side / 2, (y + 0.5) * height / self.rows - self.side / 2


def grid(width: float, height: float, thumb: float, members: int | None = None) -> Grid:
    """Cells of about ``thumb`` pixels that fill a box of ``width`` x ``height`` pixels; 0 x 0 where not even one fits. Where all
    ``members`` (None: more than fit) have a cell, the cells grow to fill the box.

    With cells of exactly the same size everywhere, a third of the boxes' area would be ragged margins; here their number goes with the
    area of the box, and so with its count.
    """
    columns = max(1, math.floor(width / thumb + CARRY))
    rows = max(1, math.floor(height / thumb + CARRY))
    least = LEAST * thumb - 1e-9
    if width / columns < least and columns > 1:
        columns -= 1
    if height / rows < least and rows > 1:
        rows -= 1
    side = min(width / columns, height / rows, MOST * thumb)
    if side < least:
        return Grid(0, 0, 0.0)
    if members is None or not 0 < members <= columns * rows:
        return Grid(columns, rows, side)
    return _largest(width, height, members, GROWN * thumb)


def _largest(width: float, height: float, members: int, most: float) -> Grid:
    """The grid of at least ``members`` cells whose cells are the largest that the box holds, of a side of at most ``most``."""
    best = Grid(0, 0, 0.0)
    for columns in range(1, members + 1):
        rows = -(-members // columns)
        side = min(width / columns, height / rows)
        if side > best.side:
            best = Grid(columns, rows, side)
    return best._replace(side=min(best.side, most))


def spread(m: int, slots: int) -> np.ndarray:
    """``min(m, slots)`` places in 0..m-1 at even distances over the whole range: ⌊(j + ½)·m / slots⌋."""
    if m <= slots:
        return np.arange(m)
    return (2 * np.arange(slots) + 1) * m // (2 * slots)


def filling(members: np.ndarray, slots: int, rank: np.ndarray | None = None, flagged: np.ndarray | None = None) -> np.ndarray:
    """The members (m,) of a box, given in dendrogram order, that fill its slots, in the order in which they are shown.

    Evenly spread over the dendrogram order; with ``rank (n,)`` those of lowest rank (most central first; NaN last, ties in dendrogram
    order); with ``flagged (n,)`` the flagged ones (errors first), then the others, each evenly spread. All are shown where all fit.
    """
    members = np.asarray(members)
    if rank is not None:
        return members[np.argsort(rank[members], kind="stable")[:slots]]
    if flagged is not None:
        marked = flagged[members].astype(bool)
        first = members[marked]
        first, others = first[spread(len(first), slots)], members[~marked]
        left = slots - len(first)
        return np.concatenate([first, others[spread(len(others), left)]]) if left > 0 else first
    return members[spread(len(members), slots)]
