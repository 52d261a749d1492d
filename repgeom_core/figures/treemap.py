"""A layout of a tree as a still picture: boxes in their colours, frames around them, what they hold on hover."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import plotly.graph_objects as go

from repgeom_core.figures.frame import NEUTRAL, PALE, STEADY, drawing, fills, margin, number
from repgeom_core.figures.palette import Colours, hex_colours, ink
from repgeom_core.figures.text import plain

if TYPE_CHECKING:
    from repgeom_core.hierarchy.layout import Layout
    from repgeom_core.hierarchy.tree import Tree

LETTER = 7.0  # pixels that a letter takes
LINE = 16.0


def treemap(
    tree: Tree, boxes: Layout, colours: Colours | None = None, names: Mapping[int, str] | None = None, title: str = "", said: str = ""
) -> go.Figure:
    """``boxes``: from :func:`repgeom_core.hierarchy.layout.layout`, drawn at its own size in pixels. ``colours``: of all nodes
    ``(2n - 1,)``; ``said`` is what they mean. ``names``: what stands in a box, under its count, where there is room for it.

    A box's ``customdata`` is its node.
    """
    names = names or {}
    fill = fills(colours, boxes.node)
    shapes, notes = [], []
    for i, node in enumerate(int(node) for node in boxes.node):
        x, y, w, h = (float(side[i]) for side in (boxes.x, boxes.y, boxes.w, boxes.h))
        whole = bool(boxes.is_box[i])
        colour = fill[i] if whole else "rgba(0,0,0,0)"
        line = {"width": 1, "color": PALE if whole else NEUTRAL}
        shapes.append({"type": "rect", "x0": x, "y0": y, "x1": x + w, "y1": y + h, "fillcolor": colour, "line": line, "layer": "below"})
        if whole:
            notes += _words(tree, node, x, y, w, h, names.get(node, ""), colour)
    marked = np.flatnonzero(boxes.is_box)
    width, height = float(boxes.w[0]), float(boxes.h[0])
    hover = {
        "type": "scatter", "mode": "markers", "name": "clusters", "x": boxes.x[marked] + boxes.w[marked] / 2,
        "y": boxes.y[marked] + boxes.h[marked] / 2, "marker": {"size": np.minimum(boxes.w[marked], boxes.h[marked]), "opacity": 0.0},
        "customdata": [[int(node)] for node in boxes.node[marked]], "hoverinfo": "text",
        "hovertext": [_told(tree, int(node), names.get(int(node), "")) for node in boxes.node[marked]],
        **{**STEADY, "selected": {"marker": {"opacity": 0}}, "unselected": {"marker": {"opacity": 0}}},
    }  # fmt: skip
    traces: list[dict[str, Any]] = [hover]
    if colours is not None and colours.kind == "continuous":
        traces.append(_scale(colours, said))
    axis = {"visible": False, "fixedrange": True}
    top = 34 if title else 8
    return drawing(
        traces, plain(title, 120), int(height) + top + 8, {**axis, "range": [0, width]}, {**axis, "range": [height, 0]},
        showlegend=False, shapes=shapes, annotations=notes, margin=margin(t=top), width=int(width) + (110 if len(traces) > 1 else 20),
    )  # fmt: skip


def _words(tree: Tree, node: int, x: float, y: float, w: float, h: float, name: str, colour: str) -> list[dict[str, Any]]:
    """The count, and below it the name, in so far as the box has room."""
    lines = [line for line in (f"{tree.count[node]:,}", plain(name, 24)) if line and len(line) * LETTER < w - 6]
    lines = lines[: max(int((h - 4) // LINE), 0)]
    if not lines:
        return []
    rgb = [int(colour[k : k + 2], 16) for k in (1, 3, 5)]
    return [{
        "x": x + w / 2, "y": y + h / 2, "text": "<br>".join(lines), "showarrow": False, "font": {"size": 11, "color": ink(rgb)},
    }]  # fmt: skip


def _told(tree: Tree, node: int, name: str) -> str:
    own = number(float(tree.own_height[node]))
    return f"{tree.count[node]:,} samples, merged at height {own}" + (f"<br>{plain(name, 60)}" if name else "")


def _scale(colours: Colours, said: str) -> dict[str, Any]:
    """A mark that is not seen, for the colour bar that stands beside it."""
    steps = hex_colours(colours.palette[:255])
    return {
        "type": "scatter", "x": [None], "y": [None], "mode": "markers", "hoverinfo": "skip", "name": "scale",
        "marker": {
            "color": [colours.low], "cmin": colours.low, "cmax": colours.high, "size": 0.1, "showscale": True,
            "colorscale": [[k / 254, colour] for k, colour in enumerate(steps)],
            "colorbar": {"title": {"text": plain(said or colours.title, 40), "side": "right", "font": {"size": 11}}, "thickness": 12},
        },
    }  # fmt: skip
