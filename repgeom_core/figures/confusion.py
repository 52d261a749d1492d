"""The confusion matrix as square markers: clicks on heat-maps never reach Python, clicks on markers do."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from repgeom_core.figures.text import plain

MOST_CLASSES = 30
MOST_TICKS = 16
NEUTRAL = "#94795A"  # counts on pale squares: readable on a light and on a dark page


def confusion_counts(labels: np.ndarray, predictions: np.ndarray, classes: int) -> np.ndarray:
    """``(K, K)`` counts, row: true class, column: predicted class; rows without either are left out."""
    known = (labels >= 0) & (predictions >= 0)
    flat = labels[known].astype(np.int64) * classes + predictions[known]
    return np.bincount(flat, minlength=classes * classes).reshape(classes, classes)


def confusion(labels: np.ndarray, predictions: np.ndarray, classes: Sequence[str], selected: np.ndarray | None = None) -> go.Figure:
    """Square per (true, predicted) pair that occurs, coloured by its share of the true class; a ring marks pairs with selected samples.

    ``labels``, ``predictions`` ``(n,)`` codes (−1: unknown, left out), ``selected (n,)`` booleans. The diagonal is blue, errors are
    orange. With more than 30 classes the 30 with the most errors are drawn, and the title says so. ``customdata``: (true, predicted).
    """
    counts = confusion_counts(labels, predictions, len(classes))
    chosen = np.zeros_like(counts) if selected is None else confusion_counts(labels[selected], predictions[selected], len(classes))
    title = "True class against predicted class"
    shown = np.arange(len(classes))
    if len(classes) > MOST_CLASSES:
        errors = counts.sum(1) + counts.sum(0) - 2 * np.diag(counts)
        shown = np.sort(np.lexsort((shown, -errors))[:MOST_CLASSES])
        title = f"Confusion of the {MOST_CLASSES} of {len(classes):,} classes with most errors"
    names = [plain(classes[int(i)], 18) for i in shown]
    share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    row, column = np.nonzero(counts[np.ix_(shown, shown)])
    true, predicted = shown[row], shown[column]
    right = true == predicted
    size = int(np.clip(330 / max(len(shown), 1), 7, 30))
    figure = go.Figure()
    for mask, colour, name in ((right, "0,114,178", "right"), (~right, "213,94,0", "wrong")):
        t, p = true[mask], predicted[mask]
        # The square root lets a handful of errors be seen beside hundreds of right answers.
        strength = np.sqrt(share[t, p]) * 0.85 + 0.15
        ringed = chosen[t, p] > 0
        figure.add_scatter(
            x=column[mask],
            y=row[mask],
            mode="markers+text" if len(shown) <= 12 else "markers",
            text=[f"{c:,}" for c in counts[t, p]],
            textfont={"size": 10, "color": ["#FFFFFF" if s > 0.45 else NEUTRAL for s in strength]},
            marker={
                "symbol": "square",
                "size": size,
                "color": [f"rgba({colour},{s:.3f})" for s in strength],
                "line": {"width": np.where(ringed, 2, 0), "color": "#111827" if name == "right" else "#7A1F00"},
            },
            customdata=[[int(a), int(b)] for a, b in zip(t, p, strict=True)],  # lists: a 2-D array comes back from a click as a mapping
            hovertext=[
                f"true {plain(classes[a])}<br>predicted {plain(classes[b])}<br>{counts[a, b]:,} samples, {share[a, b]:.1%} of the class"
                f"<br>{chosen[a, b]:,} selected"
                for a, b in zip(t, p, strict=True)
            ],
            hoverinfo="text",
            name=name,
            showlegend=False,
            unselected={"marker": {"opacity": 1}},
            selected={"marker": {"opacity": 1}},
        )
    figure.update_layout(
        title={"text": title, "font_size": 14},
        height=max(260, 120 + (size + 2) * len(shown)),
        margin={"l": 8, "r": 8, "t": 34, "b": 8},
        clickmode="event+select",
        dragmode=False,
    )
    step = int(np.ceil(len(shown) / MOST_TICKS))
    axis = {
        "tickvals": np.arange(0, len(shown), step),
        "ticktext": names[::step],
        "tickfont": {"size": 11},
        "showgrid": False,
        "zeroline": False,
        "automargin": True,
        "range": [-0.6, len(shown) - 0.4],
    }
    figure.update_xaxes(**axis, title={"text": "predicted", "font_size": 11}, tickangle=-45)
    figure.update_yaxes(**{**axis, "range": [len(shown) - 0.4, -0.6]}, title={"text": "true", "font_size": 11})
    return figure
