"""A measure over checkpoints, a line for each layer, with its null shaded; and over depth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from repgeom_core.figures.frame import (
    AXIS,
    BAND,
    NEUTRAL,
    STEADY,
    axis_title,
    depth_colours,
    drawing,
    log_axis,
    number,
    of_unit,
    wide,
    within,
)
from repgeom_core.figures.lines import in_legend, line_legend, picked_line
from repgeom_core.figures.text import plain

MOST_LINES = 40
MOST_WORDS = 8  # changes that have room for their numbers
FAR = 1.5  # spans of the curves beyond which a null is out of view


def by_checkpoint(
    table: pd.Series,
    steps: Sequence[int | None],
    title: str,
    picked: tuple[str, str] | None = None,
    null: pd.DataFrame | None = None,
    null_of: str = "",
    height: int = 280,
    unit: str = "",
    bounds: tuple[float | None, float | None] = (None, None),
) -> go.Figure:
    """``table``: values indexed by (layer, checkpoint); ``steps`` of all checkpoints in order (None: unknown).

    ``null`` (indexed by checkpoint, columns ``mean`` and ``sd``) is shaded to two standard deviations. ``picked`` (layer, checkpoint)
    is drawn stronger. ``unit`` and ``bounds`` are those of the values. A point's ``customdata`` is [layer, checkpoint].
    """
    lines = {layer: line.droplevel("layer") for layer, line in table.groupby(level="layer", sort=False)}
    if len(lines) > MOST_LINES:
        title += f" ({MOST_LINES} of {len(lines)} layers)"
        lines = _some(lines, picked and picked[0])
    checkpoints = list(dict.fromkeys(table.index.get_level_values("checkpoint")))
    places, ticks = step_places(steps, checkpoints)
    where = dict(zip(checkpoints, places, strict=True))
    known_steps = dict(zip(checkpoints, steps, strict=True)) if _known(steps) else {}

    def named(of: Sequence[str]) -> dict[str, list[Any]]:
        """What the places of these checkpoints stand for."""
        return {**({"step": [known_steps[c] for c in of]} if known_steps else {}), "checkpoint": list(of)}

    values = table.to_numpy(dtype=float)
    traces: list[dict[str, Any]] = []
    if null is not None and np.isfinite(null["mean"]).any():
        known = null[np.isfinite(null["mean"])]
        positive = bool((values[np.isfinite(values)] > 0).all())
        traces = [{**t, "meta": named(list(known.index))} for t in _null_band(known, [where[c] for c in known.index], positive, null_of)]
        values = np.concatenate([values, known["mean"].to_numpy()])
    shown = in_legend(len(lines))
    for i, ((layer, line), colour) in enumerate(zip(lines.items(), depth_colours(len(lines)), strict=True)):
        if line.isna().all():
            continue  # and yet a layer has the same colour in all figures
        mine = picked is not None and picked[0] == layer
        name = plain(layer)
        points = [(layer, c) for c in line.index]
        told = [f"{name}<br>{plain(c)}<br>{number(v)}" for c, v in line.items()]
        options: dict[str, Any] = {"meta": named(list(line.index)), "showlegend": i in shown}
        traces.append(picked_line([where[c] for c in line.index], line, name, colour, points, told, picked, mine, **options))
    x: dict[str, Any] = {"tickvals": [p for p, _ in ticks], "ticktext": [t for _, t in ticks], "showgrid": False}
    if _known(steps):
        x["title"] = axis_title("step")
    edge = _out_of_view(table.to_numpy(dtype=float), null)
    y = log_axis(values) if wide(values) else {"range": edge["range"]} if edge else within(bounds)
    notes = [edge["note"]] if edge else []
    return drawing(
        traces, title, height, x=x, y={**y, **of_unit(unit)}, annotations=notes, showlegend=True, legend=line_legend(height, len(lines))
    )


def _null_band(known: pd.DataFrame, x: list[float], positive: bool, null_of: str) -> list[dict[str, Any]]:
    """Mean and two standard deviations to either side; on values that are all positive the band stays so (a log axis has no zero)."""
    means = known["mean"].to_numpy(dtype=float)
    reach = 2 * known["sd"].to_numpy(dtype=float)
    low = np.maximum(means - reach, means / 10) if positive and (means > 0).all() else means - reach
    band = {"type": "scatter", "x": x, "mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False}
    told = [f"null ({plain(null_of)}): {number(m)} ± {number(s)}" for m, s in zip(means, known["sd"], strict=True)]
    line = {"color": NEUTRAL, "width": 1.2, "dash": "dot"}
    middle = {"type": "scatter", "x": x, "y": means, "mode": "lines", "name": "null", "line": line, "hovertext": told, "hoverinfo": "text"}
    upper = {**band, "y": means + reach, "name": "null, upper"}
    return [upper, {**band, "y": low, "name": "null, lower", "fill": "tonexty", "fillcolor": BAND}, middle]


def _out_of_view(values: np.ndarray, null: pd.DataFrame | None) -> dict[str, Any] | None:
    """A null so far off that it would flatten the curves on a linear axis is named at the edge instead."""
    finite = values[np.isfinite(values)]
    if null is None or not len(finite) or not np.isfinite(null["mean"]).any():
        return None
    means = null["mean"].dropna().to_numpy(dtype=float)
    low, high = float(finite.min()), float(finite.max())
    span = max(high - low, 1e-12)
    if wide(np.concatenate([finite, means])) or (means.max() < high + FAR * span and means.min() > low - FAR * span):
        return None
    above = means.mean() > high
    note = {
        "x": 1, "xref": "paper", "xanchor": "right", "y": int(above), "yref": "paper", "yanchor": "top" if above else "bottom",
        "text": f"{'↑' if above else '↓'} null at {number(float(means[-1]))}", "showarrow": False, "font": {"size": 11, "color": NEUTRAL},
    }  # fmt: skip
    return {"range": [low - 0.08 * span, high + 0.15 * span], "note": note}


def by_depth(
    table: pd.Series,
    title: str,
    picked: tuple[str, str] | None = None,
    height: int = 320,
    unit: str = "",
    bounds: tuple[float | None, float | None] = (None, None),
) -> go.Figure:
    """``table``: values indexed by (layer, checkpoint), layers in order of depth. A line for each checkpoint, the ``picked`` one stronger.

    Bars below tell how the measure changes from layer to layer at that checkpoint (else the last): by which factor where the values lie
    on a log axis, else by how much. ``customdata`` of a point is [layer, checkpoint], of a bar that of the layer it leads to.
    """
    layers = list(dict.fromkeys(table.index.get_level_values("layer")))
    place = {layer: i for i, layer in enumerate(layers)}
    lines = {name: line.droplevel("checkpoint") for name, line in table.groupby(level="checkpoint", sort=False) if line.notna().any()}
    if len(lines) > MOST_LINES:
        title += f" ({MOST_LINES} of {len(lines)} checkpoints)"
        lines = _some(lines, picked and picked[1])
    traces: list[dict[str, Any]] = []
    shown = in_legend(len(lines))
    for i, ((checkpoint, line), colour) in enumerate(zip(lines.items(), depth_colours(len(lines)), strict=True)):
        mine = len(lines) == 1 or (picked is not None and picked[1] == checkpoint)
        name = plain(checkpoint)
        points = [(layer, checkpoint) for layer in line.index]
        told = [f"{plain(layer)}<br>{name}<br>{number(v)}" for layer, v in line.items()]
        about: dict[str, Any] = {"meta": {"layer": list(line.index)}, "showlegend": i in shown}
        traces.append(picked_line([place[layer] for layer in line.index], line, name, colour, points, told, picked, mine, **about))
    values = table.to_numpy(dtype=float)
    step = max(1, int(np.ceil(len(layers) / 12)))
    x = {"tickvals": list(range(0, len(layers), step)), "ticktext": [plain(layer, 14) for layer in layers[::step]], "showgrid": False}
    y = {**(log_axis(values) if wide(values) else within(bounds)), **of_unit(unit)}
    options: dict[str, Any] = {"showlegend": len(lines) > 1, "legend": line_legend(height, len(lines))}
    at = picked[1] if picked and picked[1] in lines else next(reversed(lines), None)
    if at is None or lines[at].count() < 2:
        return drawing(traces, title, height, x=x, y=y, **options)
    traces.append(_changes(lines[at].dropna(), place, at, factors=wide(values)))
    below = {**AXIS, "domain": [0, 0.17], "showticklabels": False, "showgrid": False, "zeroline": True, "zerolinecolor": NEUTRAL}
    below["title"] = axis_title("change")
    return drawing(traces, title, height, x={**x, "anchor": "y2"}, y={**y, "domain": [0.3, 1]}, yaxis2=below, **options)


def _changes(line: pd.Series, place: dict[Any, int], checkpoint: Any, factors: bool) -> dict[str, Any]:
    """Bars between successive layers that have a value: the logarithm of a factor, or a difference."""
    values = line.to_numpy(dtype=float)
    change = np.log(values[1:] / values[:-1]) if factors else np.diff(values)
    said = [f"×{number(float(np.exp(c)))}" if factors else f"{'+' if c >= 0 else '−'}{number(abs(float(c)))}" for c in change]
    steps = list(zip(line.index[:-1], line.index[1:], strict=True))
    return {
        "type": "bar",
        "x": [(place[a] + place[b]) / 2 for a, b in steps],
        "y": change,
        "yaxis": "y2",
        "width": 0.5,
        "marker": {"color": NEUTRAL},
        "text": said if len(said) <= MOST_WORDS else None,
        "textposition": "outside",
        "textfont": {"size": 10, "color": NEUTRAL},
        "cliponaxis": False,
        "name": "change" if not factors else "change (log of the factor)",
        "meta": {"layer": [b for _, b in steps]},
        "customdata": [[b, checkpoint] for _, b in steps],
        "hovertext": [f"{plain(a)} → {plain(b)}<br>{plain(checkpoint)}<br>{word}" for (a, b), word in zip(steps, said, strict=True)],
        "hoverinfo": "text",
        "showlegend": False,
        **STEADY,
    }


def _some(lines: dict[Any, pd.Series], kept: str | None) -> dict[Any, pd.Series]:
    """Evenly chosen lines, the first and the last, and the one that is kept."""
    even = set(np.linspace(0, len(lines) - 1, MOST_LINES).astype(int).tolist())
    return {name: line for i, (name, line) in enumerate(lines.items()) if i in even or name == kept}


def step_places(steps: Sequence[int | None], checkpoints: Sequence[str]) -> tuple[list[float], list[tuple[float, str]]]:
    """Where checkpoints stand on the axis, and its ticks: log(1 + step) where steps are known, else one after the other."""
    if not _known(steps) or len(set(steps)) < len(steps):
        places = [float(i) for i in range(len(checkpoints))]
        every = max(1, len(checkpoints) // 8)
        return places, [(places[i], plain(checkpoints[i], 14)) for i in range(0, len(checkpoints), every)]
    exact = [int(s) for s in steps if s is not None]
    near = max(exact) < 20 * max(1, sorted(exact)[1] if len(exact) > 1 else 1)
    places = [float(s) for s in exact] if near else [float(np.log10(1 + s)) for s in exact]
    return places, _apart(sorted(zip(places, exact, strict=True)))


def _apart(steps: list[tuple[float, int]]) -> list[tuple[float, str]]:
    """The first, the last, and of those between them the ones whose numbers do not run into each other."""
    room = 0.09 * (steps[-1][0] - steps[0][0])
    kept: list[tuple[float, int]] = []
    for place, step in steps[:-1]:
        if (not kept or place - kept[-1][0] > room) and steps[-1][0] - place > room:
            kept.append((place, step))
    return [(place, f"{step:,}") for place, step in [*kept, steps[-1]]]


def _known(steps: Sequence[int | None]) -> bool:
    return all(step is not None for step in steps)
