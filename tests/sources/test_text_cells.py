from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from repgeom_core.sources.text_cells import mostly_numbers, to_numbers


def test_numbers_written_as_text_are_read_and_the_first_other_cell_is_named():
    numbers, (cell,) = to_numbers(pd.Series(["1", " 2.5", "oops", "", None, "NA", "1e3", "n.a."]), "b")
    np.testing.assert_array_equal(numbers, [1, 2.5, np.nan, np.nan, np.nan, np.nan, 1000, np.nan])
    assert (cell.column, cell.row, cell.value, cell.more) == ("b", 2, "oops", 1)


def test_numbers_alone_have_no_text_cells():
    numbers, cells = to_numbers(pd.Series([1, 2, 3]), "b")
    assert cells == [] and list(numbers) == [1, 2, 3]


def test_long_text_is_shortened():
    (cell,) = to_numbers(pd.Series(["1", "x" * 500]), "b")[1]
    assert len(cell.value) == 40


@pytest.mark.parametrize(
    ("cells", "mostly"), [(["1", "2", "x"], True), (["1", "x"], False), (["", None, "NA", "1"], True), (["", None], False), ([], False)]
)
def test_cells_that_hold_nothing_do_not_count(cells, mostly):
    assert mostly_numbers(cells) is mostly
