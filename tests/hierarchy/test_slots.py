"""Thumbnails in a box, in Python; assets/components/test/treemap/slots.test.js has the same cases for the canvas."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from repgeom_core.hierarchy.slots import GROWN, LEAST, MOST, Grid, filling, grid, spread

sides = st.floats(15, 1500)


@given(sides, sides, st.floats(15, 64))
def test_cells_lie_in_their_box_and_have_nearly_the_size_asked(width: float, height: float, thumb: float) -> None:
    cells = grid(width, height, thumb)
    if cells.slots == 0:
        assert min(width, height) < LEAST * thumb
        return
    assert LEAST * thumb - 1e-6 <= cells.side <= MOST * thumb
    assert cells.columns * cells.side <= width + 1e-6
    assert cells.rows * cells.side <= height + 1e-6
    corners = np.array([cells.corner(j, width, height) for j in (0, cells.slots - 1)])
    assert (corners > -1e-6).all()
    assert (corners + cells.side < np.array([width, height]) + 1e-6).all()


@given(sides, sides, st.floats(15, 64), st.integers(0, 400))
def test_where_all_members_fit_cells_grow_inside_their_box(width: float, height: float, thumb: float, members: int) -> None:
    asked, cells = grid(width, height, thumb), grid(width, height, thumb, members)
    if not 0 < members <= asked.slots:
        assert cells == asked
        return
    assert cells.slots >= members
    assert min(asked.side, GROWN * thumb) <= cells.side <= GROWN * thumb
    assert cells.columns * cells.side <= width + 1e-6
    assert cells.rows * cells.side <= height + 1e-6
    largest = max(min(width / columns, height / -(-members // columns)) for columns in range(1, members + 1))
    assert cells.side == min(largest, GROWN * thumb)


def test_one_picture_fills_its_box_up_to_four_times_the_side_asked() -> None:
    assert grid(100, 90, 28, 1) == Grid(1, 1, 90)
    assert grid(400, 300, 28, 1) == Grid(1, 1, 112)
    assert grid(400, 300, 28, 5) == Grid(3, 2, 112)
    assert grid(200, 100, 28, 8) == Grid(4, 2, 50)
    assert grid(200, 100, 28, 1000) == grid(200, 100, 28)


def test_a_box_of_exactly_one_thumbnail_has_one_slot() -> None:
    assert grid(32, 32, 32) == Grid(1, 1, 32.0)
    assert grid(20, 200, 32).slots == 0
    assert grid(217, 95, 32)[:2] == (7, 3)


def test_on_average_thumbnails_are_as_large_as_asked_and_as_many_as_the_area_holds() -> None:
    rng = np.random.default_rng(0)
    boxes = rng.uniform(60, 300, (2000, 2))
    cells = [grid(w, h, 32) for w, h in boxes]
    assert abs(np.mean([c.side for c in cells]) / 32 - 1) < 0.03
    assert sum(c.slots for c in cells) > 0.9 * (boxes.prod(axis=1) / 32**2).sum()


@given(st.integers(0, 5000), st.integers(0, 300))
def test_places_are_distinct_and_no_stretch_is_left_out(m: int, slots: int) -> None:
    places = spread(m, slots)
    assert len(places) == min(m, slots)
    if slots and m > slots:
        gaps = np.diff(np.r_[-1, places, m])
        assert gaps.min() >= 1
        assert gaps.max() <= -(-m // slots) + 1


def test_members_come_spread_central_first_or_errors_first() -> None:
    members = np.array([7, 3, 9, 1, 0])
    assert spread(10, 4).tolist() == [1, 3, 6, 8]
    assert filling(members, 2).tolist() == [3, 1]
    assert filling(members, 8).tolist() == members.tolist()
    rank = np.array([2, 1, 0, np.nan, 0, 0, 0, 1, 0, 5])
    assert filling(members, 4, rank=rank).tolist() == [7, 1, 0, 9]
    wrong = np.isin(np.arange(10), [1, 9])
    assert filling(members, 4, flagged=wrong).tolist() == [9, 1, 7, 0]
    assert filling(members, 1, flagged=wrong).tolist() == [1]
    assert sorted(filling(members, 5, flagged=wrong)) == sorted(members)
