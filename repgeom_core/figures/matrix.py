"""A class-by-class matrix: a heat-map for the eye, and over it unseen markers, because only clicks on markers reach Python."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from repgeom_core.analyses.result import Result
from repgeom_core.figures.frame import RING, class_names, colorscale, drawing, margin, number
from repgeom_core.figures.palette import continuous_ramp, ink
from repgeom_core.figures.text import unmarked

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
    unit: str = "",
) -> go.Figure:
    """``values (K, K)`` between the classes ``codes (K,)``; a marker's ``customdata`` is its pair of class codes.

    ``what`` names the value on hover and at the scale, in ``unit``; ``limits`` are the ends of the colour ramp (default: the range off
    the diagonal), so that two matrices can be compared; ``ringed`` pairs of codes are outlined; ``bar`` shows the scale of colours. NaN
    is left out. With more than 100 classes the first 100 are drawn, and the title says so.
    """
    K = len(codes)
    if K > MOST_CLASSES:
        title += f" (the first {MOST_CLASSES} of {K:,} classes)"
        values, codes, K = values[:MOST_CLASSES, :MOST_CLASSES], codes[:MOST_CLASSES], MOST_CLASSES
    longest = 12 if K <= NUMBERED else 10
    names, whole = class_names(classes, codes, longest), class_names(classes, codes, 60)
    if len(set(names)) < len(set(whole)):  # names that start alike are told apart by their ends
        names = class_names(classes, codes, longest, keep_end=True)
    low, high = limits or off_diagonal_range(values)
    row, column = (index.ravel() for index in np.indices((K, K)))
    known = np.isfinite(values[row, column])
    row, column = row[known], column[known]
    shown = values[row, column]
    scale = {
        "title": {"text": what, "side": "right", "font": {"size": 10}},
        "ticksuffix": unit if unit == "°" else "",
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
        "hovertext": [
            f"{whole[i]} and {whole[j]}<br>{what} {number(v)}{'' if unit == '°' else ' '}{unit}"
            for i, j, v in zip(row, column, shown, strict=True)
        ],
        "hoverinfo": "text",
        "selected": {"marker": {"opacity": 0}},
        "unselected": {"marker": {"opacity": 0}},
    }
    if K <= NUMBERED:
        marks["mode"] = "markers+text"
        marks["text"] = [f"{v:.2f}" if abs(v) < 10 else f"{v:.0f}" for v in shown]
        marks["textfont"] = {"size": 9, "color": _inks(shown, low, high, ramp)}
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
    longest = max((len(unmarked(name)) for name in names), default=0)
    slanted = longest > 2
    # Plotly leaves too little room for slanted names below an axis that is tied to another.
    return drawing(
        [heat, marks],
        title,
        HEIGHT,
        x={**axis, "range": [-0.5, K - 0.5], "tickangle": -45 if slanted else 0},
        y={**axis, "range": [K - 0.5, -0.5], "scaleanchor": "x", "constraintoward": "top"},
        shapes=rings,
        showlegend=False,
        margin=margin(b=20 + int(5.2 * longest) if slanted else 8),
    )


def detail_matrix(
    result: Result, detail: str, classes: Sequence[str], title: str, what: str = "", ringed: Sequence[tuple[int, int]] = (), unit: str = ""
) -> go.Figure:
    """The class-by-class ``detail`` of a result; its diagonal is left out where all classes are the same to themselves."""
    values = np.array(result.details[detail], float)
    if len(values) > 1 and np.ptp(np.diag(values)) <= 1e-3 * np.nanmax(np.abs(values)):
        np.fill_diagonal(values, np.nan)
    return class_matrix(values, result.details["classes"], classes, title, what, ringed=ringed, unit=unit)


def off_diagonal_range(values: np.ndarray) -> tuple[float, float]:
    """Smallest and largest finite entry off the diagonal; of all where there is nothing else."""
    off = values[~np.eye(len(values), dtype=bool)]
    off = off[np.isfinite(off)] if np.isfinite(off).any() else values[np.isfinite(values)]
    if not off.size:
        return 0.0, 1.0
    low, high = float(off.min()), float(off.max())
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def _inks(values: np.ndarray, low: float, high: float, ramp: str) -> list[str]:
    """The colour of a number on the colour of its value."""
    places = np.clip((values - low) / (high - low), 0, 1)
    return [ink(colour) for colour in continuous_ramp(ramp)[(places * 255).astype(int)]]
