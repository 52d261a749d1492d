"""What all figures share: when an axis is logarithmic, and numbers as people read them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from repgeom_core.figures.frame import BLUE, NEUTRAL, class_names, depth_colours, fills, log_axis, number, share_axis, wide
from repgeom_core.figures.palette import encode_column, hex_colours


@pytest.mark.parametrize(
    ("values", "expected"),
    [([1.0, 31.0], True), ([1.0, 30.0], False), ([-1.0, 100.0], False), ([0.0, 100.0], False), ([np.nan], False), ([np.nan, 1, 31], True)],
)
def test_a_range_is_wide_where_all_is_positive_and_spans_more_than_a_factor_of_30(values: list[float], expected: bool) -> None:
    assert wide(np.array(values)) is expected


def test_a_log_axis_of_several_decades_has_ticks_at_powers_of_ten_only() -> None:
    several = log_axis(np.array([1.0, 1000.0, np.nan]))
    assert [text for v, text in zip(several["tickvals"], several["ticktext"], strict=True) if 1 <= v <= 1000] == ["1", "10", "100", "1,000"]
    assert {1, 2, 5, 10, 20, 50} <= set(log_axis(np.array([1.0, 50.0]))["tickvals"])
    assert log_axis(np.array([1e-9, 1.0]))["ticktext"][0] == "10⁻¹⁰"


@pytest.mark.parametrize("values", [[1.0, 1.0], [0.0, 0.0], [0.2, 1.0], [0.998, 0.999]])
def test_shares_stay_between_0_and_100_per_cent(values: list[float]) -> None:
    low, high = share_axis(np.array(values))["range"]
    assert 0 <= low <= min(values) and max(values) <= high <= 1 and high - low >= 0.005


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0, "0"), (np.nan, "undefined"), (12345.6, "12,346"), (1.23456, "1.235"), (0.0123456, "0.0123"), (5e-5, "5.00e-05")],
)  # fmt: skip
def test_numbers_have_few_digits(value: float, expected: str) -> None:
    assert number(value) == expected


def test_layers_of_any_number_have_a_colour_each() -> None:
    assert [len(set(depth_colours(k))) for k in (1, 8, 30)] == [1, 8, 30]


def test_class_names_are_escaped_and_codes_stand_where_there_is_none() -> None:
    assert class_names(["<b>cat</b>"], np.array([0, 7])) == ["&lt;b&gt;cat&lt;/b&gt;", "7"]


def test_a_row_without_a_value_is_neutral_and_without_colours_all_are_blue() -> None:
    colours = encode_column(pd.Series(["a", None, "b"]))
    a, b = hex_colours(colours.palette)[:2]
    assert fills(colours, np.array([2, 1, 0])) == [b, NEUTRAL, a]
    assert fills(None, np.array([4, 5])) == [BLUE, BLUE]
