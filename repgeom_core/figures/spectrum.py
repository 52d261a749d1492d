"""Spectra and dimensions as pictures: eigenvalues with fit and noise edge, dimension against scale, values per class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from repgeom_core.analyses.result import Result
from repgeom_core.figures.frame import BAND, BLUE, NEUTRAL, ORANGE, PURPLE, axis_title, class_names, drawing, log_axis, number
from repgeom_core.figures.palette import categorical_palette, hex_colours

FLOOR = 1e-12  # of the largest eigenvalue: below it is rounding
MOST_CLASSES = 30
GOOD_FIT = 0.9  # R² below which a line is not what the points follow


def log_log_spectrum(power_law: Result, noise: Result | None = None, height: int = 410) -> go.Figure:
    """Eigenvalues divided by their mean against their rank, both on log axes.

    ``power_law``: a result of ``power_law_alpha`` (``i``, ``eigenvalues``, ``fit_i``, ``fit_eigenvalues``); ``noise``: of
    ``n_above_edge`` (``eigenvalues`` of the correlations, ``edges`` of what independent units give), whose eigenvalues have mean 1.
    """
    details = power_law.details
    values = details["eigenvalues"]
    mean = values.sum() / power_law.meta.get("d", len(values))
    shown = values > FLOOR * values.max(initial=0)
    traces: list[dict[str, Any]] = []
    shapes: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    if noise is not None and "edges" in noise.details:
        low, high = (float(edge) for edge in noise.details["edges"])
        band = {"type": "rect", "xref": "paper", "x0": 0, "x1": 1, "layer": "below", "fillcolor": BAND, "line": {"width": 0}}
        shapes.append({**band, "y0": max(low, 1e-3), "y1": high})
        notes.append(_word("independent units", NEUTRAL, x=0, xref="paper", xanchor="left", y=float(np.log10(high)), yanchor="bottom"))
        correlations = noise.details["eigenvalues"]
        correlations = correlations[correlations > FLOOR * correlations.max(initial=0)]
        traces.append(
            {
                "type": "scatter", "x": np.arange(1, len(correlations) + 1), "y": correlations, "mode": "lines",
                "name": f"standardised units ({number(noise.value)} above the edge)", "line": {"color": PURPLE, "width": 1.6},
                "hovertemplate": "λ%{x} of correlations: %{y:.3g}<extra></extra>",
            }
        )  # fmt: skip
    traces.append(
        {
            "type": "scatter", "x": details["i"][shown], "y": values[shown] / mean, "mode": "lines+markers", "name": "covariance",
            "line": {"color": BLUE, "width": 1.8}, "marker": {"size": 4}, "hovertemplate": "λ%{x}: %{y:.3g} of the mean<extra></extra>",
        }
    )  # fmt: skip
    if "fit_i" in details:
        first, last = (float(details["fit_i"][i]) for i in (0, -1))
        poor = poor_fit(power_law)
        traces.append(
            {
                "type": "scatter", "x": details["fit_i"], "y": details["fit_eigenvalues"] / mean, "mode": "lines", "hoverinfo": "skip",
                "name": f"i<sup>−{number(power_law.value)}</sup> over {power_law.notes.get('window', '')}{poor and f': {poor}'}",
                "line": {"color": NEUTRAL if poor else ORANGE, "width": 3, "dash": "dot"},
            }
        )  # fmt: skip
        window = {
            "type": "rect",
            "yref": "paper",
            "y0": 0,
            "y1": 1,
            "layer": "below",
            "fillcolor": ORANGE,
            "opacity": 0.07,
            "line": {"width": 0},
        }
        shapes.append({**window, "x0": first, "x1": last})
        notes.append(_word("fit window", ORANGE, x=float(np.log10(last)), xanchor="right", y=1, yref="paper", yanchor="top"))
    least = min((float(np.min(t["y"])) for t in traces if len(t["y"])), default=1.0)
    most = max((float(np.max(t["y"])) for t in traces if len(t["y"])), default=1.0)
    places = [v for decade in range(7) for v in (10**decade, 2 * 10**decade, 5 * 10**decade) if v <= 1.5 * len(values)]
    x = {"type": "log", "title": axis_title("rank i"), "tickvals": places, "ticktext": [f"{v:,}" for v in places], "showgrid": False}
    y = {"title": axis_title("eigenvalue / mean"), **log_axis(np.array([least, most]))}
    legend = {
        "orientation": "v",
        "x": 0.02,
        "xanchor": "left",
        "y": 0.02,
        "yanchor": "bottom",
        "font": {"size": 11},
        "bgcolor": "rgba(0,0,0,0)",
    }
    return drawing(traces, "Eigenvalues", height, x=x, y=y, legend=legend, shapes=shapes, annotations=notes)


def poor_fit(result: Result) -> str:
    """ "poor fit, R² 0.45" where a result rests on a fit that is none; else nothing."""
    fit = result.notes.get("R2")
    return f"poor fit, R² {fit:.2f}" if isinstance(fit, float) and fit < GOOD_FIT else ""


def _word(text: str, colour: str, **place: Any) -> dict[str, Any]:
    return {"text": text, "showarrow": False, "font": {"size": 10, "color": colour}, **place}


def scale_curve(x: np.ndarray, curves: Mapping[str, np.ndarray], title: str, x_title: str, height: int = 340) -> go.Figure:
    """Dimension against scale; ``curves``: name -> values, each as long as ``x``."""
    traces = [
        {
            "type": "scatter", "x": x, "y": values, "mode": "lines+markers", "name": name, "line": {"color": colour, "width": 2.2},
            "marker": {"size": 7}, "hovertemplate": "%{x:.4g}: %{y:.4g}<extra></extra>",
        }
        for (name, values), colour in zip(curves.items(), (BLUE, ORANGE, PURPLE), strict=False)
    ]  # fmt: skip
    ticks = {"tickvals": x, "ticktext": [number(float(v)) for v in x]} if len(x) <= 12 else {}
    log = np.min(x) > 0 and np.max(x) > 8 * np.min(x)
    axis = {"title": axis_title(x_title), "type": "log" if log else "linear", "showgrid": False, **ticks}
    y = {"rangemode": "tozero", "title": axis_title("dimension")}
    return drawing(traces, title, height, x=axis, y=y, showlegend=len(curves) > 1)


def by_class(values: np.ndarray, labels: np.ndarray, classes: Sequence[str], title: str, x_title: str) -> go.Figure:
    """A box for each class of ``values (n,)`` with ``labels (n,)`` codes (−1 is left out); above 30 classes the 30 largest."""
    codes, counts = np.unique(labels[labels >= 0], return_counts=True)
    if len(codes) > MOST_CLASSES:
        title += f" (the {MOST_CLASSES} largest of {len(codes):,} classes)"
        codes = np.sort(codes[np.argsort(-counts, kind="stable")[:MOST_CLASSES]])
    colours = hex_colours(categorical_palette(int(codes.max(initial=0)) + 1))
    traces = [
        {
            "type": "box", "orientation": "h", "name": name, "x": values[(labels == code) & np.isfinite(values)],
            "marker": {"color": colours[int(code)], "size": 2.5}, "line": {"width": 1.3}, "boxpoints": "outliers", "hoverinfo": "x",
        }
        for name, code in zip(class_names(classes, codes), codes, strict=True)
    ]  # fmt: skip
    height = max(260, 80 + (26 if len(codes) <= 12 else 18) * len(codes))
    rows = {"autorange": "reversed", "showgrid": False, "type": "category"}
    return drawing(traces, title, height, x={"title": axis_title(x_title)}, y=rows, showlegend=False)
