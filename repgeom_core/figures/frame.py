"""What all figures of the analysis pages have in common: colours that show on light and dark, and a quiet layout."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from repgeom_core.figures.palette import continuous_ramp, hex_colours
from repgeom_core.figures.text import plain

BLUE, ORANGE, GREEN, PURPLE = "#2F7CC4", "#E08A1E", "#1E9E77", "#B565A7"
SERIES = (BLUE, ORANGE, GREEN, PURPLE, "#56B4E9", "#D55E00", "#6A5ACD", "#8C8C8C")
NEUTRAL = "#808A96"  # lines and words that are read on a light and on a dark ground
PALE = "rgba(128,138,150,0.28)"
BAND = "rgba(128,138,150,0.18)"
LEGEND: dict[str, Any] = {
    "orientation": "h", "x": 1, "xanchor": "right", "y": 1.0, "yanchor": "bottom", "font": {"size": 11}, "traceorder": "normal",
}  # fmt: skip


# A click selects samples, which redraws the figure: plotly's own dimming of the other marks would only confuse.
STEADY: dict[str, Any] = {"selected": {"marker": {"opacity": 1}}, "unselected": {"marker": {"opacity": 1}}}
AXIS: dict[str, Any] = {"automargin": True, "title": {"font": {"size": 11}}, "tickfont": {"size": 11}, "zeroline": False}
RING = "#E0447C"  # around what is selected
WIDE = 30  # a range wider than this factor is drawn on a log axis


def drawing(
    traces: Sequence[Any],
    title: str = "",
    height: int = 340,
    x: dict[str, Any] | None = None,
    y: dict[str, Any] | None = None,
    **layout: Any,
) -> go.Figure:
    """A figure of ``traces`` (dictionaries) in the common layout, with options for its axes and further ``layout``.

    It is built at once: plotly checks and copies everything each time that a trace or an option is added to a figure.
    """
    axes = {"xaxis": {**AXIS, **(x or {})}, "yaxis": {**AXIS, **(y or {})}}
    return go.Figure({"data": list(traces), "layout": {**quiet_layout(title, height), **axes, **layout}})


def quiet_layout(title: str, height: int) -> dict[str, Any]:
    """The common layout: a small title, narrow margins, a legend above at the right, clicks that select."""
    return {
        "title": {"text": title, "font": {"size": 14}, "x": 0, "xanchor": "left", "y": 0.985, "yanchor": "top"},
        "height": height,
        "margin": margin(t=46 if title else 16),
        "legend": dict(LEGEND),
        "clickmode": "event+select",
        "dragmode": False,
    }


def margin(**sides: int) -> dict[str, int]:
    """Narrow margins; ``t`` has room for a title and a legend below it. ``pad``: pages would keep axes far from their numbers."""
    return {"l": 8, "r": 12, "t": 46, "b": 8, "pad": 3, **sides}


def axis_title(text: str) -> dict[str, Any]:
    return {"text": text, "font": {"size": 11}}


def wide(values: np.ndarray) -> bool:
    """Whether all are positive and span more than a log axis is worth."""
    finite = values[np.isfinite(values)]
    return bool(len(finite) and finite.min() > 0 and finite.max() > WIDE * finite.min())


def log_axis(values: np.ndarray) -> dict[str, Any]:
    """A log axis for positive ``values``: powers of ten only, where there are several."""
    finite = values[np.isfinite(values)]
    return {"type": "log", "exponentformat": "power", "dtick": 1 if finite.max() > 100 * finite.min() else None}


def colorscale(ramp: str) -> list[list[Any]]:
    """A ramp of the palette as plotly takes it."""
    colours = hex_colours(continuous_ramp(ramp))
    return [[i / (len(colours) - 1), colour] for i, colour in enumerate(colours)]


def depth_colours(layers: int) -> list[str]:
    """A colour for each of ``layers`` in order of depth: distinct ones for a few, a ramp for many."""
    if layers <= len(SERIES):
        return list(SERIES[:layers])
    ramp = continuous_ramp("viridis")[np.linspace(20, 215, layers).astype(int)]
    return hex_colours(ramp)


def class_names(classes: Sequence[str], codes: np.ndarray, longest: int = 18) -> list[str]:
    """Names of class codes with all markup escaped; the code itself where there is no name."""
    return [plain(classes[int(k)] if int(k) < len(classes) else int(k), longest) for k in codes]


def number(value: float) -> str:
    """Three or four significant digits, as people read them."""
    if not np.isfinite(value):
        return "undefined"
    size = abs(value)
    if value == 0:
        return "0"
    if size >= 1e6 or 0 < size < 1e-4:
        return f"{value:.2e}"
    if size >= 1000:
        return f"{value:,.0f}"
    return f"{value:.4g}" if size >= 1 else f"{value:.4f}" if size >= 0.001 else f"{value:.2e}"
