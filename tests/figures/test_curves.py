"""Curves over checkpoints carry what was clicked, keep their null in sight, and choose their axes by the numbers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from repgeom_core.figures.curves import by_checkpoint, by_depth, step_places
from repgeom_core.figures.drawn import drawn

CHECKPOINTS = ["start", "middle", "end"]
INDEX = pd.MultiIndex.from_product([["input", "features"], CHECKPOINTS], names=["layer", "checkpoint"])
TABLE = pd.Series([1.0, 0.9, 0.8, 1.0, 0.5, 0.2], index=INDEX)


def null(mean: float, sd: float = 0.05) -> pd.DataFrame:
    return pd.DataFrame({"mean": mean, "sd": sd}, index=CHECKPOINTS)


def lines(figure) -> dict:
    return {t.name: t for t in figure.data}


def test_a_point_carries_its_layer_and_checkpoint() -> None:
    figure = by_checkpoint(TABLE, [0, 10, 100], "NC1", ("features", "end"))
    assert list(lines(figure)["features"].customdata[2]) == ["features", "end"]
    assert list(lines(figure)["features"].y) == [1.0, 0.5, 0.2]


def test_the_null_is_shaded_to_two_standard_deviations() -> None:
    figure = by_checkpoint(TABLE, [0, 10, 100], "NC1", null=null(0.6), null_of="shuffled labels")
    np.testing.assert_allclose(lines(figure)["null, upper"].y, 0.7)
    np.testing.assert_allclose(lines(figure)["null, lower"].y, 0.5)


def test_a_far_null_is_named_at_the_edge() -> None:
    figure = by_checkpoint(TABLE, [0, 10, 100], "NC1", null=null(5.0))
    assert figure.layout.yaxis.range[1] < 2
    assert "null at 5" in figure.layout.annotations[0].text


def test_a_wide_range_is_logarithmic() -> None:
    assert by_checkpoint(TABLE, [0, 10, 100], "NC1", null=null(100.0, 1.0)).layout.yaxis.type == "log"
    assert by_checkpoint(TABLE, [0, 10, 100], "NC1").layout.yaxis.type != "log"


def test_steps_are_spread_by_their_logarithm_and_labelled_as_they_are() -> None:
    places, ticks = step_places([0, 9, 999], CHECKPOINTS)
    np.testing.assert_allclose(places, [0, 1, 3])
    assert [text for _, text in ticks] == ["0", "9", "999"]


@pytest.mark.parametrize("steps", [[None, 1, 2], [5, 5, 5]])
def test_checkpoints_without_distinct_steps_follow_one_another(steps: list) -> None:
    assert step_places(steps, CHECKPOINTS)[0] == [0, 1, 2]


def test_depth_keeps_the_order_of_layers_and_has_a_line_for_each_checkpoint() -> None:
    figure = by_depth(TABLE, "rank", ("features", "end"))
    assert list(figure.layout.xaxis.ticktext) == ["input", "features"]
    assert [t.name for t in figure.data if t.type == "scatter"] == CHECKPOINTS
    assert list(lines(figure)["end"].y) == [0.8, 0.2] and list(lines(figure)["end"].customdata[1]) == ["features", "end"]


def test_bars_tell_the_change_to_each_layer_at_the_picked_checkpoint() -> None:
    layers = ["a", "b", "c", "d"]
    index = pd.MultiIndex.from_product([layers, CHECKPOINTS], names=["layer", "checkpoint"])
    table = pd.Series([8.0, 1.0, 1.0, 4.0, 1.0, 3.0, 0.1, 1.0, np.nan, 0.1, 1.0, 2.0], index=index)
    bars = by_depth(table, "NC1", ("a", "start")).data[-1]
    assert bars.type == "bar" and list(bars.text) == ["×0.5000", "×0.0250", "×1"]
    np.testing.assert_allclose(np.exp(bars.y), [0.5, 0.025, 1])
    assert list(bars.customdata[1]) == ["c", "start"]
    near = by_depth(table.where(table.index.get_level_values("checkpoint") == "end"), "rank").data[-1]
    assert list(near.text) == ["+2", "−1"] and list(near.x) == [0.5, 2.0]  # c has no value: the bar leads over it


def test_the_last_step_is_always_named_and_no_two_numbers_collide() -> None:
    steps = [0, 2, 5, 10, 20, 40, 80, 160, 320, 640, 1000, 1400, 1750, 2100, 2800]
    places, ticks = step_places(steps, [str(s) for s in steps])
    assert ticks[0][1] == "0" and ticks[-1][1] == "2,800"
    assert np.diff([place for place, _ in ticks]).min() > 0.09 * max(places)
    assert len(step_places(list(range(50)), [str(s) for s in range(50)])[1]) < 13


def test_a_layer_without_a_value_has_no_line() -> None:
    figure = by_checkpoint(TABLE.where(TABLE.index.get_level_values("layer") == "features"), [0, 10, 100], "NC3")
    assert set(lines(figure)) == {"features"}


def test_more_layers_than_can_be_drawn_are_told_and_the_picked_one_stays() -> None:
    index = pd.MultiIndex.from_product([[f"layer{i}" for i in range(100)], CHECKPOINTS], names=["layer", "checkpoint"])
    figure = by_checkpoint(pd.Series(np.arange(300.0), index=index), [0, 1, 2], "rank", ("layer1", "end"))
    assert "40 of 100 layers" in figure.layout.title.text and "layer1" in lines(figure)
    assert [t.name for t in figure.data if t.showlegend] == ["layer0", "layer99"]  # the ends of the ramp of colours


def test_the_table_of_a_curve_has_its_steps_and_names_that_of_the_null_too() -> None:
    table = drawn(by_checkpoint(TABLE, [0, 10, 1000], "NC1", ("features", "end"), null(0.6)))
    assert "x" not in table and set(table["trace"]) == {"input", "features", "null", "null, lower", "null, upper"}
    for _, part in table.groupby("trace"):
        assert part["step"].tolist() == [0, 10, 1000] and part["checkpoint"].tolist() == CHECKPOINTS
    assert table.loc[(table["trace"] == "features") & (table["step"] == 10), "y"].item() == 0.5
    assert "step" not in drawn(by_checkpoint(TABLE, [None, None, None], "NC1"))


def test_the_table_over_depth_names_layers_and_changes() -> None:
    table = drawn(by_depth(TABLE, "rank", ("features", "end")))
    assert table.loc[(table["trace"] == "end") & (table["layer"] == "features"), "y"].item() == 0.2
    assert table.loc[table["trace"] == "change", "y"].item() == pytest.approx(0.2 - 0.8)


def test_an_axis_goes_no_further_than_its_measure_can() -> None:
    ones = by_checkpoint(TABLE * 0 + 1, [0, 10, 100], "accuracy", bounds=(0, 1))
    assert ones.layout.yaxis.autorangeoptions.clipmax == pytest.approx(1, abs=0.02)
    assert by_checkpoint(TABLE, [0, 10, 100], "angle", unit="°").layout.yaxis.ticksuffix == "°"
