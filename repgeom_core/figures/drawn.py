"""The numbers that a figure shows, as a table: what its CSV holds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from repgeom_core.figures.text import unmarked

COORDINATES = ("x", "y", "z")


def drawn(figure: go.Figure) -> pd.DataFrame:
    """One row per mark: the trace's name, its coordinates, its class or pair where it carries one, and its colour value.

    Heat-maps have a row per cell; one that lies under markers (``hoverinfo="skip"``) is theirs and is not listed again. Where the places
    on the x axis are not the numbers that they stand for, a trace's ``meta`` has those (name -> values), and its ``x`` is left out.
    """
    parts = []
    for number, trace in enumerate(figure.data):
        if trace.type == "heatmap":
            if trace.hoverinfo != "skip":
                cells = np.argwhere(np.ones(np.shape(trace.z), bool))
                parts.append(
                    pd.DataFrame({"trace": trace.name, "x": cells[:, 1], "y": cells[:, 0], "value": np.asarray(trace.z, float).ravel()})
                )
            continue
        columns: dict[str, Any] = {axis: trace[axis] for axis in COORDINATES if axis in trace and trace[axis] is not None}
        if not columns or all(v is None for values in columns.values() for v in np.atleast_1d(values)):
            continue  # only there for the legend
        length = max(len(np.atleast_1d(v)) for v in columns.values())
        if isinstance(trace.meta, dict):
            del columns["x"]
            columns = {**trace.meta, **columns}
        table = pd.DataFrame({axis: _padded(values, length) for axis, values in columns.items()})
        table.insert(0, "trace", unmarked(trace.name) if trace.name else f"trace {number}")
        if trace.type in ("scatter", "scattergl", "scatter3d"):
            colour = trace.marker.color
            if colour is not None and not isinstance(colour, str) and len(colour) == length and not isinstance(colour[0], str):
                table["value"] = list(colour)
        if getattr(trace, "customdata", None) is not None and len(trace.customdata) == length:
            table["of"] = [" | ".join(map(str, np.atleast_1d(item))) for item in trace.customdata]
        parts.append(table)
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame({"trace": []})


def _padded(values: Any, length: int) -> list[Any]:
    found = list(np.atleast_1d(values))
    return found + [None] * (length - len(found))
