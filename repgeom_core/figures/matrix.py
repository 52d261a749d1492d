"""A class-by-class matrix: a heat-map for the eye, and over it unseen markers, because only clicks on markers reach Python."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from repgeom_core.figures.frame import RING, class_names, colorscale, drawing, number

MOST_CLASSES = 100
NUMBERED = 10  # classes up to which each cell shows its number
MOST_TICKS = 14
HEIGHT = 380


def class_matrix(
    values: np.ndarray,
    codes: np.ndarray,
    classes: Sequence[str],
    title: str,
    what: str,
    ramp: str = "viridis",
    limits: tuple[float, float] | None = None,
    ringed: Sequence[tuple[int, int]] = (),
    bar: bool = True,
) -> go.Figure:
    """``values (K, K)`` between the classes ``codes (K,)``; a marker's ``customdata`` is its pair of class codes.

    ``what`` names the value on hover; ``limits`` are the ends of the colour ramp (default: the range off the diagonal), so that two
    matrices can be compared; ``ringed`` pairs of codes are outlined; ``bar`` shows the scale of colours. NaN is left out. With more than
    100 classes the first 100 are drawn, and the title says so.
    """
    K = len(codes)
    if K > MOST_CLASSES:
        title += f" (the first {MOST_CLASSES} of {K:,} classes)"
        values, codes, K = values[:MOST_CLASSES, :MOST_CLASSES], codes[:MOST_CLASSES], MOST_CLASSES
    names = class_names(classes, codes, 12 if K <= NUMBERED else 9)
    low, high = limits or off_diagonal_range(values)
    row, column = (index.ravel() for index in np.indices((K, K)))
    known = np.isfinite(values[row, column])
    row, column = row[known], column[known]
    shown = values[row, column]
    scale = {
        "thickness": 8,
        "lenmode": "pixels",
        "len": 250,
        "y": 1,
        "yanchor": "top",
        "ypad": 0,
        "outlinewidth": 0,
        "tickfont": {"size": 10},
        "x": 1.0,
        "xpad": 4,
        "nticks": 6,
    }
    heat: dict[str, Any] = {
        "type": "heatmap", "z": values, "colorscale": colorscale(ramp), "zmin": low, "zmax": high,
        "xgap": int(K <= 60), "ygap": int(K <= 60), "hoverinfo": "skip", "showscale": bar, "colorbar": scale,
    }  # fmt: skip
    marks: dict[str, Any] = {
        "type": "scatter",
        "x": column,
        "y": row,
        "mode": "markers",
        "name": what or title,
        "marker": {"symbol": "square", "size": float(np.clip(270 / max(K, 1), 3, 34)), "color": shown, "opacity": 0},
        "customdata": np.column_stack([codes[row], codes[column]]).tolist(),  # lists: an array comes back as a mapping
        "hovertext": [f"{names[i]} and {names[j]}<br>{what} {number(v)}" for i, j, v in zip(row, column, shown, strict=True)],
        "hoverinfo": "text",
        "selected": {"marker": {"opacity": 0}},
        "unselected": {"marker": {"opacity": 0}},
    }
    if K <= NUMBERED:
        marks["mode"] = "markers+text"
        marks["text"] = [f"{v:.2f}" if abs(v) < 10 else f"{v:.0f}" for v in shown]
        marks["textfont"] = {"size": 9, "color": [_ink(v, low, high, ramp) for v in shown]}
    place = {int(code): i for i, code in enumerate(codes)}
    rings = [
        {
            "type": "rect", "x0": place[b] - 0.5, "x1": place[b] + 0.5, "y0": place[a] - 0.5, "y1": place[a] + 0.5,
            "line": {"color": RING, "width": 3},
        }
        for a, b in ringed if a in place and b in place
    ]  # fmt: skip
    step = max(1, int(np.ceil(K / MOST_TICKS))) if K > 30 else 1
    axis = {
        "tickvals": list(range(0, K, step)), "ticktext": names[::step], "showgrid": False, "constrain": "domain",
        "tickfont": {"size": 11 if K <= 20 else 9},
    }  # fmt: skip
    return drawing(
        [heat, marks],
        title,
        HEIGHT,
        x={**axis, "range": [-0.5, K - 0.5], "tickangle": -45 if max(map(len, names), default=0) > 2 else 0},
        y={**axis, "range": [K - 0.5, -0.5], "scaleanchor": "x", "constraintoward": "top"},
        shapes=rings,
        showlegend=False,
    )


def off_diagonal_range(values: np.ndarray) -> tuple[float, float]:
    """Smallest and largest finite entry off the diagonal; of all where there is nothing else."""
    off = values[~np.eye(len(values), dtype=bool)]
    off = off[np.isfinite(off)] if np.isfinite(off).any() else values[np.isfinite(values)]
    if not off.size:
        return 0.0, 1.0
    low, high = float(off.min()), float(off.max())
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def _ink(value: float, low: float, high: float, ramp: str) -> str:
    place = np.clip((value - low) / (high - low), 0, 1)
    if ramp == "diverging":
        return "#FFFFFF" if abs(place - 0.5) > 0.33 else "#1B2430"
    return "#1B2430" if place > 0.55 else "#FFFFFF"
