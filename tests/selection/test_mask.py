"""A selection is a set of rows as bits."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from repgeom_core.errors import SelectionError
from repgeom_core.selection import Selection

FEW = SimpleNamespace(n=6, name="few", ids_digest="d", ids=np.array([f"s{i}" for i in range(6)]))  # what a selection asks of a bundle


def some(*rows: int, n: int = 6, digest: str = "d") -> Selection:
    return Selection.of_rows(rows, n, digest)


sizes_and_sets = st.integers(0, 70).flatmap(
    lambda n: st.tuples(st.just(n), *[st.sets(st.integers(0, n - 1)) if n else st.just(set()) for _ in range(2)])
)


@given(sizes_and_sets)
def test_set_operations_are_those_of_sets(case: tuple[int, set[int], set[int]]) -> None:
    n, a, b = case
    A, B = some(*a, n=n), some(*b, n=n)
    assert set(A.rows) == a
    assert A.count == len(a)
    assert set((A | B).rows) == a | b
    assert set((A & B).rows) == a & b
    assert set((A - B).rows) == a - b
    assert set((~A).rows) == set(range(n)) - a
    assert (~A).count == n - len(a)
    assert (A == B) == (a == b)


def test_a_row_is_the_bit_a_browser_looks_at() -> None:
    bits = some(0, 9, n=12).bits
    assert [i for i in range(12) if bits[i >> 3] >> (i & 7) & 1] == [0, 9]


def test_bits_past_the_last_row_are_dropped() -> None:
    assert Selection(np.array([255], np.uint8), 3, "d").count == 3


def test_selection_cannot_be_changed_in_place() -> None:
    with pytest.raises(ValueError, match="read-only"):
        some(1).bits[0] = 0


def test_selection_does_not_share_memory_with_its_maker() -> None:
    bits = np.zeros(1, np.uint8)
    selection = Selection(bits, 6, "d")
    bits[:] = 255
    assert selection.count == 0


def test_ids_come_from_the_bundle_in_row_order() -> None:
    assert some(4, 1).ids(FEW).tolist() == ["s1", "s4"]


def test_ids_of_another_bundle_are_refused() -> None:
    with pytest.raises(SelectionError, match="other samples than those of few"):
        some(1, digest="other").ids(FEW)


@pytest.mark.parametrize("rows", [[6], [-1], [0.5]])
def test_rows_outside_are_refused(rows: list) -> None:
    with pytest.raises(SelectionError):
        Selection.of_rows(rows, 6, "d")
