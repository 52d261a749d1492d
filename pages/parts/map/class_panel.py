"""Linked charts of the selection: class counts and the confusion matrix; a click on a bar or a square selects."""

from __future__ import annotations

import numpy as np
import streamlit as st

from pages.parts import chart, linked, no_bundle
from pages.parts.sidebar import Picked
from repgeom_core.figures.class_counts import class_counts
from repgeom_core.figures.confusion import confusion

QUIET = {"displayModeBar": False, "scrollZoom": False}


@linked.view("charts")
def show(picked: Picked, rows: np.ndarray) -> None:
    """``rows``: the samples that the page shows (split and filters)."""
    bundle = picked.bundle
    samples = bundle.samples(picked.checkpoint)
    if "label" not in samples:
        no_bundle.labels("there are no classes to count")
        return
    selected = linked.history(bundle).current.mask[rows]
    labels = bundle.y[rows]
    counts = class_counts(labels, bundle.classes, selected)
    chart.plot(counts, "class_counts", lambda point: _select_class(picked, rows, int(point[0])), QUIET)
    predicted = bundle.predicted(picked.checkpoint)
    if predicted is None:
        st.caption(
            "There are no predictions at this checkpoint, so there is no confusion matrix. A column with the role *prediction* adds it."
        )
        return
    predictions = predicted[rows]
    figure = confusion(labels, predictions, bundle.classes, selected)
    chart.plot(figure, "confusion", lambda point: _select_pair(picked, rows, predictions, *(int(v) for v in point)), QUIET)


def _select_class(picked: Picked, rows: np.ndarray, code: int) -> None:
    linked.select_rows(picked.bundle, rows[picked.bundle.y[rows] == code], writer="class bars")


def _select_pair(picked: Picked, rows: np.ndarray, predictions: np.ndarray, true: int, predicted: int) -> None:
    here = (picked.bundle.y[rows] == true) & (predictions == predicted)
    linked.select_rows(picked.bundle, rows[here], writer="confusion matrix")
