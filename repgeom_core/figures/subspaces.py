"""Pictures of class subspaces: accuracy against dimension, a pair of classes, a partition beside the labels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from repgeom_core.analyses.result import Result
from repgeom_core.figures.class_bars import class_bars
from repgeom_core.figures.frame import BLUE, NEUTRAL, ORANGE, RING, STEADY, axis_title, class_names, drawing, number, share_axis
from repgeom_core.figures.matrix import class_matrix

MOST_POINTS = 4000


def accuracy_by_dimension(result: Result, height: int = 330) -> go.Figure:
    """Held-out and in-sample accuracy of ``subspace_classifier`` against the dimension of the subspaces, with chance."""
    details = result.details
    best = int(np.argmax(details["accuracy"]))
    traces: list[dict[str, Any]] = [
        {
            "type": "scatter", "x": details["dimension"], "y": details[key], "mode": "lines+markers", "name": name, "marker": {"size": 5},
            "line": {"color": colour, "dash": dash}, "cliponaxis": False, "hovertemplate": "dimension %{x}: %{y:.2%}<extra></extra>",
        }
        for name, key, colour, dash in (
            ("held out", "accuracy", BLUE, "solid"),
            ("in the sample", "accuracy_in_sample", NEUTRAL, "dot"),
        )
    ]  # fmt: skip
    title = f"Accuracy: best {details['accuracy'][best]:.1%} at dimension {details['dimension'][best]}"
    x = {"title": axis_title("dimension of each class's subspace"), "showgrid": False, "rangemode": "nonnegative"}
    y = {"title": axis_title("accuracy"), **share_axis(np.concatenate([details["accuracy"], details["accuracy_in_sample"]]))}
    return drawing(traces, title, height, x=x, y=y)


def coding_rates(result: Result, classes: Sequence[str], selected: Sequence[int] = (), height: int | None = None) -> go.Figure:
    """The rate of each class that ``mcr2`` found, as bars; ``selected`` class codes keep their colour."""
    measures = {"rate of the class (nats)": result.details["per_class"]}
    figure = class_bars(measures, result.details["classes"], classes, f"Coding rate, ΔR = {number(result.value)}", selected)
    return figure if height is None else figure.update_layout(height=height)


def pair_angles_bars(angles: np.ndarray, names: tuple[str, str], height: int = 330) -> go.Figure:
    """Principal angles ``(r,)`` in degrees between two classes, smallest first; 90° is a direction that is not shared."""
    angles = angles[np.isfinite(angles)]
    bars = {
        "type": "bar", "name": "principal angles", "x": list(range(1, len(angles) + 1)), "y": angles,
        "marker": {"color": BLUE, "cornerradius": 2}, "text": [f"{a:.0f}°" for a in angles] if len(angles) <= 20 else None,
        "hovertemplate": "angle %{x}: %{y:.2f}°<extra></extra>", **STEADY,
    }  # fmt: skip
    x = {"title": axis_title("pair of directions"), "dtick": 1 if len(angles) <= 20 else 5, "showgrid": False}
    y = {"title": axis_title("principal angle"), "range": [0, 98], "tickvals": [0, 30, 60, 90], "ticktext": ["0°", "30°", "60°", "90°"]}
    return drawing([bars], f"Principal angles of {names[0]} and {names[1]}", height, x=x, y=y, showlegend=False)


def residual_plane(
    residuals: np.ndarray, first: np.ndarray, rows: np.ndarray, names: tuple[str, str], selected: np.ndarray, height: int = 330
) -> go.Figure:
    """Share of each sample's length outside either subspace; on the diagonal both fit it equally.

    ``residuals (m, 2)``, ``first (m,)`` whether a sample is of the first class, ``rows (m,)`` its row in the bundle (``customdata``),
    ``selected (m,)``. At most 4000 evenly chosen samples of each class are drawn, and the title says so.
    """
    title = "Outside either subspace"
    end = min(1.0, float(residuals.max(initial=0.05)) * 1.05)
    diagonal = {"type": "scatter", "x": [0, end], "y": [0, end], "mode": "lines", "name": "equal", "showlegend": False, "hoverinfo": "skip"}
    traces: list[dict[str, Any]] = [{**diagonal, "line": {"color": NEUTRAL, "dash": "dot", "width": 1}}]
    # The samples' own outlines and opacities are kept when one of them is clicked.
    steady = {state: {"marker": {"opacity": 0.65}} for state in STEADY}
    for mask, name, colour, symbol in ((first, names[0], BLUE, "circle"), (~first, names[1], ORANGE, "diamond")):
        mine = np.flatnonzero(mask)
        if len(mine) > MOST_POINTS:
            title = f"Outside either subspace ({MOST_POINTS:,} samples of each class)"
            mine = mine[np.linspace(0, len(mine) - 1, MOST_POINTS).astype(int)]
        ring = {"width": [2 if s else 0 for s in selected[mine]], "color": RING}
        traces.append(
            {
                "type": "scatter",
                "x": residuals[mine, 0],
                "y": residuals[mine, 1],
                "mode": "markers",
                "name": name,
                "marker": {"color": colour, "symbol": symbol, "size": 6, "opacity": 0.65, "line": ring},
                "cliponaxis": False,
                "customdata": [[int(r)] for r in rows[mine]],
                "hovertemplate": f"{name}<br>outside: %{{x:.1%}} and %{{y:.1%}}<extra></extra>",
                **steady,
            }
        )
    x, y = (
        {"title": axis_title(f"share outside the subspace of {name}"), "tickformat": ".0%", "range": [0, end], "nticks": 7}
        for name in names
    )
    return drawing(traces, title, height, x=x, y=y)


def matched_accuracy(labels: np.ndarray, partition: np.ndarray) -> tuple[float, np.ndarray, np.ndarray, np.ndarray]:
    """``(accuracy, counts, clusters, order)``: the best one-to-one match of groups with classes.

    ``counts (classes, groups)`` over labelled samples; ``clusters`` the groups' codes; ``order`` puts each class's group on the diagonal.
    Samples outside all groups (−1) and groups without a class count as errors.
    """
    from scipy.optimize import linear_sum_assignment

    known = labels >= 0
    codes, rows = np.unique(labels[known], return_inverse=True)
    clusters, columns = np.unique(partition[known], return_inverse=True)
    counts = np.zeros((len(codes), len(clusters)), int)
    np.add.at(counts, (rows, columns), 1)
    gain = np.where(clusters[None, :] < 0, 0, counts)
    matched_rows, matched_columns = linear_sum_assignment(-gain)
    rest = np.setdiff1d(np.arange(len(clusters)), matched_columns)
    order = np.concatenate([matched_columns[np.argsort(matched_rows)], rest])
    return float(gain[matched_rows, matched_columns].sum() / max(known.sum(), 1)), counts, clusters, order


def partition_beside_labels(labels: np.ndarray, partition: np.ndarray, classes: Sequence[str], title: str) -> go.Figure:
    """Share of each class in each group, the matched group of each class on the diagonal; ``customdata``: (class, group)."""
    accuracy, counts, clusters, order = matched_accuracy(labels, partition)
    codes = np.unique(labels[labels >= 0])
    share = counts[:, order] / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    size = max(share.shape)
    square = np.full((size, size), np.nan)
    square[: share.shape[0], : share.shape[1]] = share
    row_codes = np.concatenate([codes, np.full(size - len(codes), -1)])
    figure = class_matrix(square, row_codes, classes, f"{title}: {accuracy:.1%} matched", "share", "viridis", (0, 1))
    marks = figure.data[-1]
    names = [*class_names(classes, codes), *[""] * (size - len(codes))]
    groups = ["none" if clusters[i] < 0 else str(clusters[i]) for i in order] + [""] * (size - len(order))
    if len(marks.x):
        marks.customdata = [[int(codes[int(r)]), int(clusters[order[int(c)]])] for c, r in zip(marks.x, marks.y, strict=True)]
        marks.hovertext = [
            f"{names[int(r)]} in group {groups[int(c)]}<br>{counts[int(r), order[int(c)]]:,} samples, {square[int(r), int(c)]:.1%}"
            for c, r in zip(marks.x, marks.y, strict=True)
        ]
        if marks.text is not None:
            marks.text = [text if text != "0.00" else "" for text in marks.text]
    shown = figure.layout.yaxis.tickvals
    figure.update_yaxes(ticktext=[names[int(i)] for i in shown])
    figure.update_xaxes(ticktext=[groups[int(i)] for i in shown], title_text="group", tickangle=0)
    return figure
