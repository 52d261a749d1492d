"""Any result as a figure, in one call, by the kind of what it found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from repgeom_core.analyses.registry import analyses
from repgeom_core.analyses.result import Result
from repgeom_core.figures.frame import (
    AXIS,
    BLUE,
    NEUTRAL,
    SERIES,
    STEADY,
    WIDE,
    axis_title,
    class_names,
    colorscale,
    log_axis,
    margin,
    number,
    quiet_layout,
    wide,
    within,
)
from repgeom_core.figures.text import plain

MOST_PANELS = 5
MOST_BARS = 60
LARGEST_MATRIX = 400


def figure_of(result: Result, classes: Sequence[str] = ()) -> go.Figure:
    """The value with its interval and null, and below it every detail: bars per class, matrices, curves, histograms per sample.

    ``classes`` names the class codes. Details are told apart by shape: ``classes`` are the codes of arrays of their length, arrays of
    ``meta["n"]`` belong to samples, ``labels`` is a partition, words name the bars of numbers of their length, whole numbers that count
    up (or ``x``) are the axis of the curves of their length.
    """
    panels = panels_of(result, classes)
    shown = panels[:MOST_PANELS]
    heights = [panel["height"] for panel in shown]
    total = sum(heights)
    between = 88  # pixels from one panel's axis to the next, for the names of both
    figure = make_subplots(
        rows=len(shown),
        row_heights=[h / total for h in heights],
        vertical_spacing=between / (total + between * (len(shown) - 1)) if len(shown) > 1 else 0,
        subplot_titles=[panel["title"] for panel in shown],
    )
    for row, panel in enumerate(shown, start=1):
        for trace in panel["traces"]:
            figure.add_trace(trace, row=row, col=1)
        figure.update_xaxes(panel.get("x", {}), row=row, col=1)
        figure.update_yaxes(panel.get("y", {}), row=row, col=1)
    title = str(result.meta.get("title", result.name))
    if len(panels) > len(shown):
        title += f" (the first {len(shown)} of {len(panels)} details)"
    layout = {**quiet_layout(title, total + between * (len(shown) - 1) + 122), "margin": margin(t=66), "barmode": "overlay"}
    figure.update_layout(showlegend=any(t.showlegend for t in figure.data), **layout)
    for axes in (figure.update_xaxes, figure.update_yaxes):
        axes(AXIS, title_font_size=11)
    figure.update_annotations(font_size=12, x=0, xanchor="left")
    for kind in ("scatter", "bar"):
        figure.update_traces(STEADY, selector={"type": kind})
    return figure


def panels_of(result: Result, classes: Sequence[str] = ()) -> list[dict[str, Any]]:
    """The value, then one panel for each group of details."""
    declared = analyses().get(result.name)
    unit, bounds = (declared.unit, declared.bounds) if declared else ("", (None, None))
    panels = [_scalar(result, unit, bounds)]
    details = {name: np.asarray(array) for name, array in result.details.items()}
    details = {name: array.astype(float) if array.dtype == bool else array for name, array in details.items()}
    codes = details.pop("classes", None)
    K, n = (len(codes) if codes is not None else -1), result.meta.get("n", -1)
    words = {len(array): (name, array) for name, array in details.items() if array.dtype.kind == "U" and array.ndim == 1}
    curves: dict[str, np.ndarray] = {}
    for name, array in details.items():
        if array.ndim == 2 and max(array.shape) <= LARGEST_MATRIX and min(array.shape) > 1:
            panels.append(_matrix(name, array, codes, classes))
        elif array.ndim != 1 or not np.issubdtype(array.dtype, np.number) or not len(array):
            continue
        elif name == "labels":
            panels.append(_counts(array))
        elif len(array) == n and n != K:
            panels.append(_histogram(name, array))
        elif codes is not None and len(array) == K:
            panels.append(_bars(name, array, codes, classes, unit if name == "per_class" else ""))
        elif len(array) in words:
            panels.append(_named_bars(name, array, *words[len(array)]))
        else:
            curves[name] = array
    return panels + _curves(curves)


def _words(name: str) -> str:
    return plain(name.replace("_", " "))


def _scalar(result: Result, unit: str, bounds: tuple[float | None, float | None]) -> dict[str, Any]:
    traces: list[Any] = []
    if result.null is not None:
        draws = [v for v in result.null.draws if np.isfinite(v)]
        traces.append(
            go.Scatter(
                x=draws,
                y=[0] * len(draws),
                mode="markers",
                name=f"null: {plain(result.null.name)}",
                marker={"symbol": "line-ns", "size": 13, "line": {"width": 1.5, "color": NEUTRAL}},
                hovertemplate="null %{x:.4g}<extra></extra>",
                showlegend=True,
            )
        )
    error = None
    if result.interval is not None and np.isfinite(result.value):
        low, high = result.interval
        error = {"type": "data", "symmetric": False, "array": [max(high - result.value, 0)], "arrayminus": [max(result.value - low, 0)]}
    traces.append(
        go.Scatter(
            x=[result.value],
            y=[0],
            mode="markers",
            name="value, 95 % interval" if error else "value",
            marker={"size": 11, "color": BLUE},
            error_x={**error, "color": BLUE, "thickness": 3, "width": 0} if error else None,
            hovertemplate="%{x:.6g}<extra></extra>",
            cliponaxis=False,
            showlegend=True,
        )
    )
    everything = [v for trace in traces for v in trace.x if np.isfinite(v)]
    axis = log_axis(np.array(everything)) if wide(np.array(everything)) else within(bounds)
    axis = {**axis, "title": axis_title(f"value ({unit})" if unit else "value")}
    return {"traces": traces, "title": "", "height": 56, "y": {"visible": False, "range": [-1, 1]}, "x": axis}


def _matrix(name: str, array: np.ndarray, codes: np.ndarray | None, classes: Sequence[str]) -> dict[str, Any]:
    square = codes is not None and array.shape == (len(codes), len(codes))
    labels = class_names(classes, codes) if square and codes is not None else None
    off = array[~np.eye(len(array), dtype=bool)] if array.shape[0] == array.shape[1] else array.ravel()
    off = off[np.isfinite(off)]
    signed = bool(len(off)) and off.min() < 0 < off.max()
    reach = float(np.abs(off).max()) if len(off) else 1.0
    trace = go.Heatmap(
        z=array,
        colorscale=colorscale("diverging" if signed else "viridis"),
        zmin=-reach if signed else (float(off.min()) if len(off) else None),
        zmax=reach if signed else (float(off.max()) if len(off) else None),
        showscale=False,
        hovertemplate="%{y}, %{x}: %{z:.4g}<extra></extra>",
        name=_words(name),
    )
    ticks = {"tickvals": list(range(len(labels))), "ticktext": labels} if labels is not None and len(labels) <= 30 else {}
    return {
        "traces": [trace],
        "title": _words(name),
        "height": 300,
        "x": {**ticks, "constrain": "domain", "title": axis_title("class" if square else "column")},
        "y": {**ticks, "autorange": "reversed", "title": axis_title("class" if square else "row")},
    }


def _bars(name: str, array: np.ndarray, codes: np.ndarray, classes: Sequence[str], unit: str) -> dict[str, Any]:
    shown = np.arange(len(array))
    title = _words(name)
    if len(array) > MOST_BARS:
        shown = np.sort(np.argsort(-np.abs(array), kind="stable")[:MOST_BARS])
        title += f" (the {MOST_BARS} largest of {len(array):,})"
    names = class_names(classes, codes[shown], 12)
    trace = go.Bar(
        showlegend=False,
        x=list(range(len(shown))),
        y=array[shown],
        marker={"color": BLUE, "cornerradius": 2},
        name=_words(name),
        customdata=[[int(codes[k])] for k in shown],
        hovertext=[f"{label}: {number(v)}" for label, v in zip(names, array[shown], strict=True)],
        hoverinfo="text",
    )
    x = {"tickvals": list(range(len(shown))), "ticktext": names, "title": axis_title("class")}
    return {"traces": [trace], "title": title, "height": 150, "x": x, "y": {"title": axis_title(unit or "value")}}


def _named_bars(name: str, array: np.ndarray, axis: str, words: np.ndarray) -> dict[str, Any]:
    names = [plain(str(word)) for word in words]
    trace = go.Bar(
        showlegend=False,
        x=list(range(len(array))),
        y=array,
        marker={"color": BLUE, "cornerradius": 2},
        name=_words(name),
        hovertext=[f"{label}: {number(v)}" for label, v in zip(names, array, strict=True)],
        hoverinfo="text",
    )
    x = {"tickvals": list(range(len(array))), "ticktext": names, "range": [-0.6, len(array) - 0.4], "title": axis_title(_words(axis))}
    return {"traces": [trace], "title": _words(name), "height": 150, "x": x, "y": {"title": axis_title("value")}}


def _histogram(name: str, array: np.ndarray) -> dict[str, Any]:
    finite = array[np.isfinite(array)]
    counts, edges = np.histogram(finite, bins=min(60, max(10, int(np.sqrt(len(finite))))))
    trace = go.Bar(
        showlegend=False,
        x=(edges[:-1] + edges[1:]) / 2,
        y=counts,
        width=np.diff(edges) * 0.94,
        marker_color=BLUE,
        name=f"{_words(name)}, samples",
        hovertemplate="%{x:.4g}: %{y:,} samples<extra></extra>",
    )
    left_out = len(array) - len(finite)
    what = _words(name.removeprefix("per_sample").lstrip("_")) or "value"
    title = f"{what} of each sample" + (f" ({left_out:,} undefined)" if left_out else "")
    return {"traces": [trace], "title": title, "height": 150, "x": {"title": axis_title(what)}, "y": {"title": axis_title("samples")}}


def _counts(labels: np.ndarray) -> dict[str, Any]:
    codes, counts = np.unique(labels, return_counts=True)
    order = np.argsort(-counts, kind="stable")[:MOST_BARS]
    names = ["none" if codes[i] < 0 else str(codes[i]) for i in order]
    trace = go.Bar(
        showlegend=False,
        x=list(range(len(order))),
        y=counts[order],
        marker={"color": BLUE, "cornerradius": 2},
        name="samples",
        hovertemplate="%{y:,}<extra></extra>",
    )
    title = f"samples in each of {len(codes):,} groups" + (f", the {MOST_BARS} largest" if len(codes) > MOST_BARS else "")
    x = {"tickvals": list(range(len(order))), "ticktext": names, "title": axis_title("group")}
    return {"traces": [trace], "title": title, "height": 140, "x": x, "y": {"title": axis_title("samples")}}


def _curves(arrays: dict[str, np.ndarray]) -> list[dict[str, Any]]:
    """Arrays of one length share a panel, over the first of them that counts up or is called ``x``, else over 1, 2, 3, ..."""
    panels = []
    for length in dict.fromkeys(len(a) for a in arrays.values() if len(a) > 2):
        group = {name: a for name, a in arrays.items() if len(a) == length}
        axis_name = next((name for name, a in group.items() if _is_axis(name, a)), None)
        x = group.pop(axis_name) if axis_name else np.arange(1, length + 1)
        if not group:
            continue
        traces = [
            go.Scatter(
                x=x,
                y=a,
                mode="lines+markers" if length <= 40 else "lines",
                name=_words(name),
                line={"color": SERIES[i % len(SERIES)], "width": 1.8},
                marker_size=5,
                showlegend=len(group) > 1,
            )
            for i, (name, a) in enumerate(group.items())
        ]
        everything = np.concatenate([a[np.isfinite(a)] for a in group.values()])
        log = wide(everything)
        along = {name.rpartition("_by_")[2] for name in group if "_by_" in name}  # within_by_direction: a value for each direction
        named = axis_name.removesuffix("_x") if axis_name and axis_name != "x" else along.pop() if len(along) == 1 else ""
        panels.append(
            {
                "traces": traces,
                "title": ", ".join(_words(name) for name in group),
                "height": 170,
                "x": {**(log_axis(x) if _widening(x) else {}), "title": axis_title(_words(named) or "place")},
                "y": {**(log_axis(everything) if log else {}), "title": axis_title("value")},
            }
        )
    return panels


def _widening(x: np.ndarray) -> bool:
    """Whether points lie so much closer at the beginning that a log axis is what they were chosen for."""
    gaps = np.diff(x[np.isfinite(x)])
    return wide(x) and bool(len(gaps) and gaps.min() > 0 and gaps.max() > WIDE * gaps.min())


def _is_axis(name: str, array: np.ndarray) -> bool:
    counts_up = np.issubdtype(array.dtype, np.integer) and bool((np.diff(array) > 0).all())
    return name == "x" or name.endswith("_x") or counts_up
