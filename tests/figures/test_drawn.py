"""The CSV of a figure holds each mark once, with its value and what it stands for."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from repgeom_core.figures.drawn import drawn
from repgeom_core.figures.matrix import class_matrix


def test_a_class_matrix_lists_each_pair_once_with_its_value() -> None:
    values = np.arange(9.0).reshape(3, 3)
    table = drawn(class_matrix(values, np.array([0, 2, 5]), "abcdef", "Cosines", "cosine"))
    assert len(table) == 9
    assert table.set_index("of").loc["0 | 5", "value"] == 2.0


def test_a_heat_map_by_itself_lists_its_cells() -> None:
    table = drawn(go.Figure(go.Heatmap(z=[[1, 2], [3, 4]], name="m")))
    assert table.loc[(table.x == 1) & (table.y == 0), "value"].item() == 2


def test_lines_bars_and_points_keep_their_names() -> None:
    figure = go.Figure([go.Scatter(x=[1, 2], y=[3, 4], name="line"), go.Bar(x=[1], y=[5], customdata=[[7]], name="bar")])
    table = drawn(figure)
    assert table["trace"].tolist() == ["line", "line", "bar"]
    assert table["of"].tolist()[-1] == "7"


def test_a_figure_without_marks_is_an_empty_table() -> None:
    assert drawn(go.Figure()).empty


def test_names_are_plain_text() -> None:
    assert drawn(go.Figure(go.Scatter(x=[1], y=[1], name="μ<sub>G</sub> of &lt;b&gt;")))["trace"].tolist() == ["μG of <b>"]
