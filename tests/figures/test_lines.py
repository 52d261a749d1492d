"""The picked point is larger, its line stronger, and the others pale; a click carries the place."""

from __future__ import annotations

import pandas as pd

from repgeom_core.figures.lines import picked_line

VALUES = pd.Series([1.0, 2.0])
POINTS = [("features", "start"), ("features", "end")]


def test_the_picked_point_is_larger_on_its_line_only() -> None:
    mine = picked_line([0, 1], VALUES, "features", "#000", POINTS, ["a", "b"], ("features", "end"), True)
    other = picked_line([0, 1], VALUES, "input", "#000", POINTS, ["a", "b"], ("features", "end"), False)
    assert mine["marker"]["size"][1] > mine["marker"]["size"][0] == other["marker"]["size"][1]
    assert mine["line"]["width"] > other["line"]["width"] and mine["opacity"] == 1 > other["opacity"]
    assert mine["customdata"] == [["features", "start"], ["features", "end"]]


def test_no_line_is_pale_where_nothing_is_picked() -> None:
    assert picked_line([0, 1], VALUES, "features", "#000", POINTS, ["a", "b"], None, False)["opacity"] == 1
