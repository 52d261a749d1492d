"""Class matrices: a marker knows its pair, limits make two comparable, nothing of the data is markup."""

from __future__ import annotations

import numpy as np

from repgeom_core.analyses.result import Result
from repgeom_core.figures.class_bars import class_bars
from repgeom_core.figures.matrix import class_matrix, detail_matrix, off_diagonal_range

VALUES = np.array([[1.0, 0.2, -0.3], [0.2, 1.0, np.nan], [-0.3, np.nan, 1.0]])
CODES = np.array([0, 2, 5])
CLASSES = ("a", "b", "<script>", "d", "e", "f")


def test_each_marker_carries_its_pair_of_codes_and_its_value() -> None:
    colours, trace = class_matrix(VALUES, CODES, CLASSES, "Cosines", "cosine").data
    np.testing.assert_array_equal(colours.z, VALUES)
    found = {tuple(pair): value for pair, value in zip(trace.customdata, trace.marker.color, strict=True)}
    assert found[0, 2] == 0.2 and found[5, 0] == -0.3
    assert (2, 5) not in found and len(found) == 7


def test_colours_span_what_is_off_the_diagonal() -> None:
    assert off_diagonal_range(VALUES) == (-0.3, 0.2)
    assert off_diagonal_range(np.full((2, 2), np.nan)) == (0.0, 1.0)
    low, high = off_diagonal_range(np.ones((3, 3)))
    assert low < 1 < high


def test_ringed_pairs_are_outlined() -> None:
    (ring,) = class_matrix(VALUES, CODES, CLASSES, "", "", ringed=[(0, 2), (0, 99)]).layout.shapes
    assert (ring.x0, ring.x1, ring.y0, ring.y1) == (0.5, 1.5, -0.5, 0.5)


def test_markup_in_class_names_is_escaped() -> None:
    for figure in (class_matrix(VALUES, CODES, CLASSES, "", ""), class_bars({"v": np.ones(3)}, CODES, CLASSES, "")):
        assert "<script" not in figure.to_json() and "\\u003cscript" not in figure.to_json()


def test_many_classes_are_cut_and_the_title_says_so() -> None:
    whole = class_matrix(np.eye(100), np.arange(100), [f"c{i}" for i in range(100)], "Cosines", "cosine")
    assert "of 100" not in whole.layout.title.text and np.shape(whole.data[0].z) == (100, 100)
    figure = class_matrix(np.eye(120), np.arange(120), [f"c{i}" for i in range(120)], "Cosines", "cosine")
    assert "100 of 120" in figure.layout.title.text and len(figure.data[1].x) == 100 * 100


def test_bars_keep_the_colour_of_selected_classes() -> None:
    (trace,) = class_bars({"spread": np.array([1.0, 2, 3])}, CODES, CLASSES, "", selected=[2]).data
    assert len({trace.marker.color[0], trace.marker.color[2]}) == 1 and trace.marker.color[1] != trace.marker.color[0]
    assert [c[0] for c in trace.customdata] == [0, 2, 5]


def test_many_bars_are_sorted_and_beyond_that_show_both_ends() -> None:
    values = np.random.default_rng(0).permutation(200.0 * np.arange(200))
    names = [f"c{i}" for i in range(200)]
    sorted_all = class_bars({"v": values[:100]}, np.arange(100), names, "Spread")
    assert list(sorted_all.data[0].x) == sorted(values[:100]) and "sorted by v" in sorted_all.layout.title.text
    figure = class_bars({"v": values}, np.arange(200), names, "Spread")
    assert set(figure.data[0].x) == {*sorted(values)[:60], *sorted(values)[-60:]}
    assert "of 200" in figure.layout.title.text
    assert [values[c[0]] for c in figure.data[0].customdata] == list(figure.data[0].x)


def test_a_few_bars_keep_the_order_of_the_classes() -> None:
    (trace,) = class_bars({"v": np.array([3.0, 1, 2])}, CODES, CLASSES, "").data
    assert list(trace.x) == [3, 1, 2]


def test_long_names_are_shortened_below_the_matrix_and_whole_on_hover() -> None:
    figure = class_matrix(VALUES, CODES, ("a", "b", "a very long name of a class", "d", "e", "f"), "Angles", "angle", unit="°")
    assert figure.layout.xaxis.ticktext[1] == "a very long…" and figure.layout.margin.b > 50
    assert "a very long name of a class" in figure.data[1].hovertext[1] and figure.data[1].hovertext[1].endswith("°")
    assert figure.data[0].colorbar.ticksuffix == "°" and figure.data[0].colorbar.title.text == "angle"
    assert class_matrix(VALUES, CODES, "abcdef", "Angles", "angle").layout.xaxis.tickangle == 0


def test_a_diagonal_that_is_the_same_for_all_is_left_out() -> None:
    same, other = np.where(np.eye(3), 1.0, 0.2), np.diag([1.0, 2.0, 3.0])
    result = Result("m", 1.0, details={"same": same, "other": other, "classes": CODES})
    assert np.isnan(np.diag(detail_matrix(result, "same", CLASSES, "").data[0].z)).all()
    assert np.isfinite(detail_matrix(result, "other", CLASSES, "").data[0].z).all()


def test_names_that_start_alike_are_told_apart() -> None:
    figure = class_matrix(np.eye(12), np.arange(12), [f"category number {i}" for i in range(12)], "", "")
    assert len(set(figure.layout.xaxis.ticktext)) == 12
