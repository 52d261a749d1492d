"""A vector as a curve over its dimensions, with the mean of others and how far they spread behind it."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go

from repgeom_core.figures.frame import BAND, BLUE, NEUTRAL, axis_title, drawing, margin
from repgeom_core.figures.text import plain


def profile(
    x: np.ndarray,
    mean: np.ndarray | None = None,
    sd: np.ndarray | None = None,
    name: str = "this sample",
    others: str = "mean of its class",
    layer: str = "",
    height: int = 230,
) -> go.Figure:
    """``x (d,)``, ``mean (d,)`` and standard deviation ``sd (d,)`` of the ``others``; values are activations of ``layer``, as they are."""
    dimensions = np.arange(1, len(x) + 1)
    traces: list[dict[str, Any]] = []
    if mean is not None and sd is not None:
        around = {"x": np.append(dimensions, dimensions[::-1]), "y": np.append(mean + sd, (mean - sd)[::-1])}
        traces.append(
            {"type": "scatter", "mode": "lines", "line": {"width": 0}, "fill": "toself", "fillcolor": BAND, "hoverinfo": "skip",
             "name": "± 1 sd", **around}
        )  # fmt: skip
    if mean is not None:
        traces.append(_curve(dimensions, mean, plain(others), NEUTRAL, 1.4))
    traces.append(_curve(dimensions, x, plain(name), BLUE, 1.6))
    unit = f"dimension of {plain(layer)}" if layer else "dimension"
    axes = {"title": axis_title(unit), "range": [0.5, len(x) + 0.5], "showgrid": False}, {"title": axis_title("activation"), "nticks": 5}
    return drawing(traces, "", height, *axes, margin=margin(t=36), hovermode="x unified")


def _curve(dimensions: np.ndarray, values: np.ndarray, name: str, colour: str, width: float) -> dict[str, Any]:
    alone = "lines+markers" if len(values) < 3 else "lines"
    return {
        "type": "scatter", "mode": alone, "x": dimensions, "y": values, "name": name, "line": {"color": colour, "width": width},
        "hovertemplate": "%{y:.4g}",
    }  # fmt: skip
