"""The confusion matrix as square markers: clicks on heat-maps never reach Python, clicks on markers do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from repgeom_core.figures.frame import RING
from repgeom_core.figures.palette import ink
from repgeom_core.figures.text import plain, unmarked

MOST_CLASSES = 30
MOST_TICKS = 16
NUMBERED = 12  # classes up to which squares show their counts
BLUE, ORANGE = ((0, 104, 163), (158, 200, 228)), ((190, 78, 0), (243, 186, 140))  # of many of a class, and of half of that
WEAK = 0.5  # of the strength of a square; below it the page shows through, and its own ink is read on it


def confusion_counts(labels: np.ndarray, predictions: np.ndarray, classes: int) -> np.ndarray:
    """``(K, K)`` counts, row: true class, column: predicted class; rows without either are left out."""
    known = (labels >= 0) & (predictions >= 0)
    flat = labels[known].astype(np.int64) * classes + predictions[known]
    return np.bincount(flat, minlength=classes * classes).reshape(classes, classes)


def confusion(labels: np.ndarray, predictions: np.ndarray, classes: Sequence[str], selected: np.ndarray | None = None) -> go.Figure:
    """Square per (true, predicted) pair that occurs, coloured by its share of the true class.

    ``labels``, ``predictions`` ``(n,)`` codes (−1: unknown, left out), ``selected (n,)`` booleans. The diagonal is blue, errors are
    orange. A solid outline is around a pair whose samples are all selected, a dotted one where only some are. With more than 30 classes
    the 30 with the most errors are drawn, and the title says so. ``customdata``: (true, predicted).
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
    # The square root lets a handful of errors be seen beside hundreds of right answers.
    strength = np.sqrt(share[true, predicted])
    size = int(np.clip(260 / max(len(shown), 1), 7, 30))
    longest = max((len(unmarked(name)) for name in names), default=0)
    slanted = longest > 2
    figure = go.Figure()
    for name, of_kind, colours in (("right", true == predicted, BLUE), ("wrong", true != predicted, ORANGE)):
        for mask in (of_kind & (strength >= WEAK), of_kind & (strength < WEAK)):
            t, p = true[mask], predicted[mask]
            fill, writing = _fill(strength[mask], *colours)
            figure.add_scatter(
                x=column[mask],
                y=row[mask],
                mode="markers+text" if len(shown) <= NUMBERED else "markers",
                text=[f"{c:,}" for c in counts[t, p]],
                textfont={"size": 10, **({"color": writing} if writing else {"weight": 500})},  # 500: assets/style.css
                marker={"symbol": "square", "size": size, "color": fill, "line": {"width": 0}},
                customdata=[[int(a), int(b)] for a, b in zip(t, p, strict=True)],  # lists: a 2-D array comes back from a click as a mapping
                hovertext=[
                    f"true {plain(classes[a])}<br>predicted {plain(classes[b])}<br>{counts[a, b]:,} samples, {share[a, b]:.1%} of the class"
                    f"<br>{chosen[a, b]:,} of them selected"
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
        height=max(230, 34 + (size + 2) * len(shown) + (36 + int(4.6 * longest) if slanted else 58)),
        margin={"l": 8, "r": 8, "t": 34, "b": 8},
        shapes=[
            _outline(int(x), int(y), bool(chosen[a, b] == counts[a, b]))
            for x, y, a, b in zip(column, row, true, predicted, strict=True)
            if chosen[a, b]
        ],
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
    figure.update_xaxes(**axis, title={"text": "predicted", "font_size": 11}, tickangle=-45 if slanted else 0)
    figure.update_yaxes(**{**axis, "range": [len(shown) - 0.4, -0.6]}, title={"text": "true", "font_size": 11})
    return figure


def _fill(strength: np.ndarray, most: tuple[int, int, int], half: tuple[int, int, int]) -> tuple[list[str], list[str]]:
    """Colours of squares that are all strong or all weak, and of the writing on the strong ones."""
    if (strength < WEAK).all():
        return [f"rgba({most[0]},{most[1]},{most[2]},{0.12 + 0.6 * s:.3f})" for s in strength], []
    share = (strength[:, None] - WEAK) / (1 - WEAK)
    fill = np.rint(np.array(half) + share * np.subtract(most, half)).astype(int)
    return [f"rgb({r},{g},{b})" for r, g, b in fill.tolist()], [ink(colour) for colour in fill]


def _outline(x: int, y: int, whole: bool) -> dict[str, Any]:
    line = {"color": RING, "width": 2.5 if whole else 1.25, "dash": "solid" if whole else "dot"}
    return {"type": "rect", "x0": x - 0.44, "x1": x + 0.44, "y0": y - 0.46, "y1": y + 0.46, "line": line}
