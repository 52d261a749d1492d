"""Values per class as horizontal bars, several measures side by side; a click on a bar selects the class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from repgeom_core.figures.frame import AXIS, PALE, SERIES, STEADY, class_names, drawing, margin, number
from repgeom_core.figures.text import typeset

MOST_CLASSES = 120
ROOMY = 24  # classes whose bars have room for a name each; more are sorted, and closer together
HEAD: dict[str, Any] = {
    "xref": "paper",
    "yref": "paper",
    "xanchor": "center",
    "yanchor": "bottom",
    "showarrow": False,
    "font": {"size": 12},
}
GAP = 0.04  # between the panels, as a share of the width


def class_bars(
    measures: Mapping[str, np.ndarray], codes: np.ndarray, classes: Sequence[str], title: str, selected: Sequence[int] = ()
) -> go.Figure:
    """``measures``: name -> values (K,) of the classes ``codes (K,)``. A bar's ``customdata`` is its class code.

    Classes in ``selected`` keep their colour, the others turn pale. More than 24 classes are sorted by the first measure; of more than
    120 the 60 lowest and the 60 highest are drawn, and the title says so.
    """
    shown = np.arange(len(codes))
    first, values_of_first = next(iter(measures.items()), ("", np.zeros(len(codes))))
    if len(codes) > ROOMY:
        shown = np.argsort(values_of_first, kind="stable")
        title += f", sorted by {typeset(first.split(' ')[0])}"
    if len(codes) > MOST_CLASSES:
        half = MOST_CLASSES // 2
        shown = np.concatenate([shown[:half], shown[-half:]])
        title += f" (the {half} lowest and {half} highest of {len(codes):,} classes)"
    names = class_names(classes, codes[shown])
    kept = [not selected or int(codes[k]) in selected for k in shown]
    width = (1 - GAP * (len(measures) - 1)) / max(1, len(measures))
    traces, axes, heads = [], {}, []
    for panel, ((name, values), colour) in enumerate(zip(measures.items(), SERIES, strict=False)):
        left = panel * (width + GAP)
        suffix = str(panel + 1) if panel else ""
        axes[f"xaxis{suffix}"] = {**AXIS, "domain": [left, min(left + width, 1)], "nticks": 5, "anchor": "y"}
        heads.append({"text": typeset(name), "x": left + width / 2, "y": 1, **HEAD})
        traces.append(_bars(name, values[shown], codes[shown], names, [colour if keep else PALE for keep in kept], f"x{suffix}"))
    step = max(1, int(np.ceil(len(shown) / ROOMY)))
    ticks = {"tickvals": list(range(0, len(shown), step)), "ticktext": names[::step], "showgrid": False, "range": [len(shown) - 0.4, -0.6]}
    height = max(230, 96 + 19 * min(len(shown), ROOMY))
    figure_axes: dict[str, Any] = {**axes, "annotations": heads, "margin": margin(t=62)}
    return drawing(traces, title, height, y=ticks, showlegend=False, bargap=0.28, **figure_axes)


def _bars(name: str, values: np.ndarray, codes: np.ndarray, names: list[str], colours: list[str], axis: str) -> dict[str, Any]:
    return {
        "type": "bar", "orientation": "h", "name": typeset(name), "x": values, "y": list(range(len(values))), "xaxis": axis, "yaxis": "y",
        "marker": {"color": colours, "cornerradius": 2 if len(values) <= ROOMY else 0},
        "customdata": [[int(code)] for code in codes],
        "hovertext": [f"{label}<br>{typeset(name)} {number(v)}" for label, v in zip(names, values, strict=True)],
        "hoverinfo": "text", **STEADY,
    }  # fmt: skip
