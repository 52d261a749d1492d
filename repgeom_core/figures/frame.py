"""What all figures of the analysis pages have in common: colours that show on light and dark, and a quiet layout."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from repgeom_core.figures.palette import Colours, continuous_ramp, hex_colours
from repgeom_core.figures.text import plain

BLUE, ORANGE, GREEN, PURPLE = "#2F7CC4", "#E08A1E", "#1E9E77", "#B565A7"
SERIES = (BLUE, ORANGE, GREEN, PURPLE, "#56B4E9", "#D55E00", "#6A5ACD", "#8C8C8C")
NEUTRAL = "#808A96"  # lines and words that are read on a light and on a dark ground
PALE = "rgba(128,138,150,0.28)"
BAND = "rgba(128,138,150,0.18)"
TITLE_ROOM = 25  # pixels above the legend

# A click selects samples, which redraws the figure: plotly's own dimming of the other marks would only confuse.
STEADY: dict[str, Any] = {"selected": {"marker": {"opacity": 1}}, "unselected": {"marker": {"opacity": 1}}}
AXIS: dict[str, Any] = {"automargin": True, "title": {"font": {"size": 11}}, "tickfont": {"size": 11}, "zeroline": False}
RING = "#E0447C"  # around what is selected
WIDE = 30  # a range wider than this factor is drawn on a log axis
NARROWEST = 0.01  # shares that differ by less are drawn as if they differed by so much
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def fills(colours: Colours | None, rows: np.ndarray) -> list[str]:
    """The colours of some rows (m,) of what ``colours`` are of: blue without any, neutral where a value is missing."""
    if colours is None:
        return [BLUE] * len(rows)
    palette = hex_colours(colours.palette)
    return [NEUTRAL if code == colours.missing_code else palette[code] for code in colours.codes[rows].tolist()]


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
        "legend": legend(height),
        "clickmode": "event+select",
        "dragmode": False,
    }


def legend(height: int, **options: Any) -> dict[str, Any]:
    """Under the title, however many rows it takes: measured from the figure's edge, a legend pushes the axes down and not itself up."""
    place = {"x": 0, "xanchor": "left", "xref": "container", "y": 1 - TITLE_ROOM / height, "yanchor": "top", "yref": "container"}
    return {"orientation": "h", **place, "font": {"size": 11}, "traceorder": "normal", **options}


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
    """A log axis for positive ``values``: powers of ten only, where there are several; all numbers of one size."""
    finite = values[np.isfinite(values)]
    low, high = float(finite.min()), float(finite.max())
    decades = range(int(np.floor(np.log10(low))) - 1, int(np.ceil(np.log10(high))) + 2)
    if high > 100 * low:
        ticks = [(10.0**k, _power(k)) for k in decades[:: max(1, len(decades) // 7)]]
    else:
        ticks = [(m * 10.0**k, f"{m * 10.0**k:,.10g}") for k in decades for m in (1, 2, 5)]
    return {"type": "log", "tickvals": [v for v, _ in ticks], "ticktext": [text for _, text in ticks]}


def _power(k: int) -> str:
    """A power of ten: in full where that is short."""
    return f"{10.0**k:,g}" if -3 <= k <= 3 else f"10{str(k).translate(SUPERSCRIPTS)}"


def share_axis(values: np.ndarray) -> dict[str, Any]:
    """An axis for shares in per cent that shows nothing below 0 or above 100 %, and no noise as if it were much."""
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 1.0)
    room = 0.08 * max(high - low, NARROWEST)
    short = max(0.0, NARROWEST - (high - low)) / 2
    span = high - low + 2 * short
    form = ".0%" if span > 0.08 else ".1%" if span > 0.008 else ".2%"
    return {"range": [max(0.0, low - short - room), min(1.0, high + short + room)], "tickformat": form}


def within(bounds: tuple[float | None, float | None]) -> dict[str, Any]:
    """Options of an axis that goes no further than the ``bounds`` of what it shows, but for half the width of a line along them."""
    low, high = bounds
    room = 0.012 * (high - low) if low is not None and high is not None else 0.0
    limits = {"clipmin": low if low is None else low - room, "clipmax": high if high is None else high + room}
    return {"autorangeoptions": {name: limit for name, limit in limits.items() if limit is not None}}


def of_unit(unit: str) -> dict[str, Any]:
    """Options of an axis of values in ``unit``: degrees at each number, other units as its title."""
    return {"ticksuffix": unit} if unit == "°" else {"title": axis_title(unit)} if unit else {}


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


def class_names(classes: Sequence[str], codes: np.ndarray, longest: int = 18, keep_end: bool = False) -> list[str]:
    """Names of class codes with all markup escaped; the code itself where there is no name. Long ones are shortened at their end, or in
    the middle (``keep_end``)."""
    return [plain(classes[int(k)] if int(k) < len(classes) else int(k), longest, keep_end) for k in codes]


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
