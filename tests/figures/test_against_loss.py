"""A path for each layer through loss and measure, which names its correlation and carries what was clicked."""

from __future__ import annotations

import numpy as np
import pandas as pd

from repgeom_core.analyses.along_training import rank_correlation
from repgeom_core.figures.against_loss import against_loss
from repgeom_core.figures.curves import by_checkpoint

NAMES = ["a", "b", "c", "d", "e"]
LOSS = pd.Series([2.0, 1.5, 1.0, 0.5, 0.2], index=NAMES)
TABLE = pd.Series(
    [5.0, 4.0, 3.0, 2.0, 1.0, 0.0, 1.0, 2.0, np.nan, 4.0],
    index=pd.MultiIndex.from_product([["first", "<b>last</b>"], NAMES], names=["layer", "checkpoint"]),
)


def test_points_lie_at_loss_and_value_and_carry_their_place() -> None:
    first, last = against_loss(TABLE, LOSS, "NC1", ("first", "e")).data
    assert list(first.x) == list(LOSS) and list(first.y) == [5, 4, 3, 2, 1]
    assert list(first.customdata[3]) == ["first", "d"]
    assert first.marker.size[4] > first.marker.size[0]
    assert "<b>" not in last.name


def test_hovering_tells_rho_where_it_is_defined() -> None:
    first, last = against_loss(TABLE, LOSS, "NC1", None, rank_correlation(TABLE, LOSS)).data
    assert first.hovertext[0].endswith("ρ +1.00")
    assert not any("ρ" in text for text in last.hovertext)  # four checkpoints have both


def test_losses_over_decades_are_on_a_log_axis() -> None:
    assert against_loss(TABLE, LOSS, "NC1").layout.xaxis.type != "log"
    assert against_loss(TABLE, LOSS**8, "NC1").layout.xaxis.type == "log"


def test_a_layer_has_the_colour_that_it_has_over_checkpoints() -> None:
    nothing = TABLE.where(TABLE.index.get_level_values("layer") != "first")
    (line,) = against_loss(nothing, LOSS, "NC3").data
    over = by_checkpoint(TABLE, range(5), "NC1").data
    assert line.line.color == next(t.line.color for t in over if t.name == line.name)
