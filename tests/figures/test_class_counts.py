"""The bars count each class, selected and in all."""

from __future__ import annotations

import numpy as np

from repgeom_core.figures.class_counts import class_counts


def test_bars_count_all_and_selected() -> None:
    codes = np.array([0, 0, 1, 2, 2, 2, -1])
    selected = np.array([True, False, False, True, True, False, True])
    figure = class_counts(codes, ["a", "b", "c"], selected)
    everything, chosen = figure.data
    assert everything.x.tolist() == [2, 1, 3] and chosen.x.tolist() == [1, 0, 2]
    assert everything.customdata.tolist() == [0, 1, 2]


def test_many_classes_show_those_with_most_selected_and_say_so() -> None:
    codes = np.arange(1000) % 100
    figure = class_counts(codes, [f"c{i}" for i in range(100)], codes >= 95)
    assert "24 of 100" in figure.layout.title.text
    assert {95, 96, 97, 98, 99} <= set(figure.data[0].customdata.tolist())


def test_markup_in_class_names_is_escaped() -> None:
    text = class_counts(np.array([0]), ["<script>alert(1)</script>"], np.array([True])).to_json()
    assert "<script>" not in text and "\\u003cscript" not in text
