"""The confusion matrix counts what scikit-learn counts, and a marker knows its pair."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from sklearn.metrics import confusion_matrix

from repgeom_core.figures.confusion import confusion, confusion_counts

RNG = np.random.default_rng(0)
LABELS = RNG.integers(0, 5, 400)
PREDICTIONS = np.where(RNG.random(400) < 0.7, LABELS, RNG.integers(0, 5, 400))
CLASSES = ["a", "b", "<img src=x onerror=alert(1)>", "d", "e"]


def test_counts_equal_sklearn() -> None:
    np.testing.assert_array_equal(confusion_counts(LABELS, PREDICTIONS, 5), confusion_matrix(LABELS, PREDICTIONS, labels=range(5)))


def test_unknown_labels_and_predictions_are_left_out() -> None:
    labels, predictions = np.array([0, -1, 1, 1]), np.array([0, 0, -1, 0])
    np.testing.assert_array_equal(confusion_counts(labels, predictions, 2), [[1, 0], [1, 0]])


def test_each_marker_carries_its_pair_and_its_count() -> None:
    figure = confusion(LABELS, PREDICTIONS, CLASSES)
    counts = confusion_matrix(LABELS, PREDICTIONS, labels=range(5))
    drawn = [(tuple(pair), text) for trace in figure.data for pair, text in zip(trace.customdata, trace.text, strict=True)]
    assert len(drawn) == (counts > 0).sum()
    assert all(text == f"{counts[pair]:,}" for pair, text in drawn)


def test_pairs_with_selected_samples_are_ringed() -> None:
    selected = (LABELS == 1) & (PREDICTIONS == 1)
    wrong = np.flatnonzero((LABELS == 2) & (PREDICTIONS == 3))
    assert len(wrong) > 1
    selected[wrong[0]] = True
    rings = confusion(LABELS, PREDICTIONS, CLASSES, selected).layout.shapes
    assert {((r.y0 + r.y1) / 2, (r.x0 + r.x1) / 2): r.line.dash for r in rings} == {(1, 1): "solid", (2, 3): "dot"}


def test_counts_are_read_on_their_squares_on_a_light_and_on_a_dark_page() -> None:
    def light(rgb: Sequence[float]) -> float:
        linear = [v / 255 / 12.92 if v / 255 <= 0.04045 else ((v / 255 + 0.055) / 1.055) ** 2.4 for v in rgb]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    def contrast(one: Sequence[float], other: Sequence[float]) -> float:
        low, high = sorted((light(one), light(other)))
        return (high + 0.05) / (low + 0.05)

    def numbers(colour: str) -> list[float]:
        return [float(v) for v in re.findall(r"[\d.]+", colour)]

    seldom = np.where(np.arange(400) % 20 == 0, (LABELS + 1) % 5, LABELS)
    for trace in (*confusion(LABELS, PREDICTIONS, CLASSES).data, *confusion(LABELS, seldom, CLASSES).data):
        if trace.textfont.color is None:  # the page's own ink, on what shows through
            for page, writing in (((255, 255, 255), (27, 36, 48)), ((19, 23, 31), (250, 250, 250))):
                for *colour, part in map(numbers, trace.marker.color):
                    assert contrast([part * c + (1 - part) * g for c, g in zip(colour, page, strict=True)], writing) >= 4.5
            continue
        for ground, writing in zip(trace.marker.color, trace.textfont.color, strict=True):
            assert contrast(numbers(ground), [int(writing[i : i + 2], 16) for i in (1, 3, 5)]) >= 4.5


def test_single_digits_stand_upright() -> None:
    assert confusion(LABELS, PREDICTIONS, "01234").layout.xaxis.tickangle == 0
    assert confusion(LABELS, PREDICTIONS, CLASSES).layout.xaxis.tickangle == -45


def test_markup_in_class_names_is_escaped() -> None:
    text = confusion(LABELS, PREDICTIONS, CLASSES).to_json()
    assert "<img" not in text and "\\u003cimg" not in text


def test_many_classes_show_the_most_confused_and_say_so() -> None:
    labels = np.arange(400) % 100
    predictions = np.where(labels < 10, (labels + 1) % 100, labels)
    figure = confusion(labels, predictions, [f"c{i}" for i in range(100)])
    assert "30 of 100" in figure.layout.title.text
    wrong = {tuple(p) for t in figure.data if t.name == "wrong" for p in t.customdata}
    assert wrong == {(i, i + 1) for i in range(10)}


def test_no_errors_and_no_samples_still_draw() -> None:
    assert {t.name for t in confusion(LABELS, LABELS, CLASSES).data if len(t.x)} == {"right"}
    confusion(np.array([], int), np.array([], int), CLASSES)
