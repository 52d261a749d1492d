"""Spectra and dimensions as pictures: eigenvalues with fit and noise edge, dimension against scale, values per class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from repgeom_core.analyses.result import Result
from repgeom_core.figures.frame import BAND, BLUE, NEUTRAL, ORANGE, PURPLE, class_names, number, quiet
from repgeom_core.figures.palette import categorical_palette, hex_colours

FLOOR = 1e-12  # of the largest eigenvalue: below it is rounding
MOST_CLASSES = 30


def log_log_spectrum(power_law: Result, noise: Result | None = None, height: int = 410) -> go.Figure:
    """Eigenvalues divided by their mean against their rank, both on log axes.

    ``power_law``: a result of ``power_law_alpha`` (``i``, ``eigenvalues``, ``fit_i``, ``fit_eigenvalues``); ``noise``: of
    ``n_above_edge`` (``eigenvalues`` of the correlations, ``edges`` of what independent units give), whose eigenvalues have mean 1.
    """
    details = power_law.details
    values = details["eigenvalues"]
    mean = values.sum() / power_law.meta.get("d", len(values))
    shown = values > FLOOR * values.max(initial=0)
    figure = go.Figure()
    if noise is not None and "edges" in noise.details:
        low, high = noise.details["edges"]
        figure.add_hrect(y0=max(low, 1e-3), y1=high, fillcolor=BAND, line_width=0, layer="below")
        figure.add_annotation(
            text="independent units", x=0, xref="paper", xanchor="left", y=np.log10(high), yref="y", yanchor="bottom",
            showarrow=False, font={"size": 10, "color": NEUTRAL},
        )  # fmt: skip
        correlations = noise.details["eigenvalues"]
        correlations = correlations[correlations > FLOOR * correlations.max(initial=0)]
        figure.add_scatter(
            x=np.arange(1, len(correlations) + 1),
            y=correlations,
            mode="lines",
            name=f"standardised units ({number(noise.value)} above the edge)",
            line={"color": PURPLE, "width": 1.6},
            hovertemplate="λ%{x} of correlations: %{y:.3g}<extra></extra>",
        )
    figure.add_scatter(
        x=details["i"][shown],
        y=values[shown] / mean,
        mode="lines+markers",
        name="covariance",
        line={"color": BLUE, "width": 1.8},
        marker_size=4,
        hovertemplate="λ%{x}: %{y:.3g} of the mean<extra></extra>",
    )
    if "fit_i" in details:
        figure.add_scatter(
            x=details["fit_i"],
            y=details["fit_eigenvalues"] / mean,
            mode="lines",
            name=f"i^−{number(power_law.value)}, window {power_law.notes.get('window', '')}",
            line={"color": ORANGE, "width": 3, "dash": "dot"},
            hoverinfo="skip",
        )
        figure.add_vrect(x0=details["fit_i"][0], x1=details["fit_i"][-1], fillcolor=ORANGE, opacity=0.06, line_width=0, layer="below")
    quiet(figure, "Eigenvalues", height)
    figure.update_xaxes(type="log", title_text="rank i", dtick="D2", showgrid=False)
    figure.update_yaxes(type="log", title_text="eigenvalue / mean", exponentformat="power", dtick=1)
    figure.update_layout(legend={"y": 0.03, "yanchor": "bottom", "x": 0.02, "xanchor": "left", "orientation": "v"})
    return figure


def scale_curve(x: np.ndarray, curves: Mapping[str, np.ndarray], title: str, x_title: str, height: int = 340) -> go.Figure:
    """Dimension against scale; ``curves``: name -> values, each as long as ``x``."""
    figure = go.Figure()
    for (name, values), colour in zip(curves.items(), (BLUE, ORANGE, PURPLE), strict=False):
        figure.add_scatter(
            x=x, y=values, mode="lines+markers", name=name, line={"color": colour, "width": 2.2}, marker_size=7,
            hovertemplate="%{x:.4g}: %{y:.4g}<extra></extra>",
        )  # fmt: skip
    quiet(figure, title, height, showlegend=len(curves) > 1)
    figure.update_xaxes(title_text=x_title, type="log" if np.min(x) > 0 and np.max(x) > 8 * np.min(x) else "linear", showgrid=False)
    if len(x) <= 12:
        figure.update_xaxes(tickvals=x, ticktext=[number(float(v)) for v in x])
    figure.update_yaxes(rangemode="tozero")
    return figure


def by_class(values: np.ndarray, labels: np.ndarray, classes: Sequence[str], title: str, x_title: str) -> go.Figure:
    """A box for each class of ``values (n,)`` with ``labels (n,)`` codes (−1 is left out); above 30 classes the 30 largest."""
    codes, counts = np.unique(labels[labels >= 0], return_counts=True)
    if len(codes) > MOST_CLASSES:
        title += f" (the {MOST_CLASSES} largest of {len(codes):,} classes)"
        codes = np.sort(codes[np.argsort(-counts, kind="stable")[:MOST_CLASSES]])
    colours = hex_colours(categorical_palette(int(codes.max(initial=0)) + 1))
    figure = go.Figure()
    for name, code in zip(class_names(classes, codes), codes, strict=True):
        mine = values[(labels == code) & np.isfinite(values)]
        figure.add_box(
            x=mine, name=name, marker={"color": colours[int(code)], "size": 2.5}, line_width=1.3, boxpoints="outliers", orientation="h",
            hoverinfo="x",
        )  # fmt: skip
    quiet(figure, title, height=max(260, 80 + 24 * len(codes)), showlegend=False)
    figure.update_yaxes(autorange="reversed", showgrid=False, type="category")
    figure.update_xaxes(title_text=x_title)
    return figure
