"""A measure over checkpoints, a line for each layer, with its null shaded; and over depth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from repgeom_core.figures.frame import BAND, NEUTRAL, depth_colours, number, quiet
from repgeom_core.figures.text import plain

WIDE = 30  # a range wider than this factor is drawn on a log axis
MOST_LAYERS = 40
FAR = 1.5  # spans of the curves beyond which a null is out of view


def by_checkpoint(
    table: pd.Series,
    steps: Sequence[int | None],
    title: str,
    picked: tuple[str, str] | None = None,
    null: pd.DataFrame | None = None,
    null_of: str = "",
    height: int = 280,
) -> go.Figure:
    """``table``: values indexed by (layer, checkpoint); ``steps`` of all checkpoints in order (None: unknown).

    ``null`` (indexed by checkpoint, columns ``mean`` and ``sd``) is shaded to two standard deviations. ``picked`` (layer, checkpoint)
    is drawn stronger. A point's ``customdata`` is [layer, checkpoint].
    """
    layers = list(dict.fromkeys(table.index.get_level_values("layer")))[:MOST_LAYERS]
    checkpoints = list(dict.fromkeys(table.index.get_level_values("checkpoint")))
    places, ticks = step_places(steps, checkpoints)
    where = dict(zip(checkpoints, places, strict=True))
    figure = go.Figure()
    values = table.to_numpy(dtype=float)
    if null is not None and np.isfinite(null["mean"]).any():
        known = null[np.isfinite(null["mean"])]
        x = [where[c] for c in known.index]
        low, high = known["mean"] - 2 * known["sd"], known["mean"] + 2 * known["sd"]
        values = np.concatenate([values, known["mean"].to_numpy()])
        low = low.clip(lower=known["mean"] / 10) if (known["mean"] > 0).all() and (table.dropna() > 0).all() else low
        band = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False}
        figure.add_scatter(x=x, y=high, name="null, upper", **band)
        figure.add_scatter(x=x, y=low, name="null, lower", fill="tonexty", fillcolor=BAND, **band)
        figure.add_scatter(
            x=x,
            y=known["mean"],
            mode="lines",
            line={"color": NEUTRAL, "width": 1.2, "dash": "dot"},
            name="null",
            hovertext=[f"null ({plain(null_of)}): {number(m)} ± {number(s)}" for m, s in zip(known["mean"], known["sd"], strict=True)],
            hoverinfo="text",
        )
    for layer, colour in zip(layers, depth_colours(len(layers)), strict=True):
        line = table.xs(layer, level="layer")
        mine = picked is not None and picked[0] == layer
        figure.add_scatter(
            x=[where[c] for c in line.index],
            y=line.to_numpy(dtype=float),
            mode="lines+markers",
            name=plain(layer),
            line={"color": colour, "width": 2.8 if mine else 1.6},
            marker={"size": [9 if mine and picked and c == picked[1] else 4.5 for c in line.index], "color": colour},
            opacity=1.0 if mine or picked is None else 0.72,
            customdata=[[layer, c] for c in line.index],
            hovertext=[f"{plain(layer)}<br>{plain(c)}<br>{number(v)}" for c, v in line.items()],
            hoverinfo="text",
        )
    quiet(figure, title, height)
    _keep_in_view(figure, table.to_numpy(dtype=float), null)
    figure.update_xaxes(
        tickvals=[p for p, _ in ticks], ticktext=[t for _, t in ticks], showgrid=False, title_text="step" if _known(steps) else None
    )
    if wide(values):
        figure.update_yaxes(**log_axis(values))
    figure.update_traces(unselected={"marker": {"opacity": 1}}, selected={"marker": {"opacity": 1}})
    return figure


def _keep_in_view(figure: go.Figure, values: np.ndarray, null: pd.DataFrame | None) -> None:
    """A null so far off that it would flatten the curves on a linear axis is named at the edge instead."""
    finite = values[np.isfinite(values)]
    if null is None or not len(finite) or not np.isfinite(null["mean"]).any():
        return
    means = null["mean"].dropna().to_numpy(dtype=float)
    low, high = float(finite.min()), float(finite.max())
    span = max(high - low, 1e-12)
    if wide(np.concatenate([finite, means])) or (means.max() < high + FAR * span and means.min() > low - FAR * span):
        return
    above = means.mean() > high
    figure.update_yaxes(range=[low - 0.08 * span, high + 0.12 * span])
    corner = {"x": 1, "xref": "paper", "xanchor": "right", "y": int(above), "yref": "paper", "yanchor": "top" if above else "bottom"}
    text = f"null {number(float(means[-1]))} {'↑' if above else '↓'}"
    figure.add_annotation(text=text, showarrow=False, font={"size": 11, "color": NEUTRAL}, **corner)


def by_depth(table: pd.Series, title: str, picked_layer: str | None = None, height: int = 280) -> go.Figure:
    """``table``: values indexed by layer, in order of depth; ``customdata`` of a point is its layer."""
    layers = [str(layer) for layer in table.index]
    figure = go.Figure(
        go.Scatter(
            x=list(range(len(layers))),
            y=table.to_numpy(dtype=float),
            mode="lines+markers",
            line={"color": NEUTRAL, "width": 1.6},
            marker={"size": [11 if layer == picked_layer else 7 for layer in layers], "color": depth_colours(len(layers))},
            customdata=[[layer] for layer in layers],
            hovertext=[f"{plain(layer)}<br>{number(v)}" for layer, v in zip(layers, table.to_numpy(dtype=float), strict=True)],
            hoverinfo="text",
        )
    )
    quiet(figure, title, height, showlegend=False)
    figure.update_xaxes(tickvals=list(range(len(layers))), ticktext=[plain(layer, 14) for layer in layers], showgrid=False)
    if wide(table.to_numpy(dtype=float)):
        figure.update_yaxes(**log_axis(table.to_numpy(dtype=float)))
    figure.update_traces(unselected={"marker": {"opacity": 1}}, selected={"marker": {"opacity": 1}})
    return figure


def wide(values: np.ndarray) -> bool:
    """Whether all are positive and span more than a log axis is worth."""
    finite = values[np.isfinite(values)]
    return bool(len(finite) and finite.min() > 0 and finite.max() > WIDE * finite.min())


def log_axis(values: np.ndarray) -> dict[str, Any]:
    """A log axis for positive ``values``: powers of ten only, where there are several."""
    finite = values[np.isfinite(values)]
    return {"type": "log", "exponentformat": "power", "dtick": 1 if finite.max() > 100 * finite.min() else None}


def step_places(steps: Sequence[int | None], checkpoints: Sequence[str]) -> tuple[list[float], list[tuple[float, str]]]:
    """Where checkpoints stand on the axis, and its ticks: log(1 + step) where steps are known, else one after the other."""
    if not _known(steps) or len(set(steps)) < len(steps):
        places = [float(i) for i in range(len(checkpoints))]
        every = max(1, len(checkpoints) // 8)
        return places, [(places[i], plain(checkpoints[i], 14)) for i in range(0, len(checkpoints), every)]
    exact = [int(s) for s in steps if s is not None]
    if max(exact) < 20 * max(1, sorted(exact)[1] if len(exact) > 1 else 1):
        return [float(s) for s in exact], [(float(s), f"{s:,}") for s in exact]
    places = [float(np.log10(1 + s)) for s in exact]
    ticks: list[tuple[float, str]] = []
    for place, step in sorted(zip(places, exact, strict=True)):
        if not ticks or place - ticks[-1][0] > 0.09 * (max(places) - min(places)):
            ticks.append((place, f"{step:,}"))
    return places, ticks


def _known(steps: Sequence[int | None]) -> bool:
    return all(step is not None for step in steps)
