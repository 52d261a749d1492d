"""Bars per class carry their code, keep their colour when selected, and stay readable for many classes."""

from __future__ import annotations

import numpy as np

from repgeom_core.figures.class_bars import class_bars
from repgeom_core.figures.frame import PALE

CLASSES = [f"class {k}" for k in range(200)]


def bars(K: int, **options) -> list:
    codes = np.arange(K)[::-1]
    return list(class_bars({"spread √v": (codes * 7 % K).astype(float), "norm": codes * 2.0}, codes, CLASSES, "Classes", **options).data)


def test_measures_stand_side_by_side_over_the_same_classes() -> None:
    spread, norm = bars(5)
    assert list(spread.x) == [3, 1, 4, 2, 0] and list(norm.x) == [8, 6, 4, 2, 0]
    assert [code for (code,) in spread.customdata] == [code for (code,) in norm.customdata] == [4, 3, 2, 1, 0]
    assert spread.xaxis != norm.xaxis and spread.hovertext[0] == "class 4<br>spread √v 3"


def test_classes_that_are_not_selected_turn_pale() -> None:
    spread, _ = bars(5, selected=[3])
    assert [colour == PALE for colour in spread.marker.color] == [True, False, True, True, True]
    assert PALE not in bars(5)[0].marker.color


def test_many_classes_are_sorted_by_the_first_measure() -> None:
    spread, norm = bars(50)
    assert list(spread.x) == sorted(spread.x)
    assert [2 * code for (code,) in norm.customdata] == list(norm.x)


def test_of_very_many_classes_the_ends_are_drawn_and_the_title_says_so() -> None:
    figure = class_bars({"norm": np.arange(200.0)}, np.arange(200), CLASSES, "Classes")
    assert list(figure.data[0].x) == [*range(60), *range(140, 200)]
    assert "the 60 lowest and 60 highest of 200 classes" in figure.layout.title.text
