"""A class-by-class matrix: a heat-map for the eye, and over it unseen markers, because only clicks on markers reach Python."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from repgeom_core.figures.frame import class_names, colorscale, number, quiet

MOST_CLASSES = 60
PIXELS = 300  # of the drawn square


def class_matrix(
    values: np.ndarray,
    codes: np.ndarray,
    classes: Sequence[str],
    title: str,
    what: str,
    ramp: str = "viridis",
    limits: tuple[float, float] | None = None,
    ringed: Sequence[tuple[int, int]] = (),
    note: str = "",
) -> go.Figure:
    """``values (K, K)`` between the classes ``codes (K,)``; a marker's ``customdata`` is its pair of class codes.

    ``what`` names the value on hover; ``limits`` are the ends of the colour ramp (default: the range off the diagonal), so that two
    matrices can be compared; ``ringed`` pairs of codes are outlined. NaN is left out. With more than 60 classes the first 60 are drawn,
    and the title says so.
    """
    K = len(codes)
    if K > MOST_CLASSES:
        title += f" (the first {MOST_CLASSES} of {K:,} classes)"
        values, codes, K = values[:MOST_CLASSES, :MOST_CLASSES], codes[:MOST_CLASSES], MOST_CLASSES
    names = class_names(classes, codes, 12)
    low, high = limits or off_diagonal_range(values)
    row, column = (index.ravel() for index in np.indices((K, K)))
    known = np.isfinite(values[row, column])
    row, column = row[known], column[known]
    shown = values[row, column]
    figure = go.Figure(
        go.Heatmap(
            z=values,
            colorscale=colorscale(ramp),
            zmin=low,
            zmax=high,
            xgap=1,
            ygap=1,
            hoverinfo="skip",
            colorbar={"thickness": 8, "len": 0.8, "y": 1, "yanchor": "top", "outlinewidth": 0, "tickfont_size": 10, "x": 1.0, "xpad": 4},
        )
    )
    figure.add_scatter(
        x=column,
        y=row,
        mode="markers+text" if K <= 10 else "markers",
        name=what or title,
        text=[f"{v:.2f}" if abs(v) < 10 else f"{v:.0f}" for v in shown] if K <= 10 else None,
        textfont={"size": 9, "color": [_ink(v, low, high, ramp) for v in shown]},
        marker={"symbol": "square", "size": float(np.clip(0.9 * PIXELS / max(K, 1), 4, 34)), "color": shown, "opacity": 0},
        customdata=[[int(codes[i]), int(codes[j])] for i, j in zip(row, column, strict=True)],  # lists: an array comes back as a mapping
        hovertext=[f"{names[i]} and {names[j]}<br>{what} {number(v)}" for i, j, v in zip(row, column, shown, strict=True)],
        hoverinfo="text",
        selected={"marker": {"opacity": 0}},
        unselected={"marker": {"opacity": 0}},
    )
    place = {int(code): i for i, code in enumerate(codes)}
    for a, b in ringed:
        if a in place and b in place:
            x, y = place[b], place[a]
            figure.add_shape(x0=x - 0.5, x1=x + 0.5, y0=y - 0.5, y1=y + 0.5, line={"color": "#E0447C", "width": 3})
    quiet(figure, title, height=PIXELS + 100, showlegend=False)
    places = np.arange(K)
    step = max(1, int(np.ceil(K / 30)))
    ticks = {"tickvals": places[::step], "ticktext": names[::step], "showgrid": False}
    figure.update_xaxes(
        **ticks, range=[-0.6, K - 0.4], tickangle=-45 if max(map(len, names), default=0) > 2 else 0, title_text=note or None
    )
    figure.update_yaxes(**ticks, range=[K - 0.4, -0.6], scaleanchor="x", constrain="domain", constraintoward="top")
    figure.update_xaxes(constrain="domain")
    return figure


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
