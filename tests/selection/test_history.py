"""The history has one owner: what was selected, by whom, undone and redone, combined by name."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from repgeom_core.errors import SelectionError
from repgeom_core.selection import Selection, SelectionHistory


def some(*rows: int, n: int = 6, digest: str = "d") -> Selection:
    return Selection.of_rows(rows, n, digest)


def mask(*rows: int, n: int = 6) -> np.ndarray:
    return some(*rows, n=n).mask


@given(st.lists(st.sets(st.integers(0, 10)), min_size=1, max_size=20), st.lists(st.booleans(), max_size=40))
def test_undo_and_redo_walk_the_list_of_changes(sets: list[set[int]], steps: list[bool]) -> None:
    history = SelectionHistory(11, "d")
    expected = [set()]
    for rows in sets:
        assert history.replace(mask(*rows, n=11), "map") == (rows != expected[-1])
        if rows != expected[-1]:
            expected.append(rows)
    position = len(expected) - 1
    for forward in steps:
        moved = history.redo() if forward else history.undo()
        target = position + (1 if forward else -1)
        assert moved == (0 <= target < len(expected))
        position = target if moved else position
        assert set(history.current.rows) == expected[position]


@pytest.mark.parametrize("wrong", [np.zeros(5, bool), np.zeros(6, int), np.zeros((6, 1), bool), some(1, digest="x"), some(1, n=9)])
def test_mask_that_does_not_fit_is_refused(wrong: np.ndarray | Selection) -> None:
    history = SelectionHistory(6, "d")
    with pytest.raises(SelectionError):
        history.replace(wrong, "map")
    assert not history.can_undo


def test_same_selection_again_is_no_entry_and_keeps_redo_and_writer() -> None:
    history = SelectionHistory(6, "d")
    history.replace(mask(1), "map")
    history.replace(mask(2), "table")
    history.undo()
    assert history.replace(mask(1), "bars") is False
    assert history.writer == "map"
    assert history.can_redo


def test_change_after_undo_forgets_what_was_undone() -> None:
    history = SelectionHistory(6, "d")
    history.replace(mask(1), "map")
    history.undo()
    history.replace(mask(2), "map")
    assert not history.can_redo
    assert history.undo()
    assert not history.undo()


def test_history_forgets_the_oldest_changes_beyond_its_limit() -> None:
    history = SelectionHistory(6, "d", limit=3)
    for row in range(6):
        history.replace(mask(row), "map")
    assert [history.undo() for _ in range(4)] == [True, True, True, False]
    assert history.current == some(2)


def test_combining_with_names_masks_and_selections() -> None:
    history = SelectionHistory(6, "d")
    history.replace(mask(1, 2), "map")
    history.save_as("  ones ")
    history.replace(mask(2, 3), "map")
    history.union("ones", "panel")
    assert history.current == some(1, 2, 3)
    assert history.writer == "panel"
    history.difference(mask(2), "panel")
    assert history.current == some(1, 3)
    history.intersection(some(3, 4), "panel")
    assert history.current == some(3)
    history.invert("panel")
    assert history.current == some(0, 1, 2, 4, 5)
    history.restore("ones", "panel")
    assert history.current == some(1, 2)
    history.clear("panel")
    assert history.current.count == 0


def test_unknown_and_empty_names_are_refused() -> None:
    history = SelectionHistory(6, "d")
    with pytest.raises(SelectionError, match="no selection named 'x'; saved are: none yet"):
        history.union("x", "panel")
    with pytest.raises(SelectionError, match="needs a name"):
        history.save_as("  ")


def test_every_operation_on_a_million_rows_takes_under_five_milliseconds() -> None:
    n = 1_000_000
    rng = np.random.default_rng(0)
    masks = [rng.random(n) < 0.4 for _ in range(2)]
    history = SelectionHistory(n, "d")
    history.replace(masks[1], "map")
    history.save_as("b")

    def best(action: object) -> float:
        times = []
        for _ in range(5):
            history.replace(masks[0], "map")
            start = time.perf_counter()
            action()
            times.append(time.perf_counter() - start)
        return min(times)

    for action in (
        lambda: history.replace(masks[1], "map"),
        lambda: history.invert("map"),
        lambda: history.union("b", "map"),
        lambda: history.intersection("b", "map"),
        lambda: history.difference("b", "map"),
        lambda: history.undo(),
        lambda: history.clear("map"),
        lambda: history.current.mask,
    ):
        assert best(action) < 0.005
