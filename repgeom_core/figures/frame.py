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


def quiet(figure: go.Figure, title: str = "", height: int = 340, **layout: Any) -> go.Figure:
    """The common layout: a small title, narrow margins, a legend above at the right, clicks that select."""
    figure.update_layout(
        title={"text": title, "font_size": 14, "x": 0, "xanchor": "left", "y": 0.985, "yanchor": "top"},
        height=height,
        margin={"l": 8, "r": 12, "t": 40 if title else 16, "b": 8},
        legend={"orientation": "h", "y": 1.0, "x": 1, "xanchor": "right", "yanchor": "bottom", "font_size": 11, "traceorder": "normal"},
        clickmode="event+select",
        dragmode=False,
        **layout,
    )
    figure.update_xaxes(automargin=True, title_font_size=11, tickfont_size=11, zeroline=False)
    figure.update_yaxes(automargin=True, title_font_size=11, tickfont_size=11, zeroline=False)
    return figure


def steady(figure: go.Figure) -> go.Figure:
    """A click selects samples, which redraws the figure: plotly's own dimming of the other marks would only confuse."""
    figure.update_traces(unselected={"marker": {"opacity": 1}}, selected={"marker": {"opacity": 1}}, selector={"type": "scatter"})
    figure.update_traces(unselected={"marker": {"opacity": 1}}, selected={"marker": {"opacity": 1}}, selector={"type": "bar"})
    return figure


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
