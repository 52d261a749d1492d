"""A measure against the loss: the checkpoints of a run as a path through the plane, a path for each layer."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from repgeom_core.figures.frame import axis_title, depth_colours, drawing, log_axis, number, of_unit, wide, within
from repgeom_core.figures.lines import in_legend, line_legend, picked_line
from repgeom_core.figures.text import plain


def against_loss(
    table: pd.Series,
    loss: pd.Series,
    title: str,
    picked: tuple[str, str] | None = None,
    correlations: pd.DataFrame | None = None,
    height: int = 280,
    unit: str = "",
    bounds: tuple[float | None, float | None] = (None, None),
) -> go.Figure:
    """``table``: values indexed by (layer, checkpoint); ``loss``: cross-entropy (nats) indexed by checkpoint.

    ``correlations`` (of :func:`repgeom_core.analyses.along_training.rank_correlation`) put each layer's rho into what hovering shows.
    ``picked`` (layer, checkpoint) is drawn stronger. A point's ``customdata`` is [layer, checkpoint].
    """
    lines = {layer: line.droplevel("layer") for layer, line in table.groupby(level="layer", sort=False)}
    traces: list[dict[str, Any]] = []
    shown = in_legend(len(lines))
    for i, ((layer, line), colour) in enumerate(zip(lines.items(), depth_colours(len(lines)), strict=True)):
        if line.isna().all():
            continue  # and yet a layer has the same colour in all figures
        mine = picked is not None and picked[0] == layer
        name, rho = plain(layer), _rho(correlations, layer)
        points = [(layer, c) for c in line.index]
        told = [f"{name}<br>{plain(c)}<br>loss {number(loss.get(c, np.nan))}<br>{number(v)}{rho}" for c, v in line.items()]
        x = loss.reindex(line.index).to_list()
        traces.append(picked_line(x, line, name, colour, points, told, picked, mine, thin=True, showlegend=i in shown))
    losses, values = loss.to_numpy(dtype=float), table.to_numpy(dtype=float)
    across = {"title": axis_title("loss (cross-entropy, nats)"), "showgrid": False, **(log_axis(losses) if wide(losses) else {})}
    y = {**(log_axis(values) if wide(values) else within(bounds)), **of_unit(unit)}
    return drawing(traces, title, height, x=across, y=y, showlegend=True, legend=line_legend(height, len(lines)))


def _rho(correlations: pd.DataFrame | None, layer: object) -> str:
    known = {} if correlations is None else correlations["rho"].dropna().to_dict()
    return f"<br>ρ {known[layer]:+.2f}" if layer in known else ""
